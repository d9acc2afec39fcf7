import { AppError } from "../core/mod.ts";
import type { RunAs } from "./launch_line.posix.ts";
import type { AccountCalls, UserEntry } from "./linux/accounts.ts";

const NUMBER = /^\d{1,10}$/;
/** (uid_t) -1 stands for "leave it as it is". */
const MAX_ID = 2 ** 32 - 2;
/** The database of users may be a server: a storm of restarts must not ask it each time. */
const KNOWN_FOR_MS = 10_000;
const MAX_KNOWN = 64;

export interface RunAsDeps {
  readonly accounts: AccountCalls;
  readonly ownUid: number;
  readonly ownGid: number;
  readonly monotonicMs: () => number;
}

/** Finds out as whom a program runs, by the names or numbers of the config. */
export class RunAsResolver {
  readonly #deps: RunAsDeps;
  readonly #known = new Map<string, { readonly value: RunAs | null; readonly sinceMs: number }>();

  constructor(deps: RunAsDeps) {
    this.#deps = deps;
  }

  /** Null when it is the agent's own account anyway. */
  resolve(user: string, group: string): RunAs | null {
    if (user === "" && group === "") return null;
    const key = `${user}\0${group}`;
    const nowMs = this.#deps.monotonicMs();
    const known = this.#known.get(key);
    if (known !== undefined && nowMs - known.sinceMs < KNOWN_FOR_MS) return known.value;
    const value = this.#lookUp(user, group);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(key, { value, sinceMs: nowMs });
    return value;
  }

  #lookUp(user: string, group: string): RunAs | null {
    const { accounts, ownUid, ownGid } = this.#deps;
    const account = user === "" ? null : this.#user(user);
    const groupId = group === "" ? null : this.#group(group);
    const gid = groupId ?? account?.gid ?? null;
    if (gid === null) {
      throw new AppError(
        "invalid_input",
        `Cannot run as user ${user}: it is in no database of users; set a group, too`,
      );
    }
    if ((account === null || account.uid === ownUid) && gid === ownGid) return null;
    if (ownUid !== 0) {
      const wanted = [user === "" ? [] : [`user ${user}`], group === "" ? [] : [`group ${group}`]].flat().join(", ");
      throw new AppError("forbidden", `Cannot run as ${wanted}: only root may; run the agent as root or as that user`);
    }
    if (account === null) return { uid: null, gid, groups: null };
    return { uid: account.uid, gid, groups: account.name === "" ? [] : accounts.groupsOf(account.name, gid) };
  }

  #user(user: string): { readonly name: string; readonly uid: number; readonly gid: number | null } {
    const { accounts } = this.#deps;
    const isNumber = NUMBER.test(user);
    const found = isNumber ? accounts.userById(idOf(user)) : accounts.userByName(user);
    if (typeof found === "number") throw silentDatabase("user", user, found);
    if (found !== null) return found satisfies UserEntry;
    if (isNumber) return { name: "", uid: idOf(user), gid: null };
    throw new AppError("not_found", `Cannot run as user ${user}: there is no such user on this host; make it first`);
  }

  #group(group: string): number {
    if (NUMBER.test(group)) return idOf(group);
    const found = this.#deps.accounts.groupByName(group);
    if (found === null) {
      throw new AppError(
        "not_found",
        `Cannot run as group ${group}: there is no such group on this host; make it first`,
      );
    }
    if (typeof found === "number") return found;
    throw silentDatabase("group", group, found.error);
  }
}

function idOf(text: string): number {
  const id = Number(text);
  if (id <= MAX_ID) return id;
  throw new AppError("invalid_input", `Cannot run as ${text}: ids of users and groups go up to ${MAX_ID}`);
}

function silentDatabase(what: string, name: string, error: number): AppError {
  const reason = `the database of ${what}s does not answer (error ${error})`;
  return new AppError("unavailable", `Cannot run as ${what} ${name}: ${reason}; look whether getent finds it`, {
    retryable: true,
  });
}
