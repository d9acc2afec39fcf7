import assert from "node:assert/strict";
import { currentBoot } from "./current_boot.ts";
import { windowsBoot } from "./current_boot.windows.ts";

Deno.test("a boot is the same each time that it is asked for, and never nothing", () => {
  assert.notEqual(currentBoot(), "");
  assert.equal(currentBoot(), currentBoot());
});

Deno.test("on Windows a boot is told by the start of the kernel's own process, where there is one", () => {
  const own = { pid: 40, startTime: "133000000000000001" };
  assert.equal(windowsBoot(() => [own, { pid: 4, startTime: "132999999999999999" }]), "132999999999999999");
  assert.equal(windowsBoot(() => [own]), "any");
  assert.equal(windowsBoot(() => [{ pid: 4, startTime: "0" }, own]), "any");
});
