import type { Config } from "../config/mod.ts";
import type * as program from "../program/mod.ts";

/** A reload of the agent's own config; see program/. */
export type LiveKey = program.LiveKey<Config>;
export type Reloader = program.Reloader<Config>;
export { createReloader } from "../program/mod.ts";
