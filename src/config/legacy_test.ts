import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { isLegacy, translateLegacy } from "./legacy.ts";
import { loadConfig } from "./load.ts";
import { type MapNode, toPlain } from "./node.ts";
import { originText, problemText } from "./problem.ts";
import { configSchema } from "./schema/config.ts";
import { schemaKeys } from "./schema_keys.ts";
import { readYaml } from "./yaml_source.ts";

const FIXTURES = join(import.meta.dirname ?? "", "../../tests/fixtures/configs");
const defaults = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };

function rootOf(text: string): MapNode {
  const { root } = readYaml(text, (line, column) => ({ kind: "file", file: "old.yaml", line, column }));
  assert(root?.kind === "map");
  return root;
}

function load(file: string) {
  return loadConfig({ file, fileRequired: true, env: {}, defaults, cwd: "/start" });
}

for (const name of ["legacy_full", "legacy_single", "legacy_standalone"]) {
  const [file, expected] = [join(FIXTURES, `${name}.yaml`), join(FIXTURES, `${name}.expected.yaml`)];

  Deno.test(`${name}.yaml is translated as expected`, async () => {
    const { root, problems } = translateLegacy(
      rootOf(await Deno.readTextFile(file)),
      schemaKeys(configSchema(defaults)),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(JSON.parse(JSON.stringify(toPlain(root))), parse(await Deno.readTextFile(expected)));
  });

  Deno.test(`${name}.yaml loads to the same as its translation`, async () => {
    const [old, ours] = [await load(file), await load(expected)];
    assert.deepEqual([old.legacy, ours.legacy], [true, false]);
    assert.deepEqual(old.config, ours.config);
    assert.deepEqual([...old.origins.keys()].sort(), [...ours.origins.keys()].sort());
  });
}

Deno.test("translated values keep their lines", async () => {
  const file = join(FIXTURES, "legacy_full.yaml");
  const { config, origins } = await load(file);
  const lineOf = (key: string) => originText(origins.get(key) ?? { kind: "default" }).replace(file, "");
  assert.equal(lineOf("agent.id"), ":3");
  assert.equal(lineOf("manager.ca_file"), ":14");
  assert.equal(lineOf("processes[0].restart.policy"), ":40");
  assert.equal(lineOf("processes[1].restart.max_retries"), ":73");
  assert.equal(config.processes[2]?.id, "9100");
  assert.equal(config.processes[2]?.health_check.interval.ms, 30_000);
});

Deno.test("what the old daemon ignored is a warning with its line", async () => {
  const { warnings } = await load(join(FIXTURES, "legacy_single.yaml"));
  assert.deepEqual(warnings, [
    "line 12: manager.tls.insecure is not known and is ignored",
    "line 36: collectors.cpu.per_core is not known and is ignored",
  ]);
});

Deno.test("an empty address means standalone", async () => {
  const { config } = await load(join(FIXTURES, "legacy_standalone.yaml"));
  assert.equal(config.manager.address, "");
  assert.deepEqual(config.processes, []);
});

Deno.test("one program and a list of programs can stand side by side", () => {
  const text = "agent: {id: a, binary_path: /a}\nagents: [{id: b, binary_path: /b}]\nconstructor: 1\n";
  const { root, warnings } = translateLegacy(rootOf(text), schemaKeys(configSchema(defaults)));
  assert.deepEqual(JSON.parse(JSON.stringify(toPlain(root))), {
    processes: [{ id: "a", binary_path: "/a" }, { id: "b", binary_path: "/b" }],
  });
  assert.deepEqual(warnings.map(problemText), ["line 3: constructor is not known and is ignored"]);
});

for (
  const [text, legacy] of [
    ["daemon: {id: a}", true],
    ["agents: []", true],
    ["agent_defaults: {}", true],
    ["agent: {id: a, binary_path: /a}", true],
    ["manager: {address: 'a:1', tls: {}}", true],
    ["agent: {id: a, work_dir: /a}", false],
    ["manager: {address: 'a:1'}", false],
    ["collectors: {cpu: {enabled: true}}", false],
    ["daemon: {id: a}\npolicy: {exec: on}", false],
    ["agent: {type: custom}\nprocesses: []", false],
  ] as const
) {
  Deno.test(`${JSON.stringify(text)} is ${legacy ? "" : "not "}the old daemon's`, () => {
    assert.equal(isLegacy(rootOf(text)), legacy);
  });
}

Deno.test("programs of the old daemon can have the keys that are new", async () => {
  const text =
    "agents:\n  - {id: a, binary_path: /a, env: {EMPTY: '', MODE: 010}, labels: {tier: web}, depends_on: [b]}\n" +
    "  - {id: b, binary_path: /b, limits: {nofile: 1024}}\n";
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, text);
    const { config, legacy, warnings } = await load(file);
    const [a, b] = config.processes;
    assert.deepEqual([legacy, warnings], [true, []]);
    assert.deepEqual([a?.env.EMPTY?.reveal(), a?.env.MODE?.reveal(), a?.labels], ["", "010", { tier: "web" }]);
    assert.deepEqual([a?.depends_on, b?.limits.nofile], [[{ id: "b", condition: "healthy" }], "1024"]);
  } finally {
    await Deno.remove(file);
  }
});
