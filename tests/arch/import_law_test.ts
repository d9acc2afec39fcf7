/** Proves on broken graphs that the checker fails; imports_test.ts applies it to the real graph. */
import assert from "node:assert/strict";
import { type ImportLaw, type Module, type ModuleGraph, violations } from "./import_law.ts";

const law: ImportLaw = {
  layers: [
    { folder: "src/core", level: 0, reason: "the bottom, imports nothing" },
    { folder: "src/log", level: 1, reason: "neighbours are strangers" },
    { folder: "src/config", level: 1, reason: "neighbours are strangers" },
    { folder: "src/agent/*", level: 3, reason: "parts use ports, compose supplies them" },
    { folder: "src/agent", level: 4, reason: "puts the parts together" },
    { folder: "src/manager/*", level: 3, reason: "parts use ports, compose supplies them" },
    { folder: "src/cli", level: 5, reason: "only main.ts knows the command line" },
    { folder: "main.ts", level: 6, reason: "the top, nobody imports it" },
  ],
  testHelpers: "tests/helpers",
  strangers: [{ folders: ["src/agent", "src/manager"], reason: "agent and manager meet in the protocol" }],
  packages: [
    { name: "yaml", folders: ["src/config"], reason: "yaml is for the config file" },
    { name: "zod/mini", folders: ["src/config"], reason: "schemas stand where data enters" },
    { name: "fast-check", folders: ["_test.ts"], reason: "for tests, not for the program" },
  ],
};

const GOOD: Readonly<Record<string, Partial<Module>>> = {
  "main.ts": { imports: ["src/cli/mod.ts"] },
  "src/cli/mod.ts": { imports: ["src/agent/mod.ts", "src/manager/hub/mod.ts", "src/core/mod.ts"] },
  "src/agent/mod.ts": { imports: ["src/agent/compose.ts"] },
  "src/agent/compose.ts": { imports: ["src/agent/control/mod.ts", "src/agent/jobs/mod.ts"] },
  "src/agent/control/mod.ts": { imports: ["src/agent/control/deep/routes.ts"] },
  "src/agent/control/deep/routes.ts": { imports: ["src/log/mod.ts"] },
  "src/agent/jobs/mod.ts": {},
  "src/manager/hub/mod.ts": { imports: ["src/core/mod.ts"] },
  "src/log/mod.ts": { imports: ["src/core/mod.ts"] },
  "src/config/mod.ts": { packages: ["yaml", "zod/mini"], imports: ["src/core/mod.ts"] },
  "src/config/a_test.ts": { packages: ["fast-check"], imports: ["src/config/mod.ts", "tests/helpers/clock.ts"] },
  "src/core/mod.ts": { imports: ["src/core/errors.ts"] },
  "src/core/errors.ts": {},
};

function graph(changes: Readonly<Record<string, Partial<Module>>> = {}): ModuleGraph {
  const entries = Object.entries({ ...GOOD, ...changes });
  return new Map(entries.map(([path, module]) => [path, { imports: [], packages: [], others: [], ...module }]));
}

Deno.test("a graph that keeps the law has no violations", () => {
  assert.deepEqual(violations(graph(), law), []);
});

/** A change to the good graph, and what the checker must say of it; nothing else may be reported. */
const BROKEN:
  readonly (readonly [what: string, changes: Record<string, Partial<Module>>, expected: readonly RegExp[]])[] = [
    ["an import of a higher layer", { "src/core/errors.ts": { imports: ["src/log/mod.ts"] } }, [
      /errors\.ts \(L0\) imports src\/log\/mod\.ts \(L1\), a higher layer/,
      /^cycle/,
    ]],
    ["an import of a neighbour", { "src/log/mod.ts": { imports: ["src/config/mod.ts"] } }, [
      /a neighbour: neighbours are/,
    ]],
    ["a part that imports another part", { "src/agent/jobs/mod.ts": { imports: ["src/agent/control/mod.ts"] } }, [
      /jobs\/mod\.ts \(L3\) imports .*control.*a neighbour: parts use ports/,
    ]],
    ["a part that imports a file of compose", {
      "src/agent/jobs/mod.ts": { imports: ["src/agent/paths.ts"] },
      "src/agent/paths.ts": {},
    }, [
      /a higher layer/,
      /through its mod\.ts/,
    ]],
    ["a folder entered beside its mod.ts", { "src/log/mod.ts": { imports: ["src/core/errors.ts"] } }, [
      /enter src\/core through its mod\.ts/,
    ]],
    [
      "a part entered beside its mod.ts",
      { "src/agent/compose.ts": { imports: ["src/agent/control/deep/routes.ts"] } },
      [
        /enter src\/agent\/control through its mod\.ts/,
      ],
    ],
    ["an agent that sees the manager", { "src/agent/compose.ts": { imports: ["src/manager/hub/mod.ts"] } }, [
      /compose\.ts imports src\/manager.*meet in the protocol/,
    ]],
    ["a manager that sees the agent", { "src/manager/hub/mod.ts": { imports: ["src/agent/jobs/mod.ts"] } }, [
      /meet in the protocol/,
      /a neighbour/,
    ]],
    ["a program that imports tests", { "src/log/mod.ts": { imports: ["tests/helpers/mod.ts"] } }, [/never tests\//]],
    ["a unit test that imports other tests", { "src/log/a_test.ts": { imports: ["tests/e2e/a.ts"] } }, [
      /never tests\//,
    ]],
    ["a program that imports scripts", { "src/log/mod.ts": { imports: ["scripts/bundle.ts"] } }, [/scripts\//]],
    ["a program that imports main.ts", { "src/log/mod.ts": { imports: ["main.ts"] } }, [
      /a higher layer/,
      /through its mod\.ts/,
      /^cycle/,
    ]],
    ["a new folder without a layer", { "src/tunnel/mod.ts": {} }, [/src\/tunnel\/mod\.ts: its folder has no layer/]],
    ["a file directly in src", { "src/stray.ts": {} }, [/src\/stray\.ts: its folder has no layer/]],
    ["a package in the wrong folder", { "src/log/mod.ts": { packages: ["yaml"] } }, [
      /log.* imports yaml: yaml is for the/,
    ]],
    ["a test package in the program", { "src/log/mod.ts": { packages: ["fast-check"] } }, [/for tests, not/]],
    ["a package that is not listed", { "src/log/mod.ts": { packages: ["left-pad"] } }, [/left-pad: not a package of/]],
    ["another entry of a package", { "src/config/b.ts": { packages: ["zod"] } }, [/imports zod: not a package of/]],
    ["an import from the web", { "src/log/mod.ts": { others: ["https://example.org/a.ts"] } }, [
      /example\.org.*only files/,
    ]],
    ["a cycle within a folder", {
      "src/core/errors.ts": { imports: ["src/core/b.ts"] },
      "src/core/b.ts": { imports: ["src/core/errors.ts"] },
    }, [/^cycle: src\/core\/errors\.ts -> src\/core\/b\.ts -> src\/core\/errors\.ts/]],
    ["a file that imports itself", { "src/core/errors.ts": { imports: ["src/core/errors.ts"] } }, [/^cycle/]],
    ["a package rule that is no longer needed", { "src/config/mod.ts": { packages: ["zod/mini"] } }, [
      /package yaml is allowed in src\/config, which does not import it/,
    ]],
  ];

for (const [what, changes, expected] of BROKEN) {
  Deno.test(`the law forbids ${what}`, () => {
    const found = violations(graph(changes), law);
    for (const pattern of expected) {
      assert.ok(found.some((line) => pattern.test(line)), `${pattern}\n${found.join("\n")}`);
    }
    assert.equal(found.length, expected.length, found.join("\n"));
  });
}

Deno.test("a rule that names a vanished folder fails", () => {
  const gone = graph();
  const without = new Map([...gone].filter(([path]) => !path.startsWith("src/log/")));
  without.set("src/agent/control/deep/routes.ts", { imports: [], packages: [], others: [] });
  assert.deepEqual(violations(without, law), ["law: layer src/log has vanished; remove its row"]);
  const packages = [{ name: "yaml", folders: ["src/gone"], reason: "yaml is for the config file" }];
  assert.ok(violations(gone, { ...law, packages }).includes("law: package yaml names src/gone, which has vanished"));
});

Deno.test("a rule without a reason fails", () => {
  const layers = law.layers.map((layer) => ({ ...layer, reason: "" }));
  assert.equal(violations(graph(), { ...law, layers }).length, law.layers.length);
});
