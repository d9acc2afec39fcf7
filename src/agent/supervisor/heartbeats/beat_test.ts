import assert from "node:assert/strict";
import fc from "fast-check";
import { heartbeatLine, heartbeatRequest } from "../../../protocol/mod.ts";
import { checkLine, checkRequest } from "./beat.ts";

const good = { agent_id: "web", pid: 12, status: "running", cpu: 1.5, memory: 1024, timestamp: 1_700_000_000 };

Deno.test("a whole heartbeat becomes a beat; what it does not say, or does not know, is absent", () => {
  assert.deepEqual(checkRequest(good), {
    ok: true,
    id: "web",
    beat: { pid: 12, isAlive: true, status: "running", cpuPercent: 1.5, memoryBytes: 1024 },
  });
  assert.deepEqual(checkLine("db-0", { pid: 7, version: "1.2", cpu: -1, status: "" }), {
    ok: true,
    id: "db-0",
    beat: { pid: 7, isAlive: true, version: "1.2" },
  });
});

Deno.test("what is wrong is told by the name of its field, without the value", () => {
  const problems: readonly (readonly [unknown, string])[] = [
    [[], "the body must be a JSON object"],
    [null, "the body must be a JSON object"],
    [{ ...good, agent_id: "" }, "agent_id must be text of 1 to 80 characters"],
    [{ ...good, agent_id: "x".repeat(81) }, "agent_id must be text of 1 to 80 characters"],
    [{ ...good, pid: 0 }, "pid must be a whole number from 1"],
    [{ ...good, pid: "12" }, "pid must be a whole number from 1"],
    [{ ...good, status: 5 }, "status must be text of up to 256 characters"],
    [{ ...good, cpu: null }, "cpu must be a number"],
    [{ ...good, memory: Infinity }, "memory must be a number"],
    [{ ...good, timestamp: {} }, "timestamp must be a number, or text of up to 64 characters"],
  ];
  for (const [value, problem] of problems) assert.deepEqual(checkRequest(value), { ok: false, problem });
  assert.deepEqual(checkLine("a", { pid: 1, version: 2 }), {
    ok: false,
    problem: "version must be text of up to 256 characters",
  });
});

Deno.test("a status cannot act upon a terminal", () => {
  const result = checkRequest({ ...good, status: "\x1b[2Jready\r\nnow" });
  assert.equal(result.ok && result.beat.status, "[2Jready now");
});

/** Values that are right, nearly right, and wrong, for every field. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(undefined, NaN, Infinity, -1, 0, 1, 1.5, 2 ** 53, "", "x".repeat(64), "x".repeat(65)),
  fc.integer({ min: 78, max: 82 }).map((length) => "y".repeat(length)),
  fc.integer({ min: 254, max: 258 }).map((length) => "é".repeat(length)),
);
const usual = { agent_id: fc.constant("web"), pid: fc.constant(5) };
const messages = fc.oneof(
  anything,
  fc.record(
    {
      agent_id: fc.oneof(usual.agent_id, anything),
      pid: fc.oneof(usual.pid, anything),
      status: anything,
      version: anything,
      cpu: anything,
      memory: anything,
      timestamp: anything,
      other: anything,
    },
    { requiredKeys: [] },
  ),
  // One wrong field in a right message, since two hide each other.
  fc.tuple(fc.constantFrom(...Object.keys(good), "version"), anything).map(([name, value]) => ({
    ...good,
    [name]: value,
  })),
);

Deno.test("property: exactly what the schemas take is taken", () => {
  const [request, line] = [heartbeatRequest(), heartbeatLine()];
  fc.assert(
    fc.property(messages, (message) => {
      assert.equal(checkRequest(message).ok, request.safeParse(message).success);
      assert.equal(checkLine("web", message).ok, line.safeParse(message).success);
    }),
    { numRuns: 3_000 },
  );
});
