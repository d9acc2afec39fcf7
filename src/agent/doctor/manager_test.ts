import assert from "node:assert/strict";
import type { DoctorInput, ManagerAnswer } from "./finding.ts";
import { managerFindings } from "./manager.ts";

async function found(...answers: ManagerAnswer[]): Promise<string[]> {
  const paths = { workDir: "", pidFile: "", logFile: "", socket: "", listen: "" };
  const input: DoctorInput = {
    ...{ paths, configFile: null, configError: null, signal: new AbortController().signal },
    probeManager: answers.length === 0 ? undefined : () => Promise.resolve(answers),
  };
  const findings = await managerFindings(input);
  for (const { state, fix = "" } of findings) assert.equal(fix !== "", state !== "ok");
  return findings.map(({ name, state, detail }) => `${name} ${state}: ${detail}`);
}

Deno.test("an agent that works alone has no manager to look for", async () => {
  assert.deepEqual(await found(), []);
});

Deno.test("a manager that answers is well, and so are clocks that agree", async () => {
  assert.deepEqual(await found({ url: "https://a", clockSkewMs: -300 }), [
    "manager ok: https://a can be reached and is believed",
    "manager clock ok: differs by 300ms",
  ]);
});

Deno.test("clocks that differ are told, and which one is ahead", async () => {
  const [, ahead] = await found({ url: "https://a", clockSkewMs: 90_000 });
  const [, behind] = await found({ url: "https://a", clockSkewMs: -90_000 });
  assert.match(ahead ?? "", /warning: this host's clock is 1m30s ahead of/);
  assert.match(behind ?? "", /behind the manager's/);
});

Deno.test("one address of several is enough, and the others are told; none is a failure", async () => {
  const bad = { url: "https://b", problem: "Cannot reach the manager at https://b: no such name" };
  assert.deepEqual(await found(bad, { url: "https://a" }), [
    `manager warning: https://a can be reached; ${bad.problem}`,
  ]);
  assert.deepEqual(await found(bad), [`manager failed: ${bad.problem}`]);
});
