/**
 * A folder is entered through its `mod.ts`, which names what each of its files gives. A bundler that splits a program
 * takes that for use: whoever enters by it would carry all that anybody takes from the folder. So before bundling each
 * import is pointed at the file that has what it names.
 */
import { dirname, resolve } from "node:path";

const IMPORT = /^import \{([^}]*)\} from "([^"]*\/mod\.ts)";$/gm;
const RE_EXPORT = /^export \{([^}]*)\} from "([^"]+)";$/gm;
const RE_EXPORT_ALL = /^export \* from "([^"]+)";$/gm;
const DECLARATION = /^export (?:async function|function|class|const|let)\*? (\w+)/gm;

/** The text of a file by its path. */
export type ReadFile = (path: string) => string;

/** A module with its imports from `mod.ts` files pointed at the files that have what they name. */
export function withoutBarrels(text: string, path: string, read: ReadFile): string {
  return text.replaceAll(IMPORT, (whole, list: string, from: string) => {
    const barrel = resolve(dirname(path), from);
    const byFile = new Map<string, string[]>();
    for (const { name, alias } of namesOf(list)) {
      const home = homeOf(name, barrel, read);
      if (home === undefined) return whole;
      const entry = home.name === alias ? alias : `${home.name} as ${alias}`;
      byFile.set(home.file, [...byFile.get(home.file) ?? [], entry]);
    }
    return [...byFile].map(([file, names]) => `import { ${names.join(", ")} } from "${file}";`).join(" ");
  });
}

/** Where something that a `mod.ts` exports is declared, and under what name; undefined where that cannot be told. */
function homeOf(
  name: string,
  barrel: string,
  read: ReadFile,
): { readonly file: string; readonly name: string } | undefined {
  const text = read(barrel);
  for (const [, list = "", from = ""] of text.matchAll(RE_EXPORT)) {
    const found = namesOf(list).find(({ alias }) => alias === name);
    if (found === undefined) continue;
    const file = resolve(dirname(barrel), from);
    return file.endsWith("/mod.ts") ? homeOf(found.name, file, read) : { file, name: found.name };
  }
  for (const [, from = ""] of text.matchAll(RE_EXPORT_ALL)) {
    const file = resolve(dirname(barrel), from);
    if ([...read(file).matchAll(DECLARATION)].some(([, declared]) => declared === name)) return { file, name };
  }
  return undefined;
}

/** What a list of imports or exports names, less its types, which are gone when the program runs. */
function namesOf(list: string): { readonly name: string; readonly alias: string }[] {
  return list.split(",").map((part) => part.trim()).filter((part) => part !== "" && !part.startsWith("type ")).map(
    (part) => {
      const [name = "", alias = name] = part.split(/\s+as\s+/);
      return { name, alias };
    },
  );
}
