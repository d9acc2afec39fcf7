/**
 * Makes one self-contained JavaScript file of the program. `deno compile` then embeds that file alone, instead of every
 * package of the lock file; the executable is smaller, starts faster and occupies less memory.
 */
import { basename } from "node:path";
import * as esbuild from "esbuild";
import { assetsModule, buildConsole, HARD } from "./console_build.ts";
import { fromFileUrl, git, ROOT } from "./support.ts";
import { usedAlone } from "./used_alone.ts";

/** Bytes that one package (or the program's own sources) contributes to the bundle. */
export interface PackageSize {
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
}

/** One file of a bundle; the first one is what is run. */
export interface BundleFile {
  readonly name: string;
  readonly code: string;
}

export interface Bundle {
  readonly files: readonly BundleFile[];
  readonly bytes: number;
  readonly commit: string;
  readonly sizes: readonly PackageSize[];
}

export interface BundleOptions {
  /** The module to start from; default main.ts. */
  readonly entry?: string;
  /** The commit to embed; default asks git. */
  readonly commit?: string;
  /** Whether what is only needed for some commands goes into files of its own, which are read when they are needed. */
  readonly split?: boolean;
  /** The only system that the bundle is for; the halves of the others are left out of it. */
  readonly system?: System;
}

/** The name of the program's file within the executable; stack traces show it instead of a path of the build machine. */
export const BUNDLE_NAME = "agent.js";
const ENTRY = "agent";

const SYSTEMS = ["linux", "windows", "darwin"] as const;
export type System = (typeof SYSTEMS)[number];

/** The system that a module is for, which its name tells: `cpu.windows.ts`, `windows_metrics.ts`, `windows/ffi/ntdll.ts`. */
export function systemOf(path: string): System | undefined {
  return SYSTEMS.find((system) => moduleOf(system).test(path));
}

function moduleOf(...systems: readonly System[]): RegExp {
  return new RegExp(`/(${systems.join("|")})/|[/.](${systems.join("|")})[._][^/]*ts$`);
}

export async function bundle(options: BundleOptions = {}): Promise<Bundle> {
  const commit = options.commit ?? await currentCommit();
  try {
    const assets = assetsModule(await buildConsole(), HARD);
    const result = await esbuild.build({
      absWorkingDir: fromFileUrl(ROOT),
      entryPoints: [options.entry ?? "main.ts"],
      bundle: true,
      splitting: options.split ?? false,
      outdir: ".",
      entryNames: ENTRY,
      chunkNames: "part-[hash]",
      write: false,
      metafile: true,
      format: "esm",
      // Neither Node's nor a browser's: packages then give their ES modules, which need no `require`.
      platform: "neutral",
      external: ["node:*"],
      target: "esnext",
      conditions: ["deno"],
      // One character beyond Latin-1 and the engine keeps the whole text with two bytes a character.
      charset: "ascii",
      logLevel: "silent",
      // Without keepNames: naming every function while loading costs 1 MB of anonymous memory and 8 ms.
      minify: true,
      define: { __FARHAND_BUILD__: JSON.stringify({ commit }) },
      plugins: [...(options.system === undefined ? [] : [onlyFor(options.system)]), withConsole(assets), usedAlone()],
    });
    const files = result.outputFiles.map(({ path, text }) => ({ name: basename(path), code: text }));
    // The run one first, the others by name.
    files.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    const bytes = result.outputFiles.reduce((sum, { contents }) => sum + contents.length, 0);
    return { files, bytes, commit, sizes: sizesByPackage(result.metafile) };
  } finally {
    await esbuild.stop();
  }
}

const rank = ({ name }: BundleFile) => name === BUNDLE_NAME ? 0 : 1;

/**
 * Leaves out what is for other systems. What it would have exported is undefined then, and nobody asks for it: only the
 * half of the running system is ever taken out of a selection (tests/arch/halves_test.ts).
 */
function onlyFor(system: System): esbuild.Plugin {
  const foreign = moduleOf(...SYSTEMS.filter((name) => name !== system));
  return {
    name: `only for ${system}`,
    setup(build) {
      build.onResolve({ filter: foreign }, () => ({ path: "none", namespace: "foreign" }));
      // Not an ES module, of which esbuild would want to know each export.
      build.onLoad({ filter: /.*/, namespace: "foreign" }, () => ({ contents: "module.exports = {};", loader: "js" }));
    },
  };
}

/** The console's files in a module of their own, in place of the one that takes them from dist/. */
function withConsole(assets: string): esbuild.Plugin {
  return {
    name: "with console",
    setup(build) {
      build.onLoad({ filter: /\/src\/manager\/console\/embedded\.ts$/ }, () => ({
        contents: `export const loadAssets = async () => (await import("console-assets")).ASSETS;`,
        loader: "ts",
      }));
      build.onResolve({ filter: /^console-assets$/ }, () => ({ path: "assets", namespace: "console" }));
      build.onLoad({ filter: /.*/, namespace: "console" }, () => ({ contents: assets, loader: "js" }));
    },
  };
}

/** The short hash of the checked-out commit, `+dirty` when files differ from it, `unknown` outside of git. */
export async function currentCommit(): Promise<string> {
  const hash = await git("rev-parse", "--short=12", "HEAD");
  if (hash === undefined) return "unknown";
  const changes = await git("status", "--porcelain");
  return changes === "" ? hash : `${hash}+dirty`;
}

/** Sums the bytes in the output by npm package, largest first. */
export function sizesByPackage(metafile: esbuild.Metafile): PackageSize[] {
  const sums = new Map<string, PackageSize>();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = packageOf(path);
      const sum = sums.get(name) ?? { name, bytes: 0, files: 0 };
      sums.set(name, { name, bytes: sum.bytes + bytesInOutput, files: sum.files + 1 });
    }
  }
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes);
}

function packageOf(path: string): string {
  const inside = path.split("node_modules/").at(-1);
  if (inside === undefined || inside === path) return "(this program)";
  const [first = "", second = ""] = inside.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}

/** Puts a bundle into a folder and gives the path of the file to run. */
export async function writeBundle(folder: string, { files }: Bundle): Promise<string> {
  for (const { name, code } of files) await Deno.writeTextFile(`${folder}/${name}`, code);
  return `${folder}/${BUNDLE_NAME}`;
}
