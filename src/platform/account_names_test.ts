import assert from "node:assert/strict";
import fc from "fast-check";
import { accountNames, parseNumbers } from "./account_names.ts";

Deno.test("the first name of a number counts, and what is no entry is passed over", () => {
  const text = "root:x:0:0:root:/root:/bin/sh\n# daemon:x:1\nbroken\ntoor:x:0:0\n+::::\nweb:x:33:33\n:x:5:5\nbig:x:x\n";
  assert.deepEqual([...parseNumbers(text)], [[0, "root"], [33, "web"]]);
  fc.assert(fc.property(fc.string(), (any) => void parseNumbers(any)));
});

Deno.test({
  name: "this host names its root",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const names = await accountNames();
    assert.deepEqual([names.user(0), names.group(0), names.user(4_000_000_000)], ["root", "root", null]);
  },
});
