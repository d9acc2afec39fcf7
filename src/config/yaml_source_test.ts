import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { loadFile } from "../../tests/helpers/config_loading.ts";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";

const ROOT = join(import.meta.dirname ?? "", "../..");
const BAD = join(ROOT, "tests/fixtures/bad_configs");
const fixtures = [...Deno.readDirSync(BAD)].map(({ name }) => name).filter((name) => name.endsWith(".yaml")).sort();

const SEEDS = [
  ...fixtures.map((name) => Deno.readTextFileSync(join(BAD, name))),
  ...["configs/agent.yaml", "configs/agent.dev.yaml", "tests/fixtures/configs/complete.yaml"]
    .map((name) => Deno.readTextFileSync(join(ROOT, name)).replace(/^( *)#(?=[a-z_]+:|- id)/gm, "$1")),
  ...["legacy_full", "legacy_single", "legacy_standalone"]
    .map((name) => Deno.readTextFileSync(join(ROOT, `tests/fixtures/configs/${name}.yaml`))),
].filter((text) => text.length < 8_000);

const PIECES = [
  ":",
  " ",
  "\n",
  "\t",
  "- ",
  "'",
  '"',
  "[",
  "]",
  "{",
  "}",
  "&a ",
  "*a",
  "<<: *a",
  "!!str ",
  "? ",
  "|\n",
  "#",
  "---\n",
  "%",
  "\0",
  "__proto__",
  "\u2028",
  "~",
  "0x1F",
  ".inf",
];

Deno.test("whatever a config's text is, it is accepted or refused with invalid_config, soon", () =>
  inPlainTempDir(async (dir) => {
    const file = join(dir, "mutated.yaml");
    const edit = fc.record({
      at: fc.nat(8_000),
      remove: fc.nat(12),
      insert: fc.oneof(fc.constantFrom(...PIECES), fc.string()),
    });
    const mutated = fc.tuple(fc.constantFrom(...SEEDS), fc.array(edit, { minLength: 1, maxLength: 6 })).map((
      [text, edits],
    ) =>
      edits.reduce((current, { at, remove, insert }) => {
        const place = at % (current.length + 1);
        return current.slice(0, place) + insert + current.slice(place + remove);
      }, text)
    );
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        await Deno.writeTextFile(file, text);
        const begun = performance.now();
        try {
          await loadFile(file);
        } catch (thrown) {
          assert(thrown instanceof AppError && thrown.code === "invalid_config", String(thrown));
          assert(thrown.message.length < 20_000);
          // deno-lint-ignore no-control-regex
          assert.doesNotMatch(thrown.message, /[\0-\x09\x0b-\x1f\x7f]/);
        }
        // Generous: it bounds what must not run away, it is no benchmark.
        assert(performance.now() - begun < 5_000);
      }),
      { numRuns: 500 },
    );
    assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  }));

const LONG_BYTES = 256 * 1024;
/** Each of these, repeated, is work for some part of the parser or of ours that must not grow faster than the text. */
const REPEATED = ["[", "{a: ", "- ", "? ", "a:\n", '"', "&a ", "*a\n", "a: &a [*a]\n", "\n", "<<: *a\n"];
for (const piece of REPEATED) {
  Deno.test(`a long text of ${JSON.stringify(piece)} is dealt with`, () =>
    inPlainTempDir(async (dir) => {
      const file = join(dir, "long.yaml");
      await Deno.writeTextFile(file, piece.repeat(Math.floor(LONG_BYTES / piece.length)));
      // Only newlines are no mistake.
      const outcome = await loadFile(file).then(
        () => "accepted",
        (thrown) => thrown instanceof AppError && thrown.code,
      );
      assert.equal(outcome, piece === "\n" ? "accepted" : "invalid_config");
    }));
}
