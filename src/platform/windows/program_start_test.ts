import assert from "node:assert/strict";
import { launchOptions } from "../launch_testing.ts";
import { priorityClass, refuseUnsupported } from "./program_start.ts";

const OPTIONS = launchOptions({ argv: ["app.exe"], cwd: "C:\\" });

Deno.test("nice becomes a class of priority, never the highest", () => {
  const [idle, below, above, high] = [0x40, 0x4000, 0x8000, 0x80];
  const classes = [-20, -10, -9, -1, 0, 1, 9, 10, 19].map(priorityClass);
  assert.deepEqual(classes, [high, high, above, above, 0, below, below, idle, idle]);
});

Deno.test("what Windows does not have is refused, all of it at once", () => {
  refuseUnsupported(OPTIONS);
  for (const more of [{ user: "x" }, { group: "x" }, { umask: 0 }, { ulimits: { nofile: "1" } }, { cgroup: "/x" }]) {
    const message = new RegExp(`^Cannot start app.exe with ${Object.keys(more)[0]}: Windows has no such thing`);
    assert.throws(() => refuseUnsupported({ ...OPTIONS, ...more }), { code: "unsupported", message });
  }
  assert.throws(() => refuseUnsupported({ ...OPTIONS, user: "x", umask: 0o22 }), { message: /with user, umask:/ });
});
