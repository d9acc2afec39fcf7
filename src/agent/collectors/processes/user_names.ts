import type { Clock } from "../../../core/mod.ts";
import type { TreeReader } from "../reading/tree_reader.ts";

/** Accounts are made and renamed seldom; a name may be so old. */
const FRESH_MS = 10 * 60_000;
const MAX_KNOWN = 512;

/** The names of users by their numbers, from the host's own list. A number without a name stands for itself. */
export class UserNames {
  readonly #tree: TreeReader;
  readonly #clock: Clock;
  readonly #known = new Map<number, string>();
  #sinceMs = -Infinity;

  constructor(tree: TreeReader, clock: Clock) {
    this.#tree = tree;
    this.#clock = clock;
  }

  /** A name that is not known yet costs a reading of the list. */
  name(uid: number): string {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#sinceMs > FRESH_MS || this.#known.size > MAX_KNOWN) {
      this.#known.clear();
      this.#sinceMs = nowMs;
    }
    let name = this.#known.get(uid);
    if (name === undefined) {
      name = nameInPasswd(this.#tree.text(this.#tree.root("etc", "passwd")) ?? "", uid) ?? String(uid);
      this.#known.set(uid, name);
    }
    return name;
  }
}

/** The first account with this number in a text of the form of /etc/passwd. */
export function nameInPasswd(passwd: string, uid: number): string | null {
  const wanted = `:${uid}:`;
  for (let at = passwd.indexOf(wanted); at >= 0; at = passwd.indexOf(wanted, at + 1)) {
    const lineStart = passwd.lastIndexOf("\n", at) + 1;
    const [name, , id] = passwd.slice(lineStart, at + wanted.length).split(":");
    if (id === String(uid) && name && /^[^\s+-]\S*$/.test(name)) return name;
  }
  return null;
}
