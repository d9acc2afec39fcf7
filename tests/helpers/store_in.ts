import { join } from "node:path";
import type { Clock } from "../../src/core/mod.ts";
import { openStore, type Store } from "../../src/manager/store/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { recordingLog } from "./recording_log.ts";

export interface OpenedStore extends AsyncDisposable {
  readonly store: Store;
  readonly path: string;
  /** Messages of the log. */
  logged(): string[];
}

/** The manager's store over a real file in the directory. */
export function openStoreIn(dir: string, clock: Clock = new FakeClock()): OpenedStore {
  const path = join(dir, "manager.db");
  const { log, records } = recordingLog();
  const store = openStore({ path, clock, log });
  return { store, path, logged: () => records.map(({ msg }) => msg), [Symbol.asyncDispose]: () => store.close() };
}
