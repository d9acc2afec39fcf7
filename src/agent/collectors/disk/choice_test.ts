import assert from "node:assert/strict";
import { chooser } from "./choice.ts";

const isPseudo = (name: string) => /^(loop|sda)\d+$/.test(name);

Deno.test("without patterns all but the pseudo ones are chosen", () => {
  const chosen = chooser([], [], isPseudo);
  assert.deepEqual(["sda", "sda1", "loop0", "dm-0"].filter(chosen), ["sda", "dm-0"]);
});

Deno.test("a pattern does not choose what is pseudo, but a name does", () => {
  assert.deepEqual(["sda", "sda1", "sdb"].filter(chooser(["sd*"], [], isPseudo)), ["sda", "sdb"]);
  assert.deepEqual(["sda", "sda1", "loop0"].filter(chooser(["sd*", "sda1"], [], isPseudo)), ["sda", "sda1"]);
});

Deno.test("what is left out is left out although it is named", () => {
  assert.deepEqual(["sda", "sdb"].filter(chooser(["sda", "sdb"], ["*a"], isPseudo)), ["sdb"]);
});
