import assert from "node:assert/strict";
import { type CgroupSupport, noCgroups } from "../../platform/mod.ts";
import { launchFinding, limitsFinding } from "./limits.ts";

const ALL: CgroupSupport = {
  what: "controllers",
  controllers: ["memory", "cpu", "pids"],
  missing: {},
  reason: "",
  advice: "",
  base: "/cg",
  isInBase: false,
};

Deno.test("all limits that the kernel enforces are named", () => {
  assert.deepEqual(limitsFinding(ALL, true), {
    name: "limits",
    state: "ok",
    detail: "memory, cpu, tasks by control groups below /cg",
  });
});

Deno.test("what is missing is told with its reason, and root with what to do", () => {
  const part: CgroupSupport = {
    ...ALL,
    controllers: ["memory", "pids"],
    missing: { cpu: "why" },
    reason: "cpu: why",
    advice: "Do this",
  };
  const finding = limitsFinding(part, true);
  assert.deepEqual([finding.state, finding.fix], ["warning", "Do this"]);
  assert.equal(finding.detail, "memory, tasks by control groups below /cg; not enforced: cpu (cpu: why)");
  const other = limitsFinding(part, false);
  assert.deepEqual([other.state, other.fix], ["unsupported", undefined]);
  assert.match(other.detail, /Do this$/);
});

Deno.test("without control groups memory is said to be measured", () => {
  const { state, detail } = limitsFinding(noCgroups("there are none"), true);
  assert.equal(state, "unsupported");
  assert.equal(detail, "not enforced: memory, cpu, tasks (there are none); memory limits are kept by measuring");
  const group = limitsFinding({ ...noCgroups("why", "Do this"), what: "group-only", base: "/cg" }, true);
  assert.match(group.detail, /kept together in control groups below \/cg; not enforced/);
});

Deno.test("tools that are missing are a warning to root alone", () => {
  assert.equal(launchFinding([], true).state, "ok");
  assert.equal(launchFinding(["no setpriv"], true).state, "warning");
  assert.deepEqual(launchFinding(["no setpriv"], false), { name: "start tools", state: "ok", detail: "no setpriv" });
  assert.equal(launchFinding(null, true).state, "unsupported");
});
