/** A store of the supervisor over a real file, and what is put into it. */
import { join } from "node:path";
import { FakeClock } from "./fake_clock.ts";
import { recordingLog } from "./recording_log.ts";
import type { NewProcessEvent } from "../../src/protocol/mod.ts";
import type { EventLimits, Handle, SupervisorStore } from "../../src/agent/supervisor/store/store.ts";
import { openStore } from "../../src/agent/supervisor/store/supervisor_store.ts";

export interface TestStore extends Disposable {
  readonly store: SupervisorStore;
  readonly clock: FakeClock;
  readonly path: string;
  /** All that `onTrouble` was told. */
  readonly troubles: (string | null)[];
  /** Messages of the log. */
  logged(): string[];
}

export const DAY_MS = 86_400_000;

export function storeIn(
  dir: string,
  { clock = new FakeClock(), limits = { maxCount: 20_000, maxAgeMs: 14 * DAY_MS } }: {
    clock?: FakeClock;
    limits?: EventLimits;
  } = {},
): TestStore {
  const path = join(dir, "agent.db");
  const { log, records } = recordingLog();
  const troubles: (string | null)[] = [];
  const store = openStore({ path, limits, clock, log, onTrouble: (reason) => troubles.push(reason) });
  const logged = () => records.map(({ msg }) => msg);
  return { store, clock, path, troubles, logged, [Symbol.dispose]: () => store.close() };
}

export function handleNamed(id: string, pid = 100): Handle {
  return {
    id,
    identity: { pid, startTime: "12345", bootId: "boot" },
    run: "r1",
    startedMs: 1_700_000_000_000,
    restarts: 2,
    cgroup: "",
    fingerprint: "f".repeat(64),
  };
}

export function eventOf(process: string, timeMs: number, reason = "exit code 1"): NewProcessEvent {
  return {
    timeMs,
    process,
    kind: "state",
    level: "warn",
    state: "backoff",
    previous: "running",
    previousMs: 1_234,
    reason,
    pid: 100,
    exit: { timeMs, code: 1, coreDumped: false },
  };
}

export function reasonsOf(store: SupervisorStore): string[] {
  return store.events({ limit: 10_000 }).map(({ reason }) => reason);
}

export function idsOf(store: SupervisorStore): string[] {
  return store.handles().map(({ id }) => id).sort();
}

/** Leaves a database with three handles, a registered process and events, written and closed. */
export function fillStore(dir: string, events = 40): void {
  using test = storeIn(dir);
  const { store, clock } = test;
  for (const id of ["a", "b", "c"]) store.saveHandle(handleNamed(id));
  store.saveRegistered({ id: "api", item: { id: "api" } });
  const filler = "x".repeat(300);
  for (let i = 0; i < events; i++) store.addEvent(eventOf("web", clock.nowMs() + i, `event ${i} ${filler}`));
}

/** The names of what was moved aside as damaged. */
export function movedIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) => /\.corrupt-[^-]*(-\d+)?$/.test(name));
}
