import assert from "node:assert/strict";
import { withoutBarrels } from "./barrels.ts";

const FILES: Readonly<Record<string, string>> = {
  "/src/core/mod.ts": `/** core */
export { AppError, type Options } from "./errors.ts";
export {
  type Clock,
  systemClock as realClock,
} from "./clock.ts";
export * from "./sizes.ts";
export { deep } from "./inner/mod.ts";
`,
  "/src/core/sizes.ts": "export const KB = 1000;\nexport async function weigh() {}\nexport type Size = number;\n",
  "/src/core/inner/mod.ts": 'export { deep } from "./deep.ts";\n',
};
const read = (path: string) => FILES[path] ?? "";
const straight = (text: string) => withoutBarrels(text, "/src/cli/ps.ts", read);

Deno.test("an import is pointed at the files that have what it names, types are left out", () => {
  assert.equal(
    straight('import { AppError, type Clock, weigh } from "../core/mod.ts";\nrest();'),
    'import { AppError } from "/src/core/errors.ts"; import { weigh } from "/src/core/sizes.ts";\nrest();',
  );
});

Deno.test("other names are kept, from both sides, and folders in folders are followed", () => {
  assert.equal(
    straight('import {\n  deep,\n  realClock as clock,\n} from "../core/mod.ts";'),
    'import { deep } from "/src/core/inner/deep.ts"; import { systemClock as clock } from "/src/core/clock.ts";',
  );
});

Deno.test("what cannot be told stays as it is", () => {
  for (
    const text of [
      'import { unknown } from "../core/mod.ts";',
      'import type { Clock } from "../core/mod.ts";',
      'import { x } from "./x.ts";',
      'const text = `import { AppError } from "../core/mod.ts";`;',
    ]
  ) assert.equal(straight(text), text);
});
