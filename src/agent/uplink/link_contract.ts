import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { HostFacts } from "../../protocol/mod.ts";
import type { Gap } from "./backfill.ts";
import type { UplinkPorts } from "./ports.ts";

export interface LinkOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly ports: UplinkPorts;
  readonly managerId: string;
  /** The manager's host name. */
  readonly towards: string;
  /** What the manager was told of this host in the handshake. */
  readonly facts: HostFacts;
  readonly memory: LinkMemory;
  /** Time allowed for one answer, as it is now. */
  readonly timeoutMs: () => number;
  /** Told why the manager's settings are not in force, and null when they are. */
  readonly onSettings: (trouble: string | null) => void;
}

/** What outlives a connection. */
export interface LinkMemory {
  /** What could not be told of the time before. */
  unfilled: Gap | null;
  /** The version of the settings that were refused, until the config is loaded again. */
  refusedSettings: number | null;
}

/** How a connection has ended. */
export interface LinkEnd {
  readonly reason: string;
  readonly livedMs: number;
  /** The manager has asked to be left alone until then. */
  readonly againInMs?: number;
}
