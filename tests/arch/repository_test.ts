/** What the repository as a whole may hold. */
import assert from "node:assert/strict";
import { EXCEPTIONS } from "../../scripts/lint/exceptions.ts";
import { houseRules } from "../../scripts/lint/house.ts";
import { readText, repositoryFiles } from "./repository.ts";
import { forbiddenTexts, strayEntries } from "./rules.ts";

const files = await repositoryFiles();

Deno.test("nothing but the known entries lies at the top", () => {
  assert.deepEqual(strayEntries(files), []);
});

Deno.test("no file holds a forbidden text", async () => {
  const found = await Promise.all(files.map(async (path) => {
    return forbiddenTexts(await readText(path)).map((problem) => `${path}, ${problem}`);
  }));
  assert.equal(found.flat().length, 0, `\n${found.flat().join("\n")}`);
});

for (const exception of EXCEPTIONS) {
  const place = exception.function === undefined ? exception.file : `${exception.function} in ${exception.file}`;
  Deno.test(`the exception from house/${exception.rule} for ${place} is still needed`, async () => {
    assert.ok(exception.reason.length >= 20, "an exception needs a reason that others can judge");
    assert.ok(files.includes(exception.file), `${exception.file} has vanished; remove its exception`);
    const reported = Deno.lint.runPlugin(houseRules([]), exception.file, await readText(exception.file))
      .filter(({ id, message }) =>
        id === `house/${exception.rule}` &&
        (exception.function === undefined || message.startsWith(`${exception.function}: `))
      );
    assert.ok(reported.length > 0, "the place keeps the rule by now; remove its exception");
  });
}
