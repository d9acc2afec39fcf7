/**
 * `deno task bench:terminal [--megabytes 100] [--interrupts 20] [--terminals 50] [--only host|browser] [--json]`: terminals
 * of a host in another process, as a manager reaches them: how fast output flows, near and far away, how soon Ctrl-C
 * takes effect meanwhile, and what many terminals hold; then the same in the console and by `agent shell`, see
 * bench_terminal_browser.ts. From the sources; Linux.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createPtys } from "../src/platform/mod.ts";
import type { TerminalView } from "../src/protocol/mod.ts";
import { type Session, TUNNEL_ORIGIN } from "../src/tunnel/mod.ts";
import { attach, type AttachOptions, type TerminalClient } from "../tests/helpers/terminal_client.ts";
import { percentile, printResults, type Result } from "./bench_support.ts";
import { browserRows } from "./bench_terminal_browser.ts";
import { delayRelay } from "./delay_relay.ts";
import { pause } from "./process_use.ts";
import { runScript } from "./support.ts";
import { bulk, MEGA, type Memory, openTunnel } from "./tunnel_loads.ts";

const PROMPT = "READY> ";
/** Nobody's profile is to be measured. */
const shellText = (times: string) =>
  `#!/bin/sh\nPROMPT_COMMAND='echo $EPOCHREALTIME >>${times}' PS1='${PROMPT}' exec /bin/bash --noprofile --norc -i\n`;
/** What `seq 1 200000` prints, with two characters at the end of each line. */
const SEQ_BYTES = 1_488_894;
const CTRL_C = "\x03";
/** What slow screens show in a second, in megabytes. */
const SLOW = [1, 3] as const;
/** As long as a packet takes within a country, and to the other side of the world. */
const FAR_MS = [50, 200] as const;
const [FAR_TIMES, FAR_SECONDS] = [3, 4];

const row = (what: string, measured: string, budget = ""): Result => ({ what, measured, budget });
const ms = (value: number) => `${value.toFixed(1)} ms`;
const spread = (spans: readonly number[]) => [0.5, 0.9, 1].map((part) => ms(percentile(spans, part))).join(", ");
const megabytes = (bytes: number) => `${(bytes / MEGA).toFixed(1)} MB`;

interface Host extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly session: Session;
  memory(): Promise<Held>;
  open(): Promise<string>;
  end(id: string): Promise<void>;
}

async function startHost(shell: string): Promise<Host> {
  const script = new URL("terminal_peer.ts", import.meta.url).href;
  const args = ["run", "-A", "--v8-flags=--expose-gc", script, shell];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await reader.read()).value);
  const session = await openTunnel(port);
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { "content-type": "application/json" };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const { code, msg, data } = await (await session.fetch(new Request(TUNNEL_ORIGIN + path, init))).json();
    if (code !== 0) throw new Error(msg);
    return data;
  };
  return {
    pid: child.pid,
    port,
    session,
    memory: async () => await (await fetch(`http://127.0.0.1:${port}/memory`)).json(),
    open: async () => (await call("POST", "/v1/terminals", { cols: 80, rows: 24 }) as TerminalView).id,
    end: (id) => call("DELETE", `/v1/terminals/${id}`),
    async [Symbol.asyncDispose]() {
      await session.drain(AbortSignal.timeout(5_000));
      await child.stdin.close();
      await reader.cancel();
      await child.status;
    },
  };
}

async function shellOn(host: Host, options: AttachOptions = {}): Promise<TerminalClient> {
  const guest = await attach(host.session, await host.open(), options);
  await guest.untilText(PROMPT);
  return guest;
}

/** One terminal by itself, in this process. */
async function directRow(file: string, bytes: number): Promise<Result> {
  let got = 0;
  const shown = { user: "", cols: 80, rows: 24, jobName: "", onData: (data: Uint8Array) => void (got += data.length) };
  const ptys = createPtys();
  const begin = performance.now();
  await ptys.open({ argv: ["/bin/sh", "-c", `stty -opost; cat ${file}`], cwd: "/", env: {}, ...shown, onDrain() {} })
    .exited;
  const seconds = (performance.now() - begin) / 1_000;
  if (got !== bytes) throw new Error(`${bytes} bytes were printed, ${got} came`);
  return row("cat, one terminal by itself", `${(bytes / MEGA / seconds).toFixed(0)} MB/s`);
}

/** The same as a guest sees it, who acknowledges what he gets. */
async function guestRows(host: Host, file: string, bytes: number): Promise<Result[]> {
  const guest = await shellOn(host);
  const flood = async () => {
    const from = guest.outputBytes;
    await guest.type(`stty -opost; cat ${file}\r`);
    while (guest.outputBytes - from < bytes) await pause(0.001);
  };
  guest.keepsText = false;
  await flood(); // warm
  const { megabytesPerSecond, halves: [first, second] } = await bulk(host, bytes, flood);
  await guest.leave();
  if (guest.gaps.length > 0) throw new Error("output was left out");
  return [
    row("cat through the tunnel, to who acknowledges", `${megabytesPerSecond.toFixed(0)} MB/s`, "tens of MB/s"),
    row("  resident, host, first and second half", `${megabytes(first.peer)}, ${megabytes(second.peer)}`, "flat"),
    row("  resident, guest, the same", `${megabytes(first.own)}, ${megabytes(second.own)}`, "flat"),
  ];
}

/** From the key until one who shows so many megabytes in a second has shown the prompt. */
async function slowRow(host: Host, file: string, { megabytesPerSecond, count }: {
  readonly megabytesPerSecond: number;
  readonly count: number;
}): Promise<Result> {
  const guest = await attach(host.session, await host.open(), { acknowledges: false });
  await guest.untilText(PROMPT);
  let [shown, lastMs] = [0, performance.now()];
  const show = async () => {
    await pause(0.002);
    const nowMs = performance.now();
    shown = Math.min(guest.position, shown + megabytesPerSecond * MEGA / 1_000 * (nowMs - lastMs));
    lastMs = nowMs;
    await guest.acknowledge(Math.floor(shown));
  };
  const spans: number[] = [];
  for (let time = 0; time < count; time++) {
    guest.text = "";
    guest.keepsText = false;
    await guest.type(`cat ${file}\r`);
    for (const end = shown + megabytesPerSecond * MEGA; shown < end;) await show();
    guest.keepsText = true;
    const begin = performance.now();
    await guest.type(CTRL_C);
    while (!guest.text.endsWith(PROMPT) || shown < guest.position) await show();
    spans.push(performance.now() - begin);
  }
  await guest.leave();
  return row(`Ctrl-C to prompt at who shows ${megabytesPerSecond} MB/s, the same`, spread(spans), "200 ms");
}

/** The same far away, and how soon a key takes effect there meanwhile. */
async function farRows(host: Host, file: string, roundTripMs: number): Promise<Result[]> {
  await using relay = delayRelay(host.port, roundTripMs);
  const session = await openTunnel(relay.port);
  const guest = await shellOn({ ...host, session });
  guest.keepsText = false;
  const spans: number[] = [];
  let [bytes, seconds] = [0, 0];
  for (let time = 0; time < FAR_TIMES; time++) {
    await guest.type(`cat ${file}\r`);
    const [from, begin] = [guest.outputBytes, performance.now()];
    await pause(FAR_SECONDS);
    bytes += guest.outputBytes - from;
    seconds += (performance.now() - begin) / 1_000;
    spans.push(await interrupt(guest));
  }
  await guest.leave();
  await session.drain(AbortSignal.timeout(5_000));
  return [
    row(`cat through the tunnel, ${roundTripMs} ms there and back`, `${(bytes / MEGA / seconds).toFixed(1)} MB/s`),
    row("  Ctrl-C to prompt, p50, p90, highest", spread(spans)),
  ];
}

/** From the key to the next prompt. */
async function interrupt(guest: TerminalClient): Promise<number> {
  guest.text = "";
  guest.keepsText = true;
  const begin = performance.now();
  await guest.type(CTRL_C);
  while (!guest.text.endsWith(PROMPT)) await pause(0.001);
  guest.keepsText = false;
  return performance.now() - begin;
}

/** From the key to the next prompt at the guest, while a program prints as fast as it can. */
async function interruptRows(host: Host, file: string, count: number): Promise<Result[]> {
  const guest = await shellOn(host);
  const spans: number[] = [];
  for (let time = 0; time < count; time++) {
    const from = guest.outputBytes;
    guest.keepsText = false;
    await guest.type(`cat ${file} ${file} ${file}\r`);
    while (guest.outputBytes - from < 10 * MEGA) await pause(0.001);
    await pause(Math.random() / 10);
    spans.push(await interrupt(guest));
  }
  await guest.leave();
  const rows = [row(`Ctrl-C to prompt under cat, ${count} times, p50, p90, highest`, spread(spans), "200 ms")];
  for (const megabytesPerSecond of SLOW) rows.push(await slowRow(host, file, { megabytesPerSecond, count }));
  return rows;
}

interface Held extends Memory {
  readonly threads: number;
}

/** So many terminals, idle and after much output, until they have ended. */
async function round(host: Host, count: number): Promise<{ readonly idle: Held; readonly busy: Held }> {
  const ids = await Promise.all(Array.from({ length: count }, () => host.open()));
  const guests = await Promise.all(ids.map((id) => attach(host.session, id)));
  await Promise.all(guests.map((guest) => guest.untilText(PROMPT)));
  const idle = await host.memory();
  await Promise.all(guests.map(async (guest) => {
    guest.keepsText = false;
    const from = guest.outputBytes;
    await guest.type("seq 1 200000\r");
    while (guest.outputBytes - from < SEQ_BYTES) await pause(0.05);
  }));
  const busy = await host.memory();
  await Promise.all(ids.map((id) => host.end(id)));
  for (const guest of guests) await guest.over;
  return { idle, busy };
}

/** What is left when garbage was collected, which takes more than once for memory outside of the heap. */
async function settled(host: Host): Promise<Held> {
  for (let time = 0; time < 3; time++) {
    await host.memory();
    await pause(0.5);
  }
  return await host.memory();
}

/** What a number of terminals hold, and whether they give all of it back. */
async function manyRows(host: Host, count: number): Promise<Result[]> {
  const first = await shellOn(host);
  await first.leave();
  const before = await settled(host);
  const { idle, busy } = await round(host, count);
  const after = await settled(host);
  await round(host, count);
  const afterAgain = await settled(host);
  const shown = (what: string, { heapBytes, rssBytes, threads }: Held, budget = "") =>
    row(what, `heap ${megabytes(heapBytes)}, resident ${megabytes(rssBytes)}, ${threads} threads`, budget);
  return [
    shown("host with one terminal", before),
    shown(`host with ${count} more, idle`, idle),
    shown(`host with ${count} more, 1 MB of scroll-back each`, busy),
    shown("host when they have ended", after, "as before"),
    shown("host when as many again have ended", afterAgain, "as before"),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      megabytes: { type: "string", default: "100" },
      interrupts: { type: "string", default: "20" },
      terminals: { type: "string", default: "50" },
      only: { type: "string", default: "" },
      slowdown: { type: "string", default: "1" },
    },
    args: Deno.args,
  });
  const dir = await Deno.makeTempDir({ prefix: "farhand-bench-" });
  try {
    const [shell, file] = [join(dir, "shell"), join(dir, "text")];
    const times = join(dir, "times");
    await Deno.writeTextFile(shell, shellText(times), { mode: 0o700 });
    const line = `${"0123456789abcdef".repeat(4)}\n`.slice(-64);
    const bytes = Math.floor(Number(values.megabytes) * MEGA / line.length) * line.length;
    await Deno.writeTextFile(file, line.repeat(bytes / line.length));
    const trials = Number(values.interrupts);
    const results: Result[] = [];
    if (values.only !== "browser") {
      await using host = await startHost(shell);
      results.push(...await manyRows(host, Number(values.terminals))); // first, while there is no garbage
      results.push(await directRow(file, bytes));
      results.push(...await guestRows(host, file, bytes));
      results.push(...await interruptRows(host, file, trials));
      for (const roundTripMs of FAR_MS) results.push(...await farRows(host, file, roundTripMs));
    }
    if (values.only !== "host") {
      results.push(
        ...await browserRows({ shell, prompt: PROMPT, times, file, bytes, trials, slowdown: Number(values.slowdown) }),
      );
    }
    printResults(results, values.json);
    return 0;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

if (import.meta.main) await runScript("bench:terminal", main);
