/**
 * Makes the web console of src/console into files that a browser takes, and those into one module that the manager
 * serves from. The same sources give the same bytes.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { basename, relative, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { CONSOLE_PAGES, MISSING_PAGE } from "../src/protocol/mod.ts";
import { buildScripts } from "./console_scripts.ts";
import { fromFileUrl, ROOT } from "./support.ts";

export interface ConsoleFile {
  /** As it is asked for: `/assets/main-ABC.js`; for a document the name of the page that it shows first. */
  readonly path: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** What it is: `main`, `page hosts`, `styles`; "" for a part that several share. */
  readonly what: string;
  /** Whether it is only fetched when somebody opens a terminal or a recording. */
  readonly isTerminal: boolean;
  /** Fetched whichever page is shown. */
  readonly isEager: boolean;
  /** The pages for which it is fetched at once. */
  readonly pages: readonly string[];
}

const SOURCES = fromFileUrl(new URL("src/console/", ROOT));
const ASSETS = "/assets/";
const JS = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const HTML = "text/html; charset=utf-8";
const HASH_LENGTH = 10;
/** Files of styles that are loaded by what needs them, and not with the page: `terminal.lazy.css`. */
const LAZY = /([a-z_]+)\.lazy\.css$/;
const BASE_STYLE = "ui/base.css";
/** How hard the archive is pressed: two seconds for an executable, next to nothing while somebody waits for a change. */
export const HARD = 11;
export const QUICK = 4;

/** Without hashes in mind: `isDebug` leaves names and lines as they are written. */
export async function buildConsole({ isDebug = false }: { readonly isDebug?: boolean } = {}): Promise<ConsoleFile[]> {
  const styles = await buildStyles(isDebug);
  const lazy = styles.filter(({ isTerminal }) => isTerminal).map(({ path }) => [basename(path).split("-")[0], path]);
  const define = { __LAZY_STYLES__: JSON.stringify(Object.fromEntries(lazy)) };
  const made = await buildScripts({ sources: SOURCES, address: ASSETS, isDebug, define });
  const scripts = made.map(({ name, bytes, ...more }) => fileOf(ASSETS + name, JS, bytes, more));
  const template = await Deno.readTextFile(`${SOURCES}index.html`);
  const files = [...documentsOf(template, [...styles, ...scripts]), ...styles, ...scripts];
  files.sort((a, b) => a.path < b.path ? -1 : 1);
  return files;
}

/** The one sheet of everything, the base first; and one for each lazy part. */
async function buildStyles(isDebug: boolean): Promise<ConsoleFile[]> {
  const found: string[] = [];
  for await (const path of walk(SOURCES)) if (path.endsWith(".css")) found.push(path);
  found.sort();
  const lazy = found.filter((path) => LAZY.test(path));
  const eager = found.filter((path) => !LAZY.test(path));
  eager.sort((a, b) => Number(b.endsWith(BASE_STYLE)) - Number(a.endsWith(BASE_STYLE)));
  const importing = (paths: readonly string[]) =>
    paths.map((path) => `@import ${JSON.stringify(`./${relative(SOURCES, path)}`)};`).join("\n");
  const sheets: [string, string][] = [["main", importing(eager)]];
  for (const path of lazy) sheets.push([LAZY.exec(path)?.[1] ?? "", importing([path])]);
  return await Promise.all(sheets.map(async ([name, contents]) => {
    const result = await esbuild.build({
      absWorkingDir: SOURCES,
      stdin: { contents, resolveDir: SOURCES, loader: "css", sourcefile: `${name}.css` },
      bundle: true,
      write: false,
      minify: !isDebug,
      // What browsers of the last three years understand; nested rules and the like are written out.
      target: ["chrome109", "firefox115", "safari16.4"],
      loader: { ".svg": "dataurl" },
      logLevel: "silent",
    });
    const text = result.outputFiles[0]?.contents ?? new Uint8Array();
    const path = `${ASSETS}${name}-${hashOf(text)}.css`;
    return fileOf(path, CSS, Uint8Array.from(text), { what: `styles ${name}`, isTerminal: name !== "main" });
  }));
}

/** The same document for each page, but for what it tells the browser to fetch at once. */
function documentsOf(template: string, files: readonly ConsoleFile[]): ConsoleFile[] {
  const find = (what: string) => {
    const found = files.find((file) => file.what === what);
    if (found === undefined) throw new Error(`The console has no ${what}`);
    return found.path;
  };
  const main = find("main");
  return [...CONSOLE_PAGES, MISSING_PAGE].map((page) => {
    const preloads = files.filter(({ isEager, pages, path }) => path !== main && (isEager || pages.includes(page)))
      .map(({ path }) => `<link rel="modulepreload" href="${path}">`).sort();
    const text = template.replace("/main.css", find("styles main")).replace("/main.js", main)
      .replace("<!-- preload -->", preloads.join("\n    "));
    return fileOf(page, HTML, new TextEncoder().encode(text), { what: `document ${page}` });
  });
}

function fileOf(
  path: string,
  type: string,
  bytes: Uint8Array<ArrayBuffer>,
  more: Partial<Pick<ConsoleFile, "what" | "isTerminal" | "isEager" | "pages">>,
): ConsoleFile {
  const gzip = Uint8Array.from(gzipSync(bytes, { level: 9 }));
  return { path, type, bytes, gzip, what: "", isTerminal: false, isEager: false, pages: [], ...more };
}

/**
 * All files in one archive, which is a third smaller than each by itself: whatever is in the executable is in the memory
 * of every agent, also of those that never serve a console.
 */
export function assetsModule(files: readonly ConsoleFile[], quality: number): string {
  let offset = 0;
  const entries = files.map(({ path, type, bytes }) => {
    const entry = { type, etag: `"${hashOf(bytes)}"`, offset, bytes: bytes.length };
    offset += bytes.length;
    return `    ${JSON.stringify(path)}: ${JSON.stringify(entry)},\n`;
  });
  const all = Buffer.concat(files.map(({ bytes }) => bytes));
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
  const params = { [BROTLI_PARAM_QUALITY]: quality, [BROTLI_PARAM_LGWIN]: 22, [BROTLI_PARAM_SIZE_HINT]: all.length };
  const archive = brotliCompressSync(all, { params }).toString("base64");
  return `/** Made by scripts/console_build.ts. */\nexport const ASSETS = {\n  files: {\n${entries.join("")}  },\n` +
    `  archive: "${archive}",\n};\n`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64url").replaceAll(/[-_]/g, "A").slice(0, HASH_LENGTH);
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = resolve(folder, entry.name);
    if (entry.isDirectory && entry.name !== "node_modules") yield* walk(path);
    else if (entry.isFile) yield path;
  }
}
