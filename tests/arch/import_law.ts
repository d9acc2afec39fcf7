/** The checker of the import law: a pure function from a module graph and a law to what breaks the law. */

/** One file and what it imports, by paths from the repository's root; type-only and dynamic imports count too. */
export interface Module {
  readonly imports: readonly string[];
  /** npm packages with the entry used, such as `hono` or `hono/body-limit`. */
  readonly packages: readonly string[];
  /** Anything else but the runtime's own `node:` modules: URLs, other registries, files that do not exist. */
  readonly others: readonly string[];
}
export type ModuleGraph = ReadonlyMap<string, Module>;

export interface Layer {
  /** A folder below the root; `src/agent/*` stands for each folder in src/agent, as a unit of its own. */
  readonly folder: string;
  /** Imports go to a smaller number only. */
  readonly level: number;
  readonly reason: string;
}

export interface PackageRule {
  /** A package, or one entry of it (`zod/mini`), which then is the only one allowed. */
  readonly name: string;
  /** The folders that may import it; `_test.ts` stands for all test files. */
  readonly folders: readonly string[];
  readonly reason: string;
}

export interface ImportLaw {
  readonly layers: readonly Layer[];
  /** Folders that never see each other, whatever their levels. */
  readonly strangers: readonly { readonly folders: readonly [string, string]; readonly reason: string }[];
  readonly packages: readonly PackageRule[];
  /** What unit tests may import from outside of the program. */
  readonly testHelpers: string;
}

/** A folder that is entered through its mod.ts, with its row of the law. */
interface Unit {
  readonly folder: string;
  readonly layer: Layer;
}

/** Says what breaks the law, one line each; an empty list when nothing does. */
export function violations(graph: ModuleGraph, law: ImportLaw): string[] {
  const found = [...staleRules(graph, law)];
  for (const [path, module] of graph) {
    const unit = unitOf(path, law);
    if (unit === undefined) {
      found.push(`${path}: its folder has no layer; add a row with a reason to tests/arch/law.ts`);
      continue;
    }
    for (const target of module.imports) found.push(...importViolations(path, unit, target, law));
    for (const entry of module.packages) found.push(...packageViolations(path, entry, law));
    for (const other of module.others) {
      found.push(`${path} imports ${other}: only files, node: and listed npm packages`);
    }
  }
  for (const cycle of cycles(graph)) found.push(`cycle: ${cycle.join(" -> ")}; move what they share to a lower file`);
  return found;
}

/** Rows whose folder holds no file (any more), or that give no reason. */
function* staleRules(graph: ModuleGraph, law: ImportLaw): Generator<string> {
  const paths = [...graph.keys()];
  const exists = (folder: string) => folder === "_test.ts" || paths.some((path) => isIn(path, folder));
  for (const { folder, reason } of law.layers) {
    if (!exists(folder)) yield `law: layer ${folder} has vanished; remove its row`;
    if (reason.length < 15) yield `law: layer ${folder} gives no reason`;
  }
  for (const { folders, reason } of law.strangers) {
    for (const folder of folders) if (!exists(folder)) yield `law: stranger ${folder} has vanished; remove its row`;
    if (reason.length < 15) yield `law: strangers ${folders.join(" and ")} give no reason`;
  }
  for (const { name, folders, reason } of law.packages) {
    for (const folder of folders) if (!exists(folder)) yield `law: package ${name} names ${folder}, which has vanished`;
    if (reason.length < 15) yield `law: package ${name} gives no reason`;
    for (const folder of folders) {
      if (!uses(graph, name, folder)) yield `law: package ${name} is allowed in ${folder}, which does not import it`;
    }
  }
}

function uses(graph: ModuleGraph, name: string, folder: string): boolean {
  return [...graph].some(([path, module]) =>
    isIn(path, folder) && module.packages.some((entry) => isEntryOf(entry, name))
  );
}

function* importViolations(path: string, unit: Unit, target: string, law: ImportLaw): Generator<string> {
  if (isIn(path, "_test.ts") && isIn(target, law.testHelpers)) return;
  const other = unitOf(target, law);
  if (other === undefined) {
    yield `${path} imports ${target}: the program imports src/ only, never tests/, scripts/ or a folder without a layer`;
    return;
  }
  if (other.folder === unit.folder) return;
  const stranger = law.strangers.find(({ folders: [a, b] }) =>
    (isIn(path, a) && isIn(target, b)) || (isIn(path, b) && isIn(target, a))
  );
  if (stranger !== undefined) yield `${path} imports ${target}: ${stranger.reason}`;
  if (other.layer.level >= unit.layer.level) {
    const direction = other.layer.level === unit.layer.level ? "a neighbour" : "a higher layer";
    yield `${path} (L${unit.layer.level}) imports ${target} (L${other.layer.level}), ${direction}: ${unit.layer.reason}`;
  }
  if (!target.endsWith("/mod.ts")) yield `${path} imports ${target}: enter ${other.folder} through its mod.ts`;
}

function* packageViolations(path: string, entry: string, law: ImportLaw): Generator<string> {
  const rules = law.packages.filter((rule) => isEntryOf(entry, rule.name));
  if (rules.length === 0) yield `${path} imports ${entry}: not a package of this project (design, dependencies)`;
  else if (!rules.some((rule) => rule.folders.some((folder) => isIn(path, folder)))) {
    yield `${path} imports ${entry}: ${rules.map((rule) => rule.reason).join("; ")}`;
  }
}

function isEntryOf(entry: string, name: string): boolean {
  return entry === name || entry.startsWith(`${name}/`);
}

function isIn(path: string, folder: string): boolean {
  if (folder === "_test.ts") return path.endsWith("_test.ts");
  if (folder.endsWith("/*")) {
    return path.startsWith(folder.slice(0, -1)) && path.split("/").length > folder.split("/").length;
  }
  return path === folder || path.startsWith(`${folder}/`);
}

/** The unit that a file belongs to: that of the longest folder in the law that holds it. */
function unitOf(path: string, law: ImportLaw): Unit | undefined {
  const [layer] = law.layers.filter(({ folder }) => isIn(path, folder)).sort((a, b) =>
    b.folder.length - a.folder.length
  );
  if (layer === undefined) return undefined;
  if (!layer.folder.endsWith("/*")) return { folder: layer.folder, layer };
  return { folder: path.split("/").slice(0, layer.folder.split("/").length).join("/"), layer };
}

/** One cycle through each file that starts one, each found once: a walk that ends where a file comes round again. */
function cycles(graph: ModuleGraph): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  const walk = (path: string, trail: readonly string[]) => {
    const from = trail.indexOf(path);
    if (from >= 0) {
      found.push([...trail.slice(from), path]);
      return;
    }
    if (done.has(path)) return;
    for (const next of graph.get(path)?.imports ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) walk(path, []);
  return found;
}
