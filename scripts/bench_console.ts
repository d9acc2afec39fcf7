/**
 * `deno task bench:console [EXECUTABLE] [--sources] [--browser /usr/bin/chromium] [--runs 5] [--json]`: what the console
 * weighs, and how long it takes on the loopback until a page can be read: without anything in the browser's cache, with
 * all of it there, and the very first time, when the manager has yet to unpack it.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { localClient } from "../src/http/mod.ts";
import { setupLink } from "../src/protocol/mod.ts";
import { median, percentile, printResults, type Result } from "./bench_support.ts";
import { MAX_GZIP_BYTES, plainBytes, sizes } from "./console.ts";
import { buildConsole } from "./console_build.ts";
import { executableToTest } from "./executable.ts";
import { freePort, managerConfig, ManagerProcess } from "./fleet_manager.ts";
import { runScript } from "./support.ts";

const FIRST_VIEW_MS = 1_000;
const PASSWORD = "a password of the bench";
/** What stands there when the page can be read. */
const LOGIN_READY = "input[type=password]";
const HOSTS_READY = ".page-head h1, .empty";
const LIMIT_MS = 30_000;

interface Subject {
  readonly url: string;
  readonly setUp: () => Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A manager of its own, empty. */
async function startManager(executable: string | null): Promise<Subject> {
  const dataDir = await Deno.makeTempDir({ prefix: "farhand-console-" });
  const listen = `http://127.0.0.1:${freePort()}`;
  const place = { dataDir, listen, configFile: join(dataDir, "manager.yaml") };
  await Deno.writeTextFile(place.configFile, managerConfig(place, { hosts: 10, intervalMs: 10_000 }), { mode: 0o600 });
  const manager = new ManagerProcess(place, { executable, denoFlags: [], set: [] });
  await manager.start();
  return {
    url: listen,
    async setUp() {
      const signal = AbortSignal.timeout(LIMIT_MS);
      const answer = await localClient(manager.control.socket).call("/v1/setup-link", { method: "POST", signal });
      return setupLink().parse(answer).link ?? "";
    },
    async [Symbol.asyncDispose]() {
      await manager.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

async function view(context: BrowserContext, url: string, ready: string): Promise<number> {
  const page = await context.newPage();
  try {
    const begin = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.waitForSelector(ready, { timeout: LIMIT_MS });
    return performance.now() - begin;
  } finally {
    await page.close();
  }
}

/** Makes the first admin as a person would, and gives what the browser then has of him. */
async function logIn(browser: Browser, subject: Subject) {
  await using context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await subject.setUp());
  const passwords = page.locator(LOGIN_READY);
  await passwords.nth(0).fill(PASSWORD);
  await passwords.nth(1).fill(PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL("**/hosts*");
  return await context.storageState();
}

async function views(browser: Browser, subject: Subject, runs: number): Promise<Result[]> {
  const first: number[] = [];
  {
    await using context = await browser.newContext();
    first.push(await view(context, `${subject.url}/login`, LOGIN_READY));
  }
  const storageState = await logIn(browser, subject);
  const [login, cold, warm]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < runs; run++) {
    await using stranger = await browser.newContext();
    login.push(await view(stranger, `${subject.url}/login`, LOGIN_READY));
    await using known = await browser.newContext({ storageState });
    cold.push(await view(known, `${subject.url}/hosts`, HOSTS_READY));
    warm.push(await view(known, `${subject.url}/hosts`, HOSTS_READY));
  }
  return [
    row("first view ever (login)", first),
    row("login, empty cache", login),
    row("hosts, empty cache", cold),
    row("hosts, again", warm),
  ];
}

function row(what: string, spansMs: readonly number[]): Result {
  return {
    what,
    median: Math.round(median(spansMs)),
    max: Math.round(percentile(spansMs, 1)),
    unit: "ms",
    budget: FIRST_VIEW_MS,
  };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    args: Deno.args,
    options: {
      sources: { type: "boolean", default: false },
      browser: { type: "string", default: "/usr/bin/chromium" },
      runs: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
    },
  });
  const files = await buildConsole();
  await esbuild.stop();
  if (!values.json) console.log(`${sizes(files)}\n`);
  const executable = values.sources ? null : await executableToTest(positionals[0]);
  await using subject = await startManager(executable);
  const browser = await chromium.launch({ executablePath: values.browser, args: ["--no-sandbox"] });
  try {
    const results = await views(browser, subject, Math.max(1, Number(values.runs) || 1));
    const weight = (plainBytes(files) / 1_000).toFixed(1);
    const size = { what: "all without the terminal", median: weight, max: weight, unit: "kB gzip" };
    printResults([...results, { ...size, budget: MAX_GZIP_BYTES / 1_000 }], values.json);
  } finally {
    await browser.close();
  }
  return 0;
}

if (import.meta.main) await runScript("bench:console", main);
