/**
 * What `bench:terminal --browser` measures: a manager, a host and Chromium on this machine, as a person uses them. A flood
 * in the console's terminal: how fast it is shown, whether the page answers meanwhile, what it holds, and how soon
 * Ctrl-C takes effect; the last by `agent shell` too.
 */
import { InTerminal } from "../tests/helpers/in_terminal.ts";
import { CHROMIUM, NO_CHROMIUM } from "../tests/helpers/console/browser.ts";
import { Managed, PASSWORD, USER } from "../tests/helpers/managed.ts";
import { Chromium, type Page } from "./bench_chromium.ts";
import { percentile, type Result } from "./bench_support.ts";
import { TERMINAL_METER } from "./bench_terminal_meter.ts";
import { pause, readMemory } from "./process_use.ts";
import { MEGA } from "./tunnel_loads.ts";

export interface BrowserBench {
  /** What a shell is, which ends each of its prompts with `prompt` and then writes when that was into `times`. */
  readonly shell: string;
  readonly prompt: string;
  readonly times: string;
  /** What is printed. */
  readonly file: string;
  readonly bytes: number;
  readonly trials: number;
  /** How much slower than this machine the browser is made. */
  readonly slowdown: number;
}

/** What was printed before a key is pressed, so that all that can be full is. */
const BEFORE_BYTES = 2 * MEGA;
const INTERRUPT = "\x03";
const BUDGET_MS = 200;

export async function browserRows(bench: BrowserBench): Promise<Result[]> {
  if (CHROMIUM === null) throw new Error(NO_CHROMIUM);
  await using managed = await Managed.create({ listen: "http://127.0.0.1:0" });
  await managed.host("web-1", `policy: { terminal: on }\nterminal: { shell: ${bench.shell} }\n`);
  const results: Result[] = [];
  {
    await using chromium = await Chromium.start(CHROMIUM);
    const page = await openTerminal(chromium, managed.url, bench);
    results.push(...await floodRows(chromium, page, bench));
    results.push(...await pageInterrupts(page, bench));
  }
  results.push(...await shellInterrupts(managed, bench));
  return results;
}

async function openTerminal(chromium: Chromium, url: string, { prompt, slowdown }: BrowserBench): Promise<Page> {
  const answer = await fetch(`${url}/api/v1/sessions`, {
    method: "POST",
    headers: { origin: url, "content-type": "application/json" },
    body: JSON.stringify({ name: USER, password: PASSWORD }),
  });
  await answer.body?.cancel();
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(answer.headers.get("set-cookie") ?? "") ?? [];
  const meter = `(${TERMINAL_METER})(${JSON.stringify(prompt)})`;
  const page = await chromium.open(`${url}/hosts/web-1/terminal`, { name, value }, meter);
  const button =
    `[...document.querySelectorAll("button")].find((each) => each.textContent.includes("Open a terminal"))`;
  await page.until(`${button} !== undefined`);
  await page.value(`${button}.click()`);
  await page.until("meter.prompts > 0");
  await page.call("Emulation.setCPUThrottlingRate", { rate: slowdown });
  return page;
}

interface Flood {
  readonly spanMs: number;
  readonly clickMs: readonly number[];
  readonly frameMs: readonly number[];
  readonly heapBytes: readonly number[];
  readonly pageBytes: readonly number[];
}

/** Prints the whole file, and clicks beside the terminal all the while. */
async function flood(chromium: Chromium, page: Page, { file }: BrowserBench): Promise<Flood> {
  const pids = await chromium.rendererPids();
  const [heapBytes, pageBytes]: [number[], number[]] = [[], []];
  await page.value("meter.begin()");
  await run(page, `cat ${file}`);
  const prompted = page.value<number>("meter.untilPrompt()");
  let isOver = false;
  prompted.finally(() => isOver = true).catch(() => {}); // told below
  while (!isOver) {
    await page.click(700, 60);
    const held = await Promise.all(pids.map((pid) => readMemory(pid)));
    pageBytes.push(Math.max(...held.map(({ anonymousBytes }) => anonymousBytes)));
    heapBytes.push(await page.value("performance.memory.usedJSHeapSize"));
    await pause(0.25);
  }
  const told = await page.value<{ beganMs: number; clickMs: number[]; frameMs: number[] }>("meter.told()");
  return { ...told, spanMs: await prompted - told.beganMs, heapBytes, pageBytes };
}

async function floodRows(chromium: Chromium, page: Page, bench: BrowserBench): Promise<Result[]> {
  const { spanMs, clickMs, frameMs, heapBytes, pageBytes } = await flood(chromium, page, bench);
  const half = Math.ceil(heapBytes.length / 2);
  const most = (list: readonly number[]) =>
    [list.slice(0, half), list.slice(half)].map((part) => `${(Math.max(0, ...part) / MEGA).toFixed(1)} MB`).join(", ");
  return [
    row(`cat of ${bench.bytes / MEGA} MB in the browser`, `${(bench.bytes / 1_000 / spanMs).toFixed(1)} MB/s`),
    row("  its heap, highest of the first and second half", most(heapBytes), "flat"),
    row("  its page's process, anonymous memory, the same", most(pageBytes), "flat"),
    row("  from a click to the next picture, p50, p90, highest", spread(clickMs), "200 ms"),
    row("  between two pictures, p50, p90, highest", spread(frameMs)),
  ];
}

interface Interrupt {
  /** From the key until its signal has ended the program, and until the prompt could be seen. */
  readonly hostMs: number;
  readonly promptMs: number;
  /** What was on its way when the key was pressed: shown after it. */
  readonly lateBytes: number;
}

async function pageInterrupts(page: Page, bench: BrowserBench): Promise<Result[]> {
  const seen: Interrupt[] = [];
  for (let trial = 0; trial < bench.trials; trial++) {
    await page.value("meter.begin()");
    await run(page, `cat ${bench.file} ${bench.file}`);
    await page.until(`meter.sinceBegin() > ${BEFORE_BYTES}`);
    await pause(Math.random() / 10);
    const prompted = page.value<number>("meter.untilPrompt()");
    await page.press("c", "KeyC", { number: 67, hasControl: true });
    const shownMs = await prompted;
    const { keyMs, lateBytes } = await page.value<{ keyMs: number; lateBytes: number }>("meter.told()");
    seen.push({ hostMs: await promptTimeMs(bench) - keyMs, promptMs: shownMs - keyMs, lateBytes });
  }
  return interruptRows("in the browser", seen);
}

async function shellInterrupts(managed: Managed, bench: BrowserBench): Promise<Result[]> {
  const { managerWorld } = managed;
  const env = await managerWorld.env({ FARHAND_LOGIN_FILE: `${managerWorld.dir}/login.json` });
  const terminal = await InTerminal.open(managerWorld.argv(["shell", "web-1"], []), { cwd: managerWorld.dir, env });
  if (terminal === null) return [];
  await terminal.shows(bench.prompt);
  const seen: Interrupt[] = [];
  for (let trial = 0; trial < bench.trials; trial++) {
    terminal.clear();
    await terminal.press(`cat ${bench.file} ${bench.file}\r`);
    while (terminal.text.length < BEFORE_BYTES) await pause(0.001);
    await pause(Math.random() / 10);
    terminal.clear();
    const keyMs = epochMs();
    await terminal.press(INTERRUPT);
    while (!terminal.text.endsWith(bench.prompt)) await pause(0.001);
    const promptMs = epochMs() - keyMs;
    seen.push({ hostMs: await promptTimeMs(bench) - keyMs, promptMs, lateBytes: terminal.text.length });
  }
  await terminal.press("exit\r");
  await terminal.ended();
  return interruptRows("by agent shell", seen);
}

function interruptRows(where: string, seen: readonly Interrupt[]): Result[] {
  const late = seen.map(({ lateBytes }) => lateBytes / 1_000);
  return [
    row(
      `Ctrl-C under cat ${where}, ${seen.length} times: prompt seen, p50, p90, highest`,
      spread(seen.map((each) => each.promptMs)),
      `${BUDGET_MS} ms`,
    ),
    row("  over the budget", `${seen.filter(({ promptMs }) => promptMs > BUDGET_MS).length}`, "0"),
    row("  the program has ended, the same", spread(seen.map(({ hostMs }) => hostMs))),
    row("  shown after the key, the same", spread(late, "kB")),
  ];
}

async function run(page: Page, command: string): Promise<void> {
  await page.value(`document.querySelector(".xterm-helper-textarea").focus()`); // clicks have taken it elsewhere
  await page.type(command);
  await page.press("Enter", "Enter", { number: 13, text: "\r" });
}

/** When the shell has prompted last, by the clock of the wall, which this and the browser have too. */
async function promptTimeMs({ times }: BrowserBench): Promise<number> {
  return Number((await Deno.readTextFile(times)).trim().split("\n").at(-1)) * 1_000;
}

function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

function spread(values: readonly number[], unit = "ms"): string {
  return [0.5, 0.9, 1].map((part) => `${percentile(values, part).toFixed(0)} ${unit}`).join(", ");
}

function row(what: string, measured: string, budget = ""): Result {
  return { what, measured, budget };
}
