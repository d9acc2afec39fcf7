import { createHash, createHmac, randomBytes } from "node:crypto";

/** What a marker says: which process of this agent, and which start of it. */
export interface Mark {
  readonly id: string;
  readonly run: string;
}

const PART_LENGTH = 8;
const RUN = /^[0-9a-f]{16}$/;

/**
 * The value of FARHAND_PROCESS that a supervised program and all its descendants carry, so that they can be told from
 * all others even when the agent, its database and their parents are gone: `<instance>/<id>/<run>`. The second half
 * of the run is signed with a key that no program is given: who runs as one process's user cannot pass for another.
 */
export class Marks {
  readonly #key: string;
  /** The same for each agent of one work directory. */
  readonly instance: string;

  constructor(key: string) {
    this.#key = key;
    this.instance = createHash("sha256").update(`instance ${key}`).digest("hex").slice(0, PART_LENGTH);
  }

  static newKey(): string {
    return randomBytes(16).toString("hex");
  }

  get prefix(): string {
    return `${this.instance}/`;
  }

  newRun(id: string): string {
    const part = randomBytes(PART_LENGTH / 2).toString("hex");
    return part + this.#signature(id, part);
  }

  marker(id: string, run: string): string {
    return `${this.instance}/${id}/${run}`;
  }

  /** Null for what was not made by this agent. */
  parse(marker: string): Mark | null {
    const [instance, id = "", run = "", ...rest] = marker.split("/");
    if (instance !== this.instance || rest.length > 0 || !RUN.test(run)) return null;
    const isOurs = run.slice(PART_LENGTH) === this.#signature(id, run.slice(0, PART_LENGTH));
    return isOurs ? { id, run } : null;
  }

  #signature(id: string, part: string): string {
    return createHmac("sha256", this.#key).update(`${id}/${part}`).digest("hex").slice(0, PART_LENGTH);
  }
}
