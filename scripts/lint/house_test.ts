import assert from "node:assert/strict";
import { houseRules } from "./house.ts";
import { RULE_NAMES, type RuleName } from "./rule_names.ts";

/** A source text, by default of an ordinary file of the program. */
interface Sample {
  readonly source: string;
  readonly file?: string;
}
const code = (source: string, file?: string): Sample => file === undefined ? { source } : { source, file };
const lines = (count: number) => "x();\n".repeat(count);
const longFunction = (name: string) => `function ${name}() {\n${lines(79)}}\n`;

const SAMPLES: Record<RuleName, { readonly passes: readonly Sample[]; readonly fails: readonly Sample[] }> = {
  "file-length": { passes: [code(lines(400))], fails: [code(lines(401)), code(lines(401), "tests/arch/a_test.ts")] },
  "function-length": {
    passes: [code(`function f() {\n${lines(78)}}`), code(lines(100))],
    fails: [
      code(longFunction("f")),
      code(`const f = () => {\n${lines(79)}};`),
      code(`class A { #f() {\n${lines(79)}} }`),
    ],
  },
  "file-name": {
    passes: ["a.ts", "cpu.linux.ts", "cpu.linux_test.ts", "two_words_bench.ts", "view.tsx"].map((name) =>
      code("", `src/core/${name}`)
    ),
    fails: ["twoWords.ts", "two-words.ts", "cpu.beos.ts", "_a.ts", "a__b.ts"].map((name) =>
      code("", `src/core/${name}`)
    ),
  },
  "no-exit": {
    passes: [code("Deno.exit(1);", "main.ts"), code("Deno.exitCode = 1;", "scripts/a.ts"), code("exit();")],
    fails: [
      code("Deno.exit(1);"),
      code("Deno.exit(1);", "scripts/a.ts"),
      code("globalThis.Deno?.['exit'](1);"),
      code("const { exit } = Deno;"),
      code("process.exit();"),
    ],
  },
  "no-build-os": {
    passes: [
      code("f(Deno.build.os);", "src/platform/select.ts"),
      code("f(Deno.build.os);", "src/core/a_test.ts"),
      code("f(Deno.build.target);"),
    ],
    fails: [code("f(Deno.build.os);"), code("const { os } = Deno.build;"), code("f(process.platform);")],
  },
  "no-console": {
    passes: [code("console.log(1);", "src/cli/a.ts"), code("console.log(1);", "scripts/a.ts"), code("log.info('a');")],
    fails: [code("console.log(1);"), code("console.error(1);", "src/agent/compose.ts")],
  },
  "no-env": {
    passes: [
      code("const f = () => Deno.env.get('A');", "src/cli/a.ts"),
      code("Deno.env.get('A');", "main.ts"),
      code("Deno.env.get('A');", "src/core/a_test.ts"),
      code("env.get('A');"),
    ],
    fails: [
      code("const f = () => Deno.env.get('A');"),
      code("const f = () => process.env.A;"),
      code("const { env } = Deno;"),
    ],
  },
  "no-import-time-work": {
    passes: [
      code("export function f() { Deno.dlopen('a', {}); setTimeout(f, 1); }"),
      code("class A { timer = setInterval(f, 1); }"),
      code("Deno.test('a', () => {});", "src/core/a_test.ts"),
      code("const a = new Map(); const b = Symbol.for('Deno.customInspect'); const c = make();"),
      code("const f = async () => { await g(); };"),
    ],
    fails: [
      code("const lib = Deno.dlopen('a', {});"),
      code("const home = Deno.env.get('HOME');", "src/cli/a.ts"),
      code("const env = Deno.env;"),
      code("setInterval(f, 1);"),
      code("globalThis.setTimeout(f, 1);"),
      code("Deno.addSignalListener('SIGTERM', f);"),
      code("if (a) { Deno.mkdirSync('a'); }"),
      code("class A { static timer = setInterval(f, 1); }"),
      code("class A { static { setInterval(f, 1); } }"),
      code("(() => { setInterval(f, 1); })();"),
      code("const a = await f();"),
      code("new Worker('a');"),
    ],
  },
  "no-silent-catch": {
    passes: [
      code("try { f(); } catch { /* It may be gone already. */ }"),
      code("try { f(); } catch (error) { log(error); }"),
      code("p.catch(() => {/* Its owner reports this. */});"),
      code("// Its owner reports this.\np.catch(() => {});"),
      code("p.catch((error) => log(error));"),
    ],
    fails: [
      code("try { f(); } catch {}"),
      code("try { f(); } catch (_error) {\n}"),
      code("p.catch(() => {});"),
      code("p.catch(function () {});"),
      code("p.catch(() => undefined);"),
      code("p.catch(() => null);"),
    ],
  },
};

function broken({ source, file }: Sample, plugin = houseRules([])): string[] {
  return Deno.lint.runPlugin(plugin, file ?? "src/core/sample.ts", source).map((diagnostic) => diagnostic.id);
}

for (const rule of RULE_NAMES) {
  Deno.test(`house/${rule} lets good code pass and reports bad code`, () => {
    const { passes, fails } = SAMPLES[rule];
    assert.ok(passes.length > 0 && fails.length > 0, "a rule needs a sample of each kind");
    for (const sample of passes) assert.ok(!broken(sample).includes(`house/${rule}`), `reported: ${show(sample)}`);
    for (const sample of fails) assert.ok(broken(sample).includes(`house/${rule}`), `not reported: ${show(sample)}`);
  });
}

function show({ source, file }: Sample): string {
  return `${file ?? "(a file of src)"}: ${source.slice(0, 80)}`;
}

Deno.test("an exception silences its rule in its file only", () => {
  const plugin = houseRules([{ rule: "no-console", file: "src/core/a.ts", reason: "a sample" }]);
  assert.deepEqual(broken(code("console.log(1);", "src/core/a.ts"), plugin), []);
  assert.deepEqual(broken(code("console.log(1);", "src/core/b.ts"), plugin), ["house/no-console"]);
});

Deno.test("an exception for one function leaves the others of its file under the rule", () => {
  const plugin = houseRules([{ rule: "function-length", file: "src/core/a.ts", function: "f", reason: "a sample" }]);
  assert.deepEqual(broken(code(longFunction("f"), "src/core/a.ts"), plugin), []);
  assert.deepEqual(broken(code(longFunction("f") + longFunction("g"), "src/core/a.ts"), plugin), [
    "house/function-length",
  ]);
});

Deno.test("a file is known by its path from the repository's root", () => {
  const absolute = new URL("../../src/cli/a.ts", import.meta.url);
  assert.deepEqual(broken(code("console.log(1);", decodeURIComponent(absolute.pathname))), []);
});
