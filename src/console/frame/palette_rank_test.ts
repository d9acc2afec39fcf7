import assert from "node:assert/strict";
import { ranked } from "./palette_rank.ts";

const texts = (typed: string, ...names: string[]) =>
  ranked(names.map((text) => ({ text })), typed, 10).map(({ text }) => text);

Deno.test("the same name is before one that begins so, before one that holds it, before one with its letters", () => {
  assert.deepEqual(texts("web", "my-web", "cobweb", "w-e-b", "web-1", "web"), [
    "web",
    "web-1",
    "my-web",
    "cobweb",
    "w-e-b",
  ]);
});

Deno.test("nothing typed shows the first ones, nothing fitting none", () => {
  assert.deepEqual(ranked([{ text: "a" }, { text: "b" }], " ", 1), [{ text: "a" }]);
  assert.deepEqual(texts("zzz", "web"), []);
});

Deno.test("what is not shown is found by as well", () => {
  assert.deepEqual(ranked([{ text: "web", more: "10.0.0.7" }, { text: "db" }], "0.7", 5).length, 1);
});
