import { AppError } from "../core/mod.ts";
import type { ProcessLookup } from "./halves.ts";
import { linuxLookup } from "./process_lookup.linux.ts";
import { select } from "./select.ts";

/** What else can be known of processes that somebody else has started. */
export function processLookup(): ProcessLookup {
  return select<() => ProcessLookup>({ linux: () => linuxLookup(), darwin: () => noLookup, windows: () => noLookup })();
}

const noLookup: ProcessLookup = {
  commandLine: () => notHere("by its command line"),
  listeners: () => notHere("by the port that it listens on"),
  startedMs: () => null,
};

function notHere(how: string): never {
  throw new AppError("unsupported", `A process is not found ${how} on this system: use its name or a pid file`);
}
