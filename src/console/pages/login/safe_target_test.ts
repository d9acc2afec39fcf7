import assert from "node:assert/strict";
import { safeTarget } from "./safe_target.ts";

const ORIGIN = "https://manager.example";

Deno.test("an address of the console is gone to after logging in", () => {
  assert.equal(safeTarget("/hosts/web-1?tab=x", ORIGIN), "/hosts/web-1?tab=x");
});

Deno.test("anything else leads to the hosts", () => {
  for (
    const wanted of [
      null,
      "",
      "https://evil.example/",
      "//evil.example/x",
      "/\\evil.example",
      "javascript:alert(1)",
      "/login?to=/x",
      "/setup",
    ]
  ) {
    assert.equal(safeTarget(wanted, ORIGIN), "/hosts", String(wanted));
  }
});
