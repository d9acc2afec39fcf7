import type { ManagerConfig } from "../config/mod.ts";
import type { RootLogger } from "../log/mod.ts";
import type { LiveKey } from "../program/mod.ts";
import type { Certificates } from "./certificates/mod.ts";
import { givenFiles } from "./compose_serving.ts";
import { rateLimitOf } from "./run_place.ts";

/** What a reload can change. */
export interface LiveParts {
  readonly log: RootLogger;
  readonly certificates: Certificates | null;
}

const NOTHING = () => {};

/** Every key that a reload can put in force. */
export function liveKeys({ log, certificates }: LiveParts): LiveKey<ManagerConfig>[] {
  return [
    { key: "log.level", apply: (config) => log.setLevel(config.log.level) },
    { key: "log.rate_limit", apply: (config) => log.setRateLimit(rateLimitOf(config)) },
    { key: "tls", apply: (config) => certificates?.useFiles(givenFiles(config)) }, // tried after every reload
    // Read from the current config whenever they are needed.
    { key: "public_url", apply: NOTHING },
    { key: "stop_timeout", apply: NOTHING },
    { key: "hosts.drain_spread", apply: NOTHING },
    { key: "terminals", apply: NOTHING },
  ];
}
