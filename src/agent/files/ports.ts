import type { Config } from "../../config/mod.ts";
import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";

export interface FilesOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where unfinished uploads are remembered; it need not be there. */
  readonly uploadsDir: string;
  readonly ports: FilesPorts;
}

/** What is asked anew each time, since a reload changes it. */
export interface FilesPorts {
  config(): Config["files"];
  policy(): Config["policy"]["files"];
  /** Files and folders of the agent itself, which hold its identity and decide about its policy: they are nobody's to reach. */
  ownPaths(): readonly string[];
}

/** Who asks. */
export interface FilesCaller {
  /** For the log: `owner` of this host, or who asks through the manager. */
  readonly by: string;
  /** Whether the host's policy is for him. */
  readonly isManager: boolean;
  readonly signal: AbortSignal;
}
