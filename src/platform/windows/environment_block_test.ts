import assert from "node:assert/strict";
import fc from "fast-check";
import { environmentBlock, variable } from "./environment_block.ts";

Deno.test("variables are sorted by name in any case, each with a zero behind it", () => {
  assert.equal(environmentBlock({ b: "2", A: "1", _: "3", Ba: "", "=C:": "C:\\x" }), "=C:=C:\\x\0A=1\0b=2\0Ba=\0_=3\0");
  assert.equal(environmentBlock({}), "\0");
});

Deno.test("of names that differ in case the last counts", () => {
  const env = { Path: "inherited", X: "1", PATH: "configured" };
  assert.equal(environmentBlock(env), "PATH=configured\0X=1\0");
  assert.equal(variable(env, "path"), "configured");
  assert.equal(variable({}, "PATH"), undefined);
});

Deno.test("what would be read as something else is refused, without its value", () => {
  for (const [name, value] of [["", "secret"], ["A=B", "secret"], ["A\0B", "secret"], ["A", "secret\0B=1"]] as const) {
    assert.throws(() => environmentBlock({ [name]: value }), { code: "invalid_input", message: /^(?!.*secret)/ });
  }
});

Deno.test("whatever the variables are, each is there once and in order", () => {
  const name = fc.string({ unit: "binary", minLength: 1 }).filter((text) => !/[=\0]/.test(text));
  const value = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0"));
  fc.assert(fc.property(fc.dictionary(name, value, { minKeys: 1, noNullPrototype: true }), (env) => {
    const block = environmentBlock(env);
    assert.equal(block.at(-1), "\0");
    const pairs = block.slice(0, -1).split("\0").map((entry) => entry.split(/=(.*)/s, 2));
    const names = pairs.map(([key = ""]) => key.toUpperCase());
    assert.deepEqual(names, [...names].sort());
    assert.deepEqual(new Set(names), new Set(Object.keys(env).map((key) => key.toUpperCase())));
    for (const [key = "", found] of pairs) assert.equal(found, variable(env, key));
  }));
});
