import { lazy } from "./lazy.ts";
import type { ProcessRow } from "./halves.ts";
import { readPieces } from "./process_table.linux.ts";

/** What a process was given of environment beyond this is not looked at. */
const ENVIRONMENT_BYTES = 128 * 1024;
const MAX_MARKER_BYTES = 512;
const NAME = "FARHAND_PROCESS=";
/** Between two looks at all processes, only so many may come and go before everything is forgotten. */
const MAX_KNOWN = 16_384;

/** Which supervised process somebody is or comes from, by the environment that it was started with. */
export interface ProcessMarkers {
  /** "" for one without a marker, or whose environment we may not read. */
  of(row: ProcessRow): string;
  /** Forgets all but these. */
  keep(living: readonly ProcessRow[]): void;
}

interface Known {
  readonly startTime: string;
  /** A program that is replaced by another one may get another environment; mostly its name changes, too. */
  readonly name: string;
  readonly marker: string;
}

/** Reads each environment once: programs that overwrite theirs, to show what they do, keep the marker that way. */
export function createProcessMarkers(procRoot: string): ProcessMarkers {
  const buffer = lazy(() => new Uint8Array(ENVIRONMENT_BYTES));
  let known = new Map<number, Known>();
  return {
    of({ identity: { pid, startTime }, name, isZombie }) {
      const before = known.get(pid);
      if (before?.startTime === startTime && (before.name === name || isZombie)) return before.marker;
      if (isZombie) return ""; // it has no environment any more
      const length = readPieces(`${procRoot}/${pid}/environ`, buffer());
      // A program that is just being started has none for a moment: that must not be taken for its last word.
      if (length === 0) return before?.startTime === startTime ? before.marker : "";
      const read = findMarker(buffer().subarray(0, length));
      // Whoever was marked once and shows nothing now has overwritten its environment.
      const marker = read === "" && before?.startTime === startTime ? before.marker : read;
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(pid, { startTime, name, marker });
      return marker;
    },
    keep(living) {
      const kept = new Map<number, Known>();
      for (const { identity: { pid, startTime } } of living) {
        const entry = known.get(pid);
        if (entry?.startTime === startTime) kept.set(pid, entry);
      }
      known = kept;
    },
  };
}

const wanted = lazy(() => new TextEncoder().encode(NAME));
const decoder = lazy(() => new TextDecoder());

/** The value of the variable among those that a zero byte ends; "" when it is not there, or far too long. */
export function findMarker(environment: Uint8Array): string {
  const name = wanted();
  for (let at = 0; at < environment.length;) {
    const zero = environment.indexOf(0, at);
    const end = zero < 0 ? environment.length : zero;
    if (beginsWith(environment, at, name)) {
      const value = environment.subarray(at + name.length, end);
      return value.length <= MAX_MARKER_BYTES ? decoder().decode(value) : "";
    }
    at = end + 1;
  }
  return "";
}

function beginsWith(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) {
    if (bytes[at + i] !== name[i]) return false;
  }
  return true;
}
