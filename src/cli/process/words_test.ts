import assert from "node:assert/strict";
import type { ProbeReport } from "../../protocol/mod.ts";
import { commandText, exitText, labelsText, probeStyle, probeText } from "./words.ts";

Deno.test("an end is told by its code or signal, and is unknown where nobody saw it", () => {
  const timeMs = 1;
  assert.equal(exitText(undefined), "-");
  assert.equal(exitText({ timeMs }), "unknown");
  assert.equal(exitText({ timeMs, code: 0 }), "exit 0");
  assert.equal(exitText({ timeMs, code: 137 }), "exit 137");
  assert.equal(exitText({ timeMs, code: 0xc0000005 }), "exit 0xc0000005");
  assert.equal(exitText({ timeMs, signal: "SIGKILL" }), "SIGKILL");
  assert.equal(exitText({ timeMs, signal: "SIGSEGV", coreDumped: true }), "SIGSEGV (core)");
});

Deno.test("of several probes the worst is told", () => {
  const probe = (name: ProbeReport["probe"], result: ProbeReport["result"]) => ({ probe: name, type: "tcp", result });
  const [good, waiting, bad] = [probe("readiness", "good"), probe("heartbeat", "waiting"), probe("liveness", "bad")];
  assert.deepEqual([probeText({ probes: [] }), probeStyle({ probes: [] })], ["-", undefined]);
  assert.deepEqual([probeText({ probes: [good] }), probeStyle({ probes: [good] })], ["good", undefined]);
  assert.equal(probeText({ probes: [good, waiting] }), "waiting");
  const all = { probes: [good, waiting, bad] };
  assert.deepEqual([probeText(all), probeStyle(all)], ["liveness bad", "red"]);
});

Deno.test("a command line is shown as it could be typed, and labels as they are asked for", () => {
  assert.equal(
    commandText(["/bin/sh", "-c", "echo 'a b' > $x", ""]),
    `/bin/sh -c 'echo '\\''a b'\\'' > $x' ''`,
  );
  assert.equal(labelsText({ tier: "web", env: "prod" }), "tier=web,env=prod");
});
