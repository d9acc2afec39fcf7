import assert from "node:assert/strict";
import { statusOf } from "../../tests/helpers/daemon_in.ts";
import type { ManagerLink } from "../protocol/mod.ts";
import { Output } from "./output.ts";
import { printStatus, processesPair } from "./status.ts";

Deno.test("status says how many processes are in which state, in one order, and nothing where there are none", () => {
  const pairOf = (total: number, byState: Record<string, number>) => {
    return processesPair({ ...statusOf(1), processes: { total, byState } });
  };
  assert.deepEqual(processesPair(statusOf(1)), []);
  assert.deepEqual(pairOf(0, {}), []);
  assert.deepEqual(pairOf(12, { failed: 1, running: 10, stopped: 0, backoff: 1 }), [
    ["processes", "12: 10 running, 1 backoff, 1 failed"],
  ]);
  assert.deepEqual(pairOf(2, { of_a_newer_agent: 2 }), [["processes", "2"]]);
});

Deno.test("how an agent stands with its manager is told, and why it is not connected", () => {
  const shown = (manager: Partial<ManagerLink>) => {
    let stdout = "";
    const terminal = { stdout: (text: string) => void (stdout += text), stderr() {}, isTerminal: false };
    const link = { state: "connected", sinceMs: 0, reason: "because", url: "https://m.example", ...manager } as const;
    printStatus(new Output(terminal, { json: false, colour: false }), { ...statusOf(1), manager: link });
    return stdout;
  };
  const well = shown({ name: "web-1", latencyMs: 12.4, clockSkewMs: 90_000 });
  assert.match(
    well,
    /\n {2}manager +https:\/\/m\.example, as web-1, connected since .*, 12 ms away, clocks differ by 90 s\n/,
  );
  assert.doesNotMatch(well, /because/);
  assert.match(shown({ state: "refused" }), /\n {2}manager +https:\/\/m\.example, refused since .*\n +because\n/);
});

Deno.test("the line stands among those of the agent", () => {
  let stdout = "";
  const terminal = { stdout: (text: string) => void (stdout += text), stderr() {}, isTerminal: false };
  const status = { ...statusOf(1), processes: { total: 1, byState: { running: 1 } } };
  printStatus(new Output(terminal, { json: false, colour: false }), status);
  assert.match(stdout, /\n {2}memory +1 B resident\n {2}processes +1: 1 running\n\nCOMPONENT/);
});
