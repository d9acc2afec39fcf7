/** What the architecture tests look at: the files of the repository and their module graph. */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Module, ModuleGraph } from "./import_law.ts";

export const ROOT = new URL("../../", import.meta.url);

export function readText(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/**
 * Every file that git tracks or would track, by path from the root. Outside of a git checkout (a source archive) it is
 * every file of the folder but hidden ones, dist and node_modules.
 */
export async function repositoryFiles(): Promise<string[]> {
  const listed = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  if (listed === undefined) return (await Array.fromAsync(walk(""))).sort();
  const paths = [...new Set(listed.split("\0").filter((path) => path !== ""))].sort();
  const present = await Promise.all(paths.map((path) => isFile(path)));
  return paths.filter((_, at) => present[at]);
}

/** False for what is gone, and for a link: a captured /sys has some, to folders. */
async function isFile(path: string): Promise<boolean> {
  try {
    return !(await Deno.lstat(new URL(path, ROOT))).isSymlink;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if ([".git", "dist", "node_modules", "logs", ".farhand", "coverage"].includes(path)) continue;
    if (entry.isDirectory) yield* walk(`${path}/`);
    else if (!entry.isSymlink) yield path;
  }
}

/** The output of a command in the root, or undefined when it is missing or fails. */
async function run(command: string, args: string[]): Promise<string | undefined> {
  try {
    const output = await new Deno.Command(command, { args, cwd: ROOT, stdin: "null", stderr: "null" }).output();
    return output.success ? new TextDecoder().decode(output.stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The part of `deno info --json` that is read here. */
interface DenoInfo {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly code?: Resolved;
      readonly type?: Resolved;
      readonly specifier: string;
    }[];
  }[];
}
interface Resolved {
  readonly specifier?: string;
}

/** The module graph of `paths` and all that they import, as the runtime resolves it. */
export async function moduleGraph(paths: readonly string[]): Promise<ModuleGraph> {
  const folder = await Deno.makeTempDir({ prefix: "farhand-arch-" });
  try {
    // One root that imports everything, so that one call sees every file.
    const root = join(folder, "root.ts");
    await Deno.writeTextFile(
      root,
      paths.map((path) => `import ${JSON.stringify(new URL(path, ROOT).href)};\n`).join(""),
    );
    const text = await run(Deno.execPath(), [
      "info",
      "--json",
      "--config",
      fileURLToPath(new URL("deno.json", ROOT)),
      pathToFileURL(root).href, // a Windows path would be taken for a URL with the scheme "c:"
    ]);
    if (text === undefined) throw new Error("deno info failed");
    const info: DenoInfo = JSON.parse(text);
    const missing = new Set(
      info.modules.filter((module) => module.error !== undefined).map((module) => module.specifier),
    );
    return new Map(info.modules.flatMap((module): [string, Module][] => {
      const path = repositoryPath(module.specifier);
      if (path === undefined || missing.has(module.specifier)) return [];
      return [[path, sortImports(module.dependencies ?? [], missing)]];
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function sortImports(
  dependencies: NonNullable<DenoInfo["modules"][number]["dependencies"]>,
  missing: ReadonlySet<string>,
): Module {
  const imports = new Set<string>();
  const packages = new Set<string>();
  const others = new Set<string>();
  for (const { code, type, specifier: written } of dependencies) {
    for (const target of new Set([code?.specifier, type?.specifier].filter((name) => name !== undefined))) {
      const path = missing.has(target) ? undefined : repositoryPath(target);
      const entry = /^npm:\/?((?:@[^/]+\/)?[^/@]+)(?:@[^/]*)?(\/.*)?$/.exec(target);
      if (path !== undefined) imports.add(path);
      else if (entry !== null) packages.add(`${entry[1]}${entry[2] ?? ""}`);
      else if (missing.has(target)) others.add(`${target}, which cannot be loaded`);
      else if (!target.startsWith("node:")) others.add(target);
    }
    if (code?.specifier === undefined && type?.specifier === undefined) others.add(written);
  }
  return { imports: [...imports], packages: [...packages], others: [...others] };
}

function repositoryPath(specifier: string): string | undefined {
  return specifier.startsWith(ROOT.href) ? decodeURIComponent(specifier.slice(ROOT.href.length)) : undefined;
}
