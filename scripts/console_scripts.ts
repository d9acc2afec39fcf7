/**
 * The scripts of the console. What all pages are made with (kit, ui, preact) is one file, `base`, made first; the frame
 * and the pages, each a chunk, take from it by its address. Were it left to the bundler, which shares each module among
 * exactly those who use it, a page would be thirty files, most of them of a few hundred bytes.
 */
import { basename, relative, resolve } from "node:path";
import * as esbuild from "esbuild";
import { xtermWithoutInlineStyle } from "./console_xterm.ts";
import { usedAlone } from "./used_alone.ts";

export interface Script {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `main`, `base`, `page hosts`; "" for a part that several share. */
  readonly what: string;
  readonly isTerminal: boolean;
  /** Fetched whichever page is shown. */
  readonly isEager: boolean;
  /** The pages for which it is fetched at once. */
  readonly pages: readonly string[];
}

export interface ScriptsOptions {
  /** src/console, absolute, with a slash at its end. */
  readonly sources: string;
  /** Where they are asked for: `/assets/`. */
  readonly address: string;
  readonly isDebug: boolean;
  readonly define: Readonly<Record<string, string>>;
}

const BASE_FOLDERS = ["kit", "ui"];
/** Dictionaries are chunks of their own, of which one is loaded; charts come with the pages that have some. */
const NOT_BASE = /_test\.tsx?$|^kit\/i18n\/(en|zh)\b|^ui\/chart\.tsx$/;
const BASE_PACKAGES = ["preact", "preact/hooks", "preact/jsx-runtime", "@preact/signals"];
/** Of the last three years. */
const BROWSERS = ["chrome109", "firefox115", "safari16.4"];
const TERMINAL_PACKAGE = "@xterm";
const PAGE = /pages\/(\w+)\/page\.tsx$/;

/** One module of the base, and what it gives. */
interface BaseModule {
  /** Absolute for a file; a package's name otherwise. */
  readonly id: string;
  readonly exports: readonly string[];
}

export async function buildScripts(options: ScriptsOptions): Promise<Script[]> {
  const modules = await baseModules(options);
  const base = await esbuild.build({
    ...shared(options),
    stdin: { contents: baseEntry(modules), resolveDir: options.sources, loader: "ts", sourcefile: "base.ts" },
    entryNames: "base-[hash]",
    plugins: [usedAlone(options.sources)],
  });
  const baseScripts = scriptsOf(base, (entry) => entry.endsWith("base.ts"));
  const address = options.address + (baseScripts.find(({ what }) => what === "base")?.name ?? "");
  const pages = await esbuild.build({
    ...shared(options),
    entryPoints: ["main.tsx"],
    entryNames: "[name]-[hash]",
    plugins: [fromBase(modules, address), usedAlone(options.sources), xtermWithoutInlineStyle(options.sources)],
  });
  return [...baseScripts, ...scriptsOf(pages, (entry) => entry === "main.tsx")];
}

function shared({ sources, isDebug, define }: ScriptsOptions) {
  return {
    absWorkingDir: sources,
    bundle: true,
    splitting: true,
    outdir: "/",
    chunkNames: "[name]-[hash]",
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    target: [...BROWSERS],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: !isDebug,
    charset: "utf8",
    legalComments: "none",
    logLevel: "silent",
    define: { ...define },
  } satisfies esbuild.BuildOptions;
}

/** All files of the base with what each gives, in an order that does not depend on the file system. */
async function baseModules(options: ScriptsOptions): Promise<BaseModule[]> {
  const { sources } = options;
  const files: string[] = [];
  for (const folder of BASE_FOLDERS) for await (const path of walk(`${sources}${folder}`)) files.push(path);
  const wanted = files.filter((path) => /\.tsx?$/.test(path) && !NOT_BASE.test(relative(sources, path))).sort();
  const alone = { bundle: false, splitting: false, entryPoints: wanted, outbase: sources };
  const each = await esbuild.build({ ...shared(options), ...alone });
  const packages = await esbuild.build({ ...shared(options), entryPoints: BASE_PACKAGES });
  const found = [...exportsOf(each.metafile), ...exportsOf(packages.metafile)];
  const exportsOfEntry = (entry: string) => found.find(([name]) => isEntry(name, entry))?.[1] ?? [];
  return [
    ...BASE_PACKAGES.map((id) => ({ id, exports: exportsOfEntry(id) })),
    ...wanted.map((path) => ({ id: path, exports: exportsOfEntry(relative(sources, path)) })),
  ];
}

function exportsOf({ outputs }: esbuild.Metafile): [string, string[]][] {
  return Object.values(outputs).flatMap(({ entryPoint, exports }) =>
    entryPoint === undefined ? [] : [[entryPoint, exports.toSorted()] as [string, string[]]]
  );
}

/** A package's entry is told by the file that it stands for. */
function isEntry(name: string, entry: string): boolean {
  if (!BASE_PACKAGES.includes(entry)) return name === entry;
  const [, folder = ""] = /node_modules\/((?:@[^/]+\/)?[^/@]+(?:\/(?!dist)[^/]+)?)\/dist\//.exec(name) ?? [];
  return folder === entry;
}

/** Everything that its modules give, under the names that it has there: pages then need nothing but another address. */
function baseEntry(modules: readonly BaseModule[]): string {
  const owners = new Map<string, string>();
  return modules.map(({ id, exports }) => {
    const names = exports.filter((name) => {
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, id);
      // Preact's entries give some things, such as Fragment, each.
      else if (!BASE_PACKAGES.includes(id)) throw new Error(`${owner} and ${id} both export ${name}; rename one`);
      return owner === undefined;
    });
    return names.length === 0 ? "" : `export { ${names.join(", ")} } from ${JSON.stringify(id)};\n`;
  }).join("");
}

/** Whoever imports something of the base takes it from the base's file. */
function fromBase(modules: readonly BaseModule[], address: string): esbuild.Plugin {
  const ids = new Set(modules.map(({ id }) => id));
  return {
    name: "from base",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, resolveDir }) => {
        const id = path.startsWith(".") ? resolve(resolveDir, path) : path;
        return ids.has(id) ? { path: address, external: true } : undefined;
      });
    },
  };
}

function scriptsOf(
  result: esbuild.BuildResult<{ write: false; metafile: true }>,
  isMain: (entry: string) => boolean,
): Script[] {
  refuseForeigners(result.metafile);
  const outputs = Object.entries(result.metafile.outputs);
  const eager = neededBy(result.metafile, outputs.find(([, { entryPoint = "" }]) => isMain(entryPoint))?.[0]);
  const pages = outputs.flatMap(([path, { entryPoint = "" }]) => {
    const page = PAGE.exec(entryPoint)?.[1];
    return page === undefined ? [] : [{ page, needed: neededBy(result.metafile, path) }];
  });
  return withoutEmpty(result.outputFiles).map(({ name, contents }) => {
    const output = outputs.find(([each]) => basename(each) === name)?.[1];
    return {
      name,
      bytes: Uint8Array.from(contents),
      what: whatOf(output?.entryPoint ?? ""),
      isTerminal: Object.keys(output?.inputs ?? {}).some((input) => input.includes(TERMINAL_PACKAGE)),
      isEager: eager.has(name),
      pages: pages.filter(({ needed }) => needed.has(name)).map(({ page }) => page),
    };
  });
}

/** A part that several share may have nothing but types in it: nobody need fetch that. */
function withoutEmpty(files: readonly esbuild.OutputFile[]) {
  const empty = files.filter(({ contents }) => contents.length === 0).map(({ path }) => basename(path));
  const imports = new RegExp(
    `import ?"\\./(?:${empty.map((name) => name.replaceAll(".", "\\.")).join("|")})";\\n?`,
    "g",
  );
  return files.filter(({ contents }) => contents.length > 0).map(({ path, contents, text }) => ({
    name: basename(path),
    contents: empty.length === 0 ? contents : new TextEncoder().encode(text.replaceAll(imports, "")),
  }));
}

function whatOf(entry: string): string {
  const page = PAGE.exec(entry)?.[1];
  return page !== undefined ? `page ${page}` : basename(entry).replace(/\.\w+$/, "");
}

/** The console checks nothing by schemas: what it takes from the protocol are types and plain values. */
function refuseForeigners({ outputs }: esbuild.Metafile): void {
  const allowed = /(^|\/)(preact|@preact|uplot|@xterm)(\/|@|\+)|^(?!.*node_modules)/;
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      if (bytesInOutput === 0 || allowed.test(path)) continue;
      throw new Error(`The console would carry ${path}; it may have preact, uplot and xterm only`);
    }
  }
}

/** The names of a file and of all that it imports, directly or not, without being asked to. */
function neededBy({ outputs }: esbuild.Metafile, path: string | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  const take = (each: string) => {
    const output = outputs[each];
    if (output === undefined || found.has(basename(each))) return;
    found.add(basename(each));
    for (const { kind, path: next } of output.imports) if (kind === "import-statement") take(next);
  };
  if (path !== undefined) take(path);
  return found;
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* walk(path);
    else if (entry.isFile) yield path;
  }
}
