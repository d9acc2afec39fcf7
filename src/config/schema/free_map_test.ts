import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "../../core/mod.ts";
import { configJsonSchema } from "../json_schema.ts";
import { loadConfig } from "../load.ts";
import { readProcessItems } from "../process_items.ts";
import type { ProcessConfig } from "./config.ts";
import { effectiveEntries, redactedYaml } from "../show.ts";

const defaults = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };

function load(env: Record<string, string>, set: string[] = []) {
  return loadConfig({ file: null, fileRequired: true, env, flags: { set }, defaults, cwd: "/" });
}

/** The one process `a` with these further keys, as YAML. */
async function process(keys: string): Promise<ProcessConfig> {
  const { config } = await load({ AGENT_PROCESSES: `- id: a\n  command: [/a]\n  ${keys.replaceAll("\n", "\n  ")}\n` });
  const [only] = config.processes;
  assert(only !== undefined);
  return only;
}

function revealed({ env }: ProcessConfig): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.reveal()]));
}

Deno.test("values that YAML takes for something else are the text that stands there", async () => {
  const values = [
    "8080",
    "010",
    "1e3",
    "0x1F",
    "1_000",
    ".5",
    "-0",
    "True",
    "yes",
    "2024-01-02",
    "12345678901234567890",
  ];
  const lines = values.map((value, index) => `V${index}: ${value}`);
  const { labels } = await process(`labels:\n  ${lines.join("\n  ")}`);
  assert.deepEqual(Object.values(labels), values);
  assert.deepEqual(revealed(await process("env: {A: 010, B: '', C: \"x y\", d_1: off}")), {
    A: "010",
    B: "",
    C: "x y",
    d_1: "off",
  });
});

Deno.test("numbers are taken for a umask, a user and a limit as they are written", async () => {
  const { umask, user, group, limits } = await process("umask: 027\nuser: 1000\ngroup: 0100\nlimits: {nofile: 65536}");
  assert.deepEqual([umask, user, group, limits.nofile], ["027", "1000", "0100", "65536"]);
  const [item] = readProcessItems("id: a\numask: 027\nenv: {A: 010}\n") as Record<string, unknown>[];
  assert.deepEqual([item?.umask, JSON.stringify(item?.env)], ["027", '{"A":"010"}']);
});

Deno.test("free mappings of layers are merged name by name, and an empty one sets nothing", async () => {
  const { config } = await load({
    AGENT_PROCESS_DEFAULTS: "{readiness: {type: http, target: 'http://h/', expect_headers: {A: x, B: y}}}",
    AGENT_PROCESSES: "[{id: a, command: [/a], readiness: {expect_headers: {B: z, C: 1}}, env: }]",
  });
  assert.deepEqual(config.processes[0]?.readiness.expect_headers, { A: "x", B: "z", C: "1" });
  assert.deepEqual(config.processes[0]?.env, {});
});

Deno.test("a name of a free mapping can be set by a flag, and its value is shown with its origin", async () => {
  const key = "process_defaults.liveness.expect_headers.Server";
  const loaded = await load({}, [`${key}=010`]);
  const entry = effectiveEntries(loaded).find(({ path }) => path === key);
  assert.deepEqual(entry, { path: key, value: "010", origin: `flag --set ${key}` });
  await assert.rejects(
    load({}, [`${key}=(`]),
    /flag --set \S+: process_defaults\.liveness\.expect_headers\.Server must/,
  );
});

Deno.test("processes can be set by a flag unless they hold secrets, which are not repeated", async () => {
  const { config } = await load({}, ["processes=[{id: a, command: [/a], labels: {tier: web}}]"]);
  assert.deepEqual(config.processes[0]?.labels, { tier: "web" });
  for (
    const value of [
      "processes=[{id: a, command: [/a], env: {TOKEN: hunter2}}]",
      "processes=[{id: a, env: hunter2}]",
      "processes=[{id: a, env: {T: hunter2",
      "processes=[*hunter2]",
      "process_defaults.liveness.headers={Authorization: hunter2}",
      "process_defaults.liveness.headers.Authorization=hunter2",
    ]
  ) {
    await assert.rejects(load({}, [value]), (error: Error) => {
      assert.match(error.message, /must not be given on the command line/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  }
});

Deno.test("what is wrong with a secret value is said without it", async () => {
  for (
    const [keys, expected] of [
      ["env: {TOKEN: [hunter2]}", "processes[0].env.TOKEN must be text"],
      [
        "env: {'TO-KEN': hunter2}",
        "processes[0].env.TO-KEN must have a name of letters, digits and underscores, the " +
        "first of them no digit",
      ],
      [
        "env: {'a=hunter': x}",
        'processes[0].env."a=hunter" must have a name of letters, digits and underscores, the ' +
        "first of them no digit",
      ],
      ["env: {__proto__: hunter2}", "processes[0].env.__proto__ cannot be a name; choose another name"],
      ["env: [hunter2]", "processes[0].env must be a mapping of names to texts"],
      ["env: {TOKEN: }", "processes[0].env.TOKEN must be text, got nothing; give it a value, or remove the line"],
      ['env: {TOKEN: "hunter2\\0"}', "processes[0].env.TOKEN must not contain a NUL character"],
      [
        'liveness: {type: http, target: "http://h/", headers: {A: "hunter2\\n"}}',
        "processes[0].liveness.headers.A must not contain line breaks or other characters that a header cannot have",
      ],
    ] as const
  ) {
    await assert.rejects(process(keys), {
      message: `Cannot read config: environment AGENT_PROCESSES: ${expected}`,
    });
  }
});

Deno.test("names like those of every object are names like any other", async () => {
  const names = ["constructor", "toString", "hasOwnProperty", "valueOf"];
  const { env } = await process(`env: {${names.map((name) => `${name}: x`).join(", ")}}`);
  assert.deepEqual(Object.keys(env), names);
  assert.equal((await process("env: {A: x}")).env.constructor, Object);
});

Deno.test("depends_on takes an id for a dependency on a healthy process", async () => {
  const { config } = await load({
    AGENT_PROCESSES:
      "[{id: db, command: [/d]}, {id: a, command: [/a], depends_on: [db, {id: db, condition: started}]}]",
  });
  assert.deepEqual(config.processes[1]?.depends_on, [
    { id: "db", condition: "healthy" },
    { id: "db", condition: "started" },
  ]);
  const text = JSON.stringify(configJsonSchema());
  assert.match(text, /"depends_on":\{[^}]*"items":\{"anyOf":\[\{"type":"string"/);
});

Deno.test("whatever is in a secret mapping, it is seen nowhere, and names and texts that are allowed arrive", async () => {
  const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/);
  const value = fc.string({ minLength: 4, maxLength: 12, unit: "grapheme" }).map((text) => `s3cr3t${text}`);
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }), async (env) => {
      const hasNul = Object.values(env).some((text) => text.includes("\0"));
      try {
        const loaded = await load({ AGENT_PROCESSES: JSON.stringify([{ id: "a", command: ["/a"], env }]) });
        const [only] = loaded.config.processes;
        assert(only !== undefined && !hasNul);
        assert.deepEqual(revealed(only), { ...env });
        const shown = JSON.stringify(effectiveEntries(loaded)) + redactedYaml(loaded.config) + Deno.inspect(loaded);
        assert.doesNotMatch(shown, /s3cr3t/);
      } catch (error) {
        assert(error instanceof AppError && hasNul, String(error));
        assert.doesNotMatch(error.message + JSON.stringify(error.details), /s3cr3t/);
      }
    }),
    { numRuns: 60 },
  );
});
