/**
 * `deno task bench:fleet [EXECUTABLE] [--hosts 1000] [--interval 1s] [--workers 2] [--processes 3] [--seconds 60]
 * [--loss P] [--churn N/min] [--kill 500] [--kill-how silent,closed] [--kill-manager] [--api] [--history 1h] [--tls]
 * [--start-rate 100] [--warm-up 5] [--set KEY=VALUE] [--deno-flag FLAG] [--json]`, or `--url URL --token-file F
 * [--data-dir DIR]` for a manager that runs: simulated hosts with the agent's own uplink, in processes of their own,
 * against a real manager, all on the loopback. It reads /proc: Linux.
 *
 * Results are of both sides: what the manager uses, and what the simulator does, which shares the machine with it.
 */
import { join } from "node:path";
import { systemClock } from "../src/core/mod.ts";
import { printResults, type Result } from "./bench_support.ts";
import { freePort, managerConfig, ManagerControl, ManagerProcess } from "./fleet_manager.ts";
import type { WorkerOrder } from "./fleet_messages.ts";
import { type FleetOptions, parseFleetOptions, sharesOf } from "./fleet_options.ts";
import { row } from "./fleet_results.ts";
import { type Fleet, killManager, loseHosts, measure, untilAllConnected } from "./fleet_scenes.ts";
import { openFilesLimit } from "./fleet_use.ts";
import { Workers } from "./fleet_workers.ts";
import { runScript } from "./support.ts";

const SHARED_MEMORY = "/dev/shm";
/** Of files and sockets that are not hosts' connections. */
const SPARE_FILES = 300;

/** What is to be undone at the end, the last first. */
type Undo = () => Promise<unknown>;

function note(text: string): void {
  console.error(`fleet: ${text}`);
}

/** Keys of thousands of hosts are no load that a disk should have, and none that the manager causes. */
async function identitiesDir(undo: Undo[]): Promise<string> {
  const isShared = await Deno.stat(SHARED_MEMORY).then(({ isDirectory }) => isDirectory, () => false);
  const dir = await Deno.makeTempDir({ prefix: "farhand-fleet-", ...(isShared && { dir: SHARED_MEMORY }) });
  undo.push(() => Deno.remove(dir, { recursive: true }));
  return dir;
}

async function startManager(options: FleetOptions, undo: Undo[]): Promise<ManagerProcess> {
  const dataDir = await Deno.makeTempDir({ prefix: "farhand-fleet-" });
  undo.push(() => Deno.remove(dataDir, { recursive: true }));
  const listen = `${options.tls ? "https" : "http"}://127.0.0.1:${freePort()}`;
  const place = { dataDir, listen, configFile: join(dataDir, "manager.yaml") };
  await Deno.writeTextFile(place.configFile, managerConfig(place, options), { mode: 0o600 });
  const manager = new ManagerProcess(place, options);
  undo.push(() => manager.stop());
  note(`starting the manager at ${listen}`);
  await manager.start();
  return manager;
}

/** Where the hosts go to, and with what. */
async function destination(options: FleetOptions, control: ManagerControl | null, dir: string) {
  if (options.url !== null) {
    const caFingerprint = control === null ? "" : (await control.status()).caFingerprint ?? "";
    return { address: options.url, caFingerprint, tokenFile: await Deno.realPath(options.tokenFile) };
  }
  if (control === null) throw new Error("There is no manager to go to");
  const tokenFile = join(dir, "join-token");
  await Deno.writeTextFile(tokenFile, await control.joinToken(options.hosts), { mode: 0o600 });
  const { listen, caFingerprint = "" } = await control.status();
  return { address: listen, caFingerprint, tokenFile };
}

function checkOpenFiles({ hosts, kill, loss }: FleetOptions, shares: readonly number[]): void {
  const limit = openFilesLimit(Deno.readTextFileSync("/proc/self/limits"));
  const needed = SPARE_FILES + Math.max(hosts, Math.max(kill, ...shares) * (loss > 0 ? 4 : 2));
  if (needed <= limit) return;
  throw new Error(
    `A process would need ${needed} open files, and may have ${limit}: raise ulimit -n, or give --workers`,
  );
}

function startWorkers(
  options: FleetOptions,
  shares: readonly number[],
  given: Pick<WorkerOrder, "address" | "caFingerprint" | "tokenFile" | "dir">,
): Workers {
  const { processes, loss, churnPerMinute, startRate, historyMs, hosts } = options;
  const runName = `sim-${crypto.getRandomValues(new Uint8Array(2)).toHex()}`;
  let firstHost = 0;
  const orders = shares.map((share): WorkerOrder => {
    const part = share / hosts;
    const order = {
      ...{ ...given, runName, firstHost, hosts: share, processes, loss, historyMs },
      churnPerMinute: churnPerMinute * part,
      startRate: startRate * part,
    };
    firstHost += share;
    return order;
  });
  return new Workers(orders);
}

/** What was measured is told by `results` even when it comes to a bad end. */
async function simulate(options: FleetOptions, signal: AbortSignal, undo: Undo[], results: Result[]): Promise<void> {
  const shares = sharesOf(options);
  checkOpenFiles(options, shares);
  const dir = await identitiesDir(undo);
  const manager = options.url === null ? await startManager(options, undo) : null;
  const control = manager?.control ?? (options.dataDir === "" ? null : new ManagerControl(options.dataDir));
  const given = { dir, ...await destination(options, control, dir) };
  signal.throwIfAborted();
  const workers = startWorkers(options, shares, given);
  undo.push(() => workers.end());
  const fleet: Fleet = { options, workers, manager, control, signal, note };
  results.push(row("hosts", options.hosts, `each ${options.intervalMs / 1_000} s`));
  results.push(...await untilAllConnected(fleet));
  results.push(...await measure(fleet));
  if (options.killManager) results.push(...await killManager(fleet));
  for (const how of options.kill > 0 ? options.killHow : []) results.push(...await loseHosts(fleet, how));
}

async function main(): Promise<number> {
  const options = parseFleetOptions(Deno.args);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort(new Error("interrupted"));
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, interrupt);
  const undo: Undo[] = [];
  const results: Result[] = [];
  const beganMs = systemClock.monotonicMs();
  try {
    await simulate(options, interrupted.signal, undo, results);
    note(`done after ${Math.round((systemClock.monotonicMs() - beganMs) / 1_000)} s`);
    return 0;
  } finally {
    if (results.length > 0) printResults(results, options.json);
    for (const act of undo.toReversed()) await act().catch((error) => note(`cleaning up: ${error}`));
    for (const name of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(name, interrupt);
  }
}

if (import.meta.main) await runScript("bench:fleet", main);
