/**
 * `deno task console [--watch] [--debug]`: the web console, as the module dist/console/assets.js that the manager serves
 * from. Prints what
 * its parts weigh, compressed as browsers get them.
 */
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";
import { assetsModule, buildConsole, type ConsoleFile, QUICK } from "./console_build.ts";
import { fromFileUrl, ROOT, runScript, table } from "./support.ts";

const OUT = fromFileUrl(new URL("dist/console/", ROOT));
const SOURCES = fromFileUrl(new URL("src/console/", ROOT));
/** Written last, so that a reader finds either all of the old one or all of the new. */
const MODULE = `${OUT}assets.js`;
const SETTLE_MS = 100;
/** What the issue allows without what only a terminal needs. */
export const MAX_GZIP_BYTES = 250_000;
const FIRST_DOCUMENT = "document hosts";

/**
 * Builds it when a source is newer than what there is; for tasks that need it to be there. While somebody is in the
 * middle of changing it, what there is has to do: the type check and the compiler are who refuse what is broken.
 */
async function ensure(): Promise<number> {
  if (await isFresh()) return 0;
  try {
    await writeConsole(await buildConsole());
    return 0;
  } catch (error) {
    console.error(`console: ${error instanceof Error ? error.message : error}`);
    return await modifiedMs(MODULE) === null ? 1 : 0;
  }
}

export async function writeConsole(files: readonly ConsoleFile[]): Promise<void> {
  await Deno.mkdir(OUT, { recursive: true });
  const half = `${MODULE}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(half, assetsModule(files, QUICK));
  await Deno.rename(half, MODULE);
}

async function isFresh(): Promise<boolean> {
  const made = await modifiedMs(MODULE);
  if (made === null) return false;
  const scripts = ["console_build.ts", "console_xterm.ts", "used_alone.ts", "barrels.ts"].map((name) =>
    fromFileUrl(new URL(`scripts/${name}`, ROOT))
  );
  const folders = ["src/console", "src/protocol", "src/core"].map((name) => fromFileUrl(new URL(`${name}/`, ROOT)));
  for (const path of [...scripts, fromFileUrl(new URL("deno.lock", ROOT))]) {
    if ((await modifiedMs(path) ?? 0) > made) return false;
  }
  for (const folder of folders) if (await newestIn(folder) > made) return false;
  return true;
}

/** Of files and folders: a file that was removed leaves its folder newer. */
async function newestIn(folder: string): Promise<number> {
  let newest = await modifiedMs(folder) ?? 0;
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.name === "node_modules") continue;
    newest = Math.max(newest, entry.isDirectory ? await newestIn(path) : await modifiedMs(path) ?? 0);
  }
  return newest;
}

async function modifiedMs(path: string): Promise<number | null> {
  try {
    return (await Deno.stat(path)).mtime?.getTime() ?? null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** What is fetched without a terminal, compressed; of the documents, which differ in a few lines, one. */
export function plainBytes(files: readonly ConsoleFile[]): number {
  return sum(files.filter(({ isTerminal, what }) => !isTerminal && (!isDocument(what) || what === FIRST_DOCUMENT)));
}

function isDocument(what: string): boolean {
  return what.startsWith("document ");
}

function sum(files: readonly ConsoleFile[]): number {
  return files.reduce((bytes, { gzip }) => bytes + gzip.length, 0);
}

export function sizes(files: readonly ConsoleFile[]): string {
  const kB = (bytes: number) => (bytes / 1_000).toFixed(1);
  const rows = files.filter(({ what }) => !isDocument(what) || what === FIRST_DOCUMENT).toSorted((a, b) =>
    b.gzip.length - a.gzip.length
  ).map((file) => [
    `${file.what || "shared"}${file.isTerminal ? " (terminal)" : file.isEager ? " (at once)" : ""}`,
    kB(file.bytes.length),
    kB(file.gzip.length),
  ]);
  const eager = files.filter(({ isEager, what }) => isEager || what === "styles main");
  const terminal = files.filter(({ isTerminal }) => isTerminal);
  return [
    table([["console", "kB", "gzip kB"], ...rows]),
    "",
    `at once ${kB(sum(eager))} kB, all without the terminal ${kB(plainBytes(files))} kB, terminal ${
      kB(sum(terminal))
    } kB`,
  ].join("\n");
}

async function once(isDebug: boolean): Promise<number> {
  const files = await buildConsole({ isDebug });
  await writeConsole(files);
  console.log(sizes(files));
  const bytes = plainBytes(files);
  if (isDebug || bytes <= MAX_GZIP_BYTES) return 0;
  console.error(`console: ${bytes} bytes without the terminal, more than ${MAX_GZIP_BYTES}`);
  return 1;
}

/** Again after each change, until it is interrupted; what cannot be built is said, and waited out. */
async function watch(isDebug: boolean): Promise<never> {
  let change = Promise.withResolvers<void>();
  const tell = async () => {
    for await (const _ of Deno.watchFs(SOURCES)) change.resolve();
  };
  tell();
  while (true) {
    change = Promise.withResolvers<void>();
    try {
      const startedMs = performance.now();
      await writeConsole(await buildConsole({ isDebug }));
      console.log(`built in ${Math.round(performance.now() - startedMs)} ms`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
    await change.promise;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      watch: { type: "boolean", default: false },
      debug: { type: "boolean", default: false },
      ensure: { type: "boolean", default: false },
    },
  });
  try {
    if (values.watch) await watch(values.debug);
    return values.ensure ? await ensure() : await once(values.debug);
  } finally {
    await esbuild.stop();
  }
}

if (import.meta.main) await runScript("console", main);
