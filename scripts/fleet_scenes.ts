/** What is done with a simulated fleet, and what is measured meanwhile. */
import { systemClock } from "../src/core/mod.ts";
import type { HostState } from "../src/protocol/mod.ts";
import type { Result } from "./bench_support.ts";
import { ApiWatcher } from "./fleet_api.ts";
import type { ManagerControl, ManagerProcess } from "./fleet_manager.ts";
import type { FleetOptions, Loss } from "./fleet_options.ts";
import { apiRows, budgetOf, loginRows, memoryRows, row, spanRows, useRows } from "./fleet_results.ts";
import { busyMeter, memoryOf, UseMeter } from "./fleet_use.ts";
import type { Workers } from "./fleet_workers.ts";

export interface Fleet {
  readonly options: FleetOptions;
  readonly workers: Workers;
  /** Null when it was not started here. */
  readonly manager: ManagerProcess | null;
  /** Null when the manager cannot be asked. */
  readonly control: ManagerControl | null;
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** Each host that is refused waits for a minute at most. */
const CONNECT_LIMIT_MS = 600_000;
/** Where hosts come and go all the time, all of them may never be there at once; so many are enough to begin with. */
const UNSTEADY_PART = 0.8;
const UNSTEADY_LIMIT_MS = 30_000;
/** Beyond all deadlines by which a manager judges a silent host, unless they were changed. */
const STATE_LIMIT_MS = 300_000;
const LOOK_MS = 100;
/** Asking costs the manager some milliseconds when thousands of hosts have changed. */
const SESSIONS_LOOK_SECONDS = 0.5;
const PROGRESS_SECONDS = 10;
const SOME_WARNINGS = 8;

async function rest(seconds: number, { signal }: Fleet): Promise<void> {
  await systemClock.sleep(seconds * 1_000, signal);
}

async function managerPid({ manager, control }: Fleet): Promise<number | null> {
  if (manager !== null) return manager.pid;
  return control === null ? null : (await control.status()).pid;
}

function isSteady({ loss, churnPerMinute }: FleetOptions): boolean {
  return loss === 0 && churnPerMinute === 0;
}

export async function untilAllConnected(fleet: Fleet): Promise<Result[]> {
  const { workers, options, signal, note } = fleet;
  const { hosts } = options;
  const beganMs = performance.now();
  note(`${hosts} hosts begin to connect`);
  const pid = await managerPid(fleet);
  const use = pid === null ? null : new UseMeter([pid]);
  const wanted = isSteady(options) ? hosts : Math.floor(hosts * UNSTEADY_PART);
  const isComplete = await workers.untilConnected(wanted, CONNECT_LIMIT_MS, signal);
  const seconds = (performance.now() - beganMs) / 1_000;
  const used = use?.stop();
  const window = workers.takeWindow();
  note(`${workers.connected} hosts are connected after ${seconds.toFixed(1)} s`);
  tellWarnings(fleet, window.warnings);
  if (!isComplete) throw new Error(`Only ${workers.connected} of ${hosts} hosts are connected after ${seconds} s`);
  return [
    row("first connection of all, enrolling", seconds, "s"),
    ...loginRows("first connection", window),
    ...(used === undefined ? [] : useRows("manager, first connections", used)),
  ];
}

/** The steady state. */
export async function measure(fleet: Fleet): Promise<Result[]> {
  const { workers, options, control, note } = fleet;
  const { hosts, seconds, api, intervalMs } = options;
  await rest(Math.max(options.warmUpSeconds, intervalMs / 1_000), fleet);
  const pid = await managerPid(fleet);
  const watcher = api && control !== null ? new ApiWatcher(control) : null;
  const [managerUse, ownUse] = [pid === null ? null : new UseMeter([pid]), new UseMeter(workers.pids)];
  const busy = busyMeter();
  workers.takeWindow();
  const beganMs = performance.now();
  for (let left = seconds; left > 0; left -= PROGRESS_SECONDS) {
    await rest(Math.min(left, PROGRESS_SECONDS), fleet);
    workers.checkAlive();
    note(`${Math.round((performance.now() - beganMs) / 1_000)} s: ${workers.connected} hosts connected`);
  }
  const tookSeconds = (performance.now() - beganMs) / 1_000;
  const window = workers.takeWindow();
  const [managerUsed, ownUsed, apiReport] = [managerUse?.stop(), ownUse.stop(), watcher?.stop()];
  const othersPercent = Math.max(0, busy() - ownUsed.meanPercent - (managerUsed?.meanPercent ?? 0));
  tellWarnings(fleet, window.warnings);
  const budget = budgetOf(options);
  return [
    row("heartbeats answered", window.answers.count / tookSeconds, "a second"),
    ...spanRows("heartbeat answered", window.answers, budget.p99),
    row("connections that ended meanwhile", window.ends, ""),
    row("the simulator's own lag, longest", window.longestLagMs, "ms"),
    ...(managerUsed === undefined ? [] : useRows("manager", managerUsed, budget.cpu)),
    ...(pid === null ? [] : memoryRows("manager", await memoryOf([pid]), hosts, budget.memory)),
    ...(control === null ? [] : [row("manager: heap in use", await heapMegabytes(control), "MB")]),
    ...useRows("simulator", ownUsed),
    ...memoryRows("simulator", await memoryOf(workers.pids), hosts),
    row("everything else on this machine: CPU", othersPercent, "% of a core"),
    ...(apiReport === undefined ? [] : apiRows(apiReport, tookSeconds)),
  ];
}

async function heapMegabytes(control: ManagerControl): Promise<number> {
  return (await control.status()).memory.heapUsedBytes / 1e6;
}

/** kill -9 under load, and again at the same address. */
export async function killManager(fleet: Fleet): Promise<Result[]> {
  const { workers, manager, options: { hosts }, note } = fleet;
  if (manager === null) throw new Error("The manager was not started here, so it is not killed either");
  note("killing the manager");
  await manager.kill();
  workers.takeWindow();
  const killedMs = performance.now();
  await manager.start();
  const readyMs = performance.now();
  note(`it is there again after ${Math.round(readyMs - killedMs)} ms`);
  const [use, ownUse, busy] = [new UseMeter([manager.pid]), new UseMeter(workers.pids), busyMeter()];
  const rows = [row("manager killed: it answers again after", (readyMs - killedMs) / 1_000, "s")];
  for (const [part, words] of [[0.5, "half"], [0.99, "99 %"], [1, "all"]] as const) {
    const seconds = await untilSessions(fleet, Math.ceil(hosts * part), readyMs);
    note(`${words} of the hosts are back after ${seconds?.toFixed(1) ?? "more than the allowed"} s`);
    rows.push(row(`manager killed: ${words} are back after further`, seconds, "s"));
  }
  // What the hosts tell of the time before is still on its way.
  await rest(Math.max(10, fleet.options.intervalMs / 1_000), fleet);
  const [used, ownUsed] = [use.stop(), ownUse.stop()];
  const othersPercent = Math.max(0, busy() - used.meanPercent - ownUsed.meanPercent);
  const window = workers.takeWindow();
  tellWarnings(fleet, window.warnings);
  return [
    ...rows,
    ...loginRows("manager killed", window),
    ...spanRows("heartbeat answered after that", window.answers),
    ...useRows("manager, after it was killed", used),
    ...memoryRows("manager, after it was killed", await memoryOf([manager.pid]), hosts),
    ...useRows("simulator, after the manager was killed", ownUsed),
    row("the simulator's own lag then, longest", window.longestLagMs, "ms"),
    row("everything else on this machine: CPU then", othersPercent, "% of a core"),
  ];
}

/** One worker with all its hosts falls silent, or is killed. */
export async function loseHosts(fleet: Fleet, how: Loss): Promise<Result[]> {
  const { workers, options: { hosts, kill }, note } = fleet;
  const { victim } = workers;
  await untilStates(fleet, (counts) => online(counts) >= hosts);
  note(`${kill} hosts are lost: their connections are ${how}`);
  const words = `${kill} hosts lost, connections ${how}`;
  const lostMs = performance.now();
  if (how === "closed") await victim.kill();
  else victim.signal("SIGSTOP");
  const noticed = await untilStates(fleet, (counts) => online(counts) <= hosts - kill, lostMs);
  const offline = await untilStates(fleet, ({ offline }) => offline >= kill, lostMs);
  const rows = [
    row(`${words}: none is online after`, noticed, "s"),
    row(`${words}: all are offline after`, offline, "s"),
  ];
  if (how === "closed") return rows;
  workers.takeWindow();
  const wokenMs = performance.now();
  victim.signal("SIGCONT");
  rows.push(
    row(
      `${words}: all online again after`,
      await untilStates(fleet, (counts) => online(counts) >= hosts, wokenMs),
      "s",
    ),
  );
  tellWarnings(fleet, workers.takeWindow().warnings);
  return rows;
}

/** As the manager counts them: what hosts know of their connections lags behind when they are many. */
async function untilSessions(fleet: Fleet, count: number, sinceMs: number): Promise<number | null> {
  const { control, workers, options } = fleet;
  const limitMs = isSteady(options) ? CONNECT_LIMIT_MS : UNSTEADY_LIMIT_MS;
  const deadlineMs = performance.now() + limitMs;
  while (performance.now() < deadlineMs) {
    workers.checkAlive();
    if (control !== null && (await control.status()).sessions >= count) return (performance.now() - sinceMs) / 1_000;
    await rest(SESSIONS_LOOK_SECONDS, fleet);
  }
  return null;
}

function online({ online, degraded }: Readonly<Record<HostState, number>>): number {
  return online + degraded;
}

/** The seconds since `sinceMs` until the manager shows that; null when it does not. */
async function untilStates(
  fleet: Fleet,
  holds: (counts: Readonly<Record<HostState, number>>) => boolean,
  sinceMs = performance.now(),
): Promise<number | null> {
  const { control, note } = fleet;
  if (control === null) throw new Error("The manager cannot be asked");
  const deadlineMs = performance.now() + STATE_LIMIT_MS;
  for (;;) {
    const counts = await control.hostCounts();
    const seconds = (performance.now() - sinceMs) / 1_000;
    if (holds(counts)) {
      note(`${seconds.toFixed(1)} s: ${JSON.stringify(counts)}`);
      return seconds;
    }
    if (performance.now() > deadlineMs) return null;
    await rest(LOOK_MS / 1_000, fleet);
  }
}

function tellWarnings({ note }: Fleet, warnings: ReadonlyMap<string, number>): void {
  const most = [...warnings].sort(([, a], [, b]) => b - a).slice(0, SOME_WARNINGS);
  for (const [text, count] of most) note(`${count} times: ${text}`);
}
