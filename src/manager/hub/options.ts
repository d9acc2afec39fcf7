import type { Clock } from "../../core/mod.ts";
import type { Logger } from "../../log/mod.ts";
import type { OpenTunnel } from "./arrivals.ts";
import type { DoorwayLimits } from "./handshake/doorway.ts";
import type { HubPorts } from "./ports.ts";
import type { Timing } from "./presence/timing.ts";

export interface HubOptions {
  readonly ports: HubPorts;
  /** It is known only once the store is open. */
  readonly managerId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often hosts report, where no setting says otherwise. */
  readonly heartbeatIntervalMs?: number;
  readonly workerIntervalMs?: number;
  /** What the config says of how hosts are judged. */
  readonly timing?: Partial<Timing>;
  readonly maxHosts?: number;
  readonly maxSessions?: number;
  readonly maxWorkers?: number;
  readonly doorway?: Partial<DoorwayLimits>;
  readonly random?: () => number;
  readonly newId?: () => string;
  readonly openTunnel?: OpenTunnel;
  readonly dropSocket?: (socket: WebSocket) => boolean;
}

export const HUB_DEFAULTS = {
  heartbeatIntervalMs: 10_000,
  workerIntervalMs: 3_000,
  timing: {},
  maxHosts: 50_000,
  maxSessions: 20_000,
  maxWorkers: 2_000,
  random: Math.random,
  newId: (): string => crypto.randomUUID(),
} satisfies Partial<HubOptions>;
