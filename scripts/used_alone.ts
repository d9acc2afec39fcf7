import { resolve, sep } from "node:path";
import type * as esbuild from "esbuild";
import { withoutBarrels } from "./barrels.ts";

/**
 * No module of the program does anything when it is imported (the house rule no-import-time-work), so what nobody uses
 * need not be there; and what only one part of a split bundle uses is in that part alone (barrels.ts).
 */
export function usedAlone(sources: string = `${sep}src${sep}`): esbuild.Plugin {
  const texts = new Map<string, string>();
  const read = (path: string) => {
    const text = texts.get(path) ?? Deno.readTextFileSync(path);
    texts.set(path, text);
    return text;
  };
  return {
    name: "used alone",
    setup(build) {
      build.onResolve({ filter: /^(\.\.?)?\/.*\.tsx?$/ }, ({ path, resolveDir, importer }) => {
        return importer.includes(sources) ? { path: resolve(resolveDir, path), sideEffects: false } : undefined;
      });
      build.onLoad({ filter: /\/src\/.*\.tsx?$/ }, ({ path }) => {
        return { contents: withoutBarrels(read(path), path, read), loader: path.endsWith("x") ? "tsx" : "ts" };
      });
    },
  };
}
