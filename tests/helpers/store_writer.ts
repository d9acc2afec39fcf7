/**
 * `store_writer.ts PATH RUN`: changes the manager's store as fast as it can, in every way at once, and prints a line for
 * each change that was answered, before it begins the next. For tests that kill it at any moment.
 */
import { systemClock } from "../../src/core/mod.ts";
import { createLogger } from "../../src/log/mod.ts";
import { openStore, type Store } from "../../src/manager/store/mod.ts";
import { auditEntry, batchRecord, hostRecord, joinTokenRecord, newEvent, taskRecord } from "./store_records.ts";

/** Of each batch there are so many tasks, of each report so many events. */
export const TASKS_PER_BATCH = 5;
export const EVENTS_PER_REPORT = 3;
/** So many use the token at once. */
export const TOKEN_USERS = 4;

/** What was answered, and a number that grows. */
export const ACKNOWLEDGED = ["host", "online", "events", "batch", "done", "audit", "fact", "use"] as const;
export type Acknowledged = (typeof ACKNOWLEDGED)[number];

function tell(what: Acknowledged, n: number): void {
  const line = new TextEncoder().encode(`${what} ${n}\n`);
  for (let written = 0; written < line.length;) written += Deno.stdout.writeSync(line.subarray(written));
}

async function forever(act: (n: number) => Promise<void>): Promise<never> {
  for (let n = 1;; n++) await act(n);
}

export const idOf = (run: string, n: number): string => `${run}-${n}`;

async function write(store: Store, run: string): Promise<void> {
  const { hosts, events, tasks, audit, facts, joinTokens } = store;
  const reporter = `${run}-reporter`;
  await hosts.add(hostRecord(reporter));
  await joinTokens.add(joinTokenRecord(run, { maxUses: 1e9 }));
  const before = (await audit.last())?.seq ?? 0;
  await Promise.all([
    forever(async (n) => {
      await hosts.add(hostRecord(idOf(run, n)));
      tell("host", n);
      await hosts.changeMany([{ id: idOf(run, n), change: { state: "online", reason: "said hello" } }]);
      tell("online", n);
    }),
    forever(async (n) => {
      const seqs = Array.from({ length: EVENTS_PER_REPORT }, (_, at) => (n - 1) * EVENTS_PER_REPORT + at + 1);
      await events.add(seqs.map((hostSeq) => newEvent("e", { hostId: reporter, hostSeq })));
      tell("events", n);
    }),
    forever(async (n) => {
      const batchId = idOf(run, n);
      const owed = Array.from({ length: TASKS_PER_BATCH }, (_, at) => taskRecord(`${batchId}-${at}`, { batchId }));
      await tasks.add(batchRecord(batchId), owed);
      tell("batch", n);
      await tasks.change(`${batchId}-0`, ["queued"], { state: "done", endedMs: n });
      tell("done", n);
    }),
    forever(async (n) => {
      await audit.append([auditEntry(before + n, { actor: run })]);
      tell("audit", n);
    }),
    forever(async (n) => {
      await facts.set(run, `${n}`);
      tell("fact", n);
    }),
    ...Array.from({ length: TOKEN_USERS }, () =>
      forever(async () => {
        const token = await joinTokens.use(`hash-${run}`, 0);
        tell("use", token?.uses ?? NaN);
      })),
  ]);
}

if (import.meta.main) {
  const [path = "", run = ""] = Deno.args;
  const log = createLogger({ level: "error", sinks: [], clock: systemClock });
  await write(openStore({ path, clock: systemClock, log }), run);
}
