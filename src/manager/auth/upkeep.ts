import { untilAborted } from "../../core/mod.ts";
import { createStateLog } from "../../log/mod.ts";
import type { Tools } from "./tools.ts";

const HOUR_MS = 3_600_000;
/** Expired tokens are shown for a while, for whoever wonders why something does not work any more. */
const KEEP_EXPIRED_MS = 30 * 24 * HOUR_MS;

/** A component (see lifecycle/) that removes what has expired. Nothing depends on it: what is expired is not let in. */
export function createUpkeep(tools: Tools, dependsOn: readonly string[]) {
  const { clock, log } = tools;
  const sweeping = createStateLog(log, clock, "removing expired sessions and tokens");
  let stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await sweep(tools);
        sweeping.recovered();
      } catch (error) {
        sweeping.failed("the store refused", { error });
      }
      await clock.sleep(HOUR_MS, signal).catch(() => {
        // It was stopped, which the loop sees.
      });
    }
  }

  return {
    name: "auth",
    dependsOn,
    start(signal: AbortSignal): Promise<void> {
      if (signal.aborted) return Promise.reject(signal.reason);
      stopping = new AbortController();
      running = run(stopping.signal);
      return Promise.resolve();
    },
    async stop(signal: AbortSignal): Promise<void> {
      stopping.abort();
      if (running !== undefined) await untilAborted(running, signal);
    },
  };
}

export async function sweep({ store, clock }: Pick<Tools, "store" | "clock">): Promise<void> {
  const nowMs = clock.nowMs();
  await store.sessions.removeExpired(nowMs);
  await store.joinTokens.removeExpired(nowMs - KEEP_EXPIRED_MS);
  for (const { id, expiresMs } of await store.apiTokens.all()) {
    if (expiresMs !== undefined && expiresMs < nowMs - KEEP_EXPIRED_MS) await store.apiTokens.remove(id);
  }
}
