/** The command line of the simulated fleet. */
import { parseArgs } from "node:util";
import { Duration } from "../src/core/mod.ts";

/** Connections that the kernel closes at once, or that fall silent, as behind a broken router. */
export type Loss = "closed" | "silent";

export interface FleetOptions {
  /** The manager's executable; null for the sources. */
  readonly executable: string | null;
  /** Of a manager that runs already; null to start one. */
  readonly url: string | null;
  readonly tokenFile: string;
  /** Of the manager at `url`, to ask it by its control socket and to see what it uses; "" for neither. */
  readonly dataDir: string;
  readonly hosts: number;
  readonly intervalMs: number;
  readonly workers: number;
  readonly processes: number;
  /** With what probability each connection is cut in each second. */
  readonly loss: number;
  readonly churnPerMinute: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** How many hosts begin to connect in a second; 0 for all at once. */
  readonly startRate: number;
  /** For how long the hosts have measured before they first connect. */
  readonly historyMs: number;
  readonly kill: number;
  readonly killHow: readonly Loss[];
  readonly killManager: boolean;
  readonly api: boolean;
  readonly tls: boolean;
  readonly json: boolean;
  /** More of the manager's config, KEY=VALUE. */
  readonly set: readonly string[];
  /** For `deno run` of the manager's sources, such as --cpu-prof. */
  readonly denoFlags: readonly string[];
}

const MOST_HOSTS = 100_000;

const OPTIONS = {
  manager: { type: "string" },
  url: { type: "string" },
  "token-file": { type: "string", default: "" },
  "data-dir": { type: "string", default: "" },
  hosts: { type: "string", default: "1000" },
  interval: { type: "string", default: "1s" },
  workers: { type: "string", default: "2" },
  processes: { type: "string", default: "3" },
  loss: { type: "string", default: "0" },
  churn: { type: "string", default: "0" },
  seconds: { type: "string", default: "60" },
  "warm-up": { type: "string", default: "5" },
  "start-rate": { type: "string", default: "100" },
  history: { type: "string", default: "0s" },
  kill: { type: "string", default: "0" },
  "kill-how": { type: "string", default: "silent,closed" },
  "kill-manager": { type: "boolean", default: false },
  api: { type: "boolean", default: false },
  tls: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  set: { type: "string", multiple: true, default: [] as string[] },
  "deno-flag": { type: "string", multiple: true, default: [] as string[] },
} as const;

export function parseFleetOptions(args: readonly string[]): FleetOptions {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS, args: [...args] });
  if (positionals.length > 1) throw new Error(`there is one executable at most, got ${positionals.join(" ")}`);
  const hosts = numberOf("hosts", values.hosts, { from: 1, to: MOST_HOSTS, isWhole: true });
  const options: FleetOptions = {
    executable: values.manager ?? positionals[0] ?? null,
    url: values.url ?? null,
    tokenFile: values["token-file"],
    dataDir: values["data-dir"],
    hosts,
    intervalMs: spanOf("interval", values.interval, 1_000),
    workers: numberOf("workers", values.workers, { from: 1, to: 64, isWhole: true }),
    processes: numberOf("processes", values.processes, { from: 0, to: 5_000, isWhole: true }),
    loss: numberOf("loss", values.loss, { from: 0, to: 1 }),
    churnPerMinute: numberOf("churn", values.churn.replace(/\/min$/, ""), { from: 0, to: MOST_HOSTS * 60 }),
    seconds: numberOf("seconds", values.seconds, { from: 1, to: 86_400 }),
    warmUpSeconds: numberOf("warm-up", values["warm-up"], { from: 0, to: 3_600 }),
    startRate: numberOf("start-rate", values["start-rate"], { from: 0, to: MOST_HOSTS }),
    historyMs: spanOf("history", values.history, 0),
    kill: numberOf("kill", values.kill, { from: 0, to: hosts, isWhole: true }),
    killHow: lossesOf(values["kill-how"]),
    killManager: values["kill-manager"],
    api: values.api,
    tls: values.tls,
    json: values.json,
    set: values.set,
    denoFlags: values["deno-flag"],
  };
  checkTogether(options);
  return options;
}

function checkTogether({ url, tokenFile, executable, dataDir, killManager, kill, api, set, tls }: FleetOptions): void {
  if (url === null) {
    if (tokenFile !== "" || dataDir !== "") throw new Error("--token-file and --data-dir need the --url of a manager");
    return;
  }
  if (tokenFile === "") throw new Error("--url needs --token-file, with a join token good for all hosts");
  if (executable !== null || killManager || tls || set.length > 0) {
    throw new Error("--manager, --kill-manager, --tls and --set are for a manager that is started here, without --url");
  }
  if (dataDir === "" && (kill > 0 || api)) {
    throw new Error("--kill and --api need the --data-dir of the manager at --url");
  }
}

/** How many hosts each worker holds; the first holds exactly those that are to be killed, if any are. */
export function sharesOf({ hosts, workers, kill }: Pick<FleetOptions, "hosts" | "workers" | "kill">): number[] {
  const rest = hosts - kill;
  const base = Math.floor(rest / workers);
  const others = Array.from({ length: workers }, (_, at) => base + (at < rest % workers ? 1 : 0));
  return [...(kill > 0 ? [kill] : []), ...others.filter((count) => count > 0)];
}

function numberOf(
  name: string,
  text: string,
  { from, to, isWhole = false }: { readonly from: number; readonly to: number; readonly isWhole?: boolean },
): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= from && value <= to && (!isWhole || Number.isInteger(value))) return value;
  throw new Error(`--${name} must be a ${isWhole ? "whole " : ""}number from ${from} to ${to}, got "${text}"`);
}

function spanOf(name: string, text: string, fromMs: number): number {
  const ms = Duration.parse(text)?.ms ?? -1;
  if (ms >= fromMs) return ms;
  throw new Error(`--${name} must be a duration of ${new Duration(fromMs)} at least, got "${text}"`);
}

function lossesOf(text: string): Loss[] {
  // Those that were killed do not come back, so they are the last.
  return text.split(",").toSorted().toReversed().map((word) => {
    if (word === "closed" || word === "silent") return word;
    throw new Error(`--kill-how must be closed, silent or both, separated by a comma, got "${text}"`);
  });
}
