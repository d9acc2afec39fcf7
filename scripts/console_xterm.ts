import { dirname, resolve } from "node:path";
import type * as esbuild from "esbuild";

/** What stands in for the elements; a module of the console. */
const SHEET_MODULE = "pages/terminal/screen/sheet_element.ts";

interface Change {
  readonly what: string;
  readonly pattern: RegExp;
  readonly replacement: string;
  readonly times: number;
}

const CHANGES: readonly Change[] = [
  { what: "style elements", pattern: /([\w.]+)\.createElement\("style"\)/g, replacement: "sheetElement($1)", times: 3 },
  {
    what: "style attributes",
    pattern: /(\w+)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}\$\{(\w+)\};`\)/g,
    replacement: '$1.style.cssText+=$2+";"',
    times: 1,
  },
];

/**
 * xterm.js writes its rules into `<style>` elements and its colours into `style` attributes, both of which the console's
 * Content-Security-Policy forbids, and offers no other way. Here, as it is bundled, the elements become constructed style
 * sheets and the attributes assignments to the style's own object, which are no inline style. A version that does
 * it otherwise than expected does not build.
 */
export function xtermWithoutInlineStyle(sources: string): esbuild.Plugin {
  return {
    name: "xterm without inline style",
    setup(build) {
      build.onLoad({ filter: /[\\/]@xterm[\\/]xterm[\\/]lib[\\/]xterm\.mjs$/ }, async ({ path }) => {
        const helper = JSON.stringify(resolve(sources, SHEET_MODULE));
        const contents = `import { sheetElement } from ${helper};\n${changed(await Deno.readTextFile(path))}`;
        return { contents, loader: "js", resolveDir: dirname(path) };
      });
    },
  };
}

/** The text of xterm.js with the changes made; throws where one of them does not fit. */
export function changed(text: string): string {
  let [result, left] = [text, text];
  for (const { what, pattern, replacement, times } of CHANGES) {
    const found = [...text.matchAll(pattern)].length;
    if (found !== times) throw new Error(`xterm.js has ${found} places with ${what}, not ${times}: look at it anew`);
    result = result.replaceAll(pattern, replacement);
    left = left.replaceAll(pattern, "");
  }
  if (/createElement\(["'`]style|setAttribute\(["'`]style/.test(left)) {
    throw new Error("xterm.js sets styles in a further way: look at it anew");
  }
  return result;
}
