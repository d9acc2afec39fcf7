import assert from "node:assert/strict";
import { nameFilter } from "./name_filter.ts";

Deno.test("without patterns every name is wanted", () => {
  assert.equal(nameFilter({ include: [], exclude: [] })("eth0"), true);
});

Deno.test("a name must match one pattern of those to include and none of those to leave out", () => {
  const wants = nameFilter({ include: ["eth?", "/data/*"], exclude: ["eth1"] });
  const names = ["eth0", "eth1", "eth10", "eth", "/data/a/b", "/data", "xeth0"];
  assert.deepEqual(names.filter(wants), ["eth0", "/data/a/b"]);
});

Deno.test("other characters of a pattern stand for themselves", () => {
  const wants = nameFilter({ include: ["a.b", "(c)*", "[d]"], exclude: [] });
  assert.deepEqual(["a.b", "axb", "(c)1", "c1", "[d]", "d"].filter(wants), ["a.b", "(c)1", "[d]"]);
});

Deno.test("names that come and go without end are not all remembered, and are decided all the same", () => {
  const wants = nameFilter({ include: ["veth1*"], exclude: [] });
  for (let i = 0; i < 20_000; i++) assert.equal(wants(`veth${i}`), String(i).startsWith("1"));
});
