import assert from "node:assert/strict";
import { AppError } from "../../core/mod.ts";
import type { NewTasks, Operation } from "../../protocol/mod.ts";
import { checkOperation, chosenHosts, timesOf } from "./new_tasks.ts";
import type { NewTaskHost } from "./ports.ts";

const OPERATION: Operation = { method: "GET", path: "/v1/status" };
const HOSTS: NewTaskHost[] = [
  { id: "a", name: "web-1", labels: { env: "prod" }, kind: "agent", state: "online" },
  { id: "b", name: "db-1", labels: {}, kind: "agent", state: "offline" },
  { id: "w", name: "old", labels: { env: "prod" }, kind: "worker", state: "online" },
];

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof AppError);
    return error.code;
  }
  return "accepted";
}

Deno.test("only routes that hosts take from a manager can be tasks, written as they are called", () => {
  const good: Operation[] = [
    OPERATION,
    { method: "POST", path: "/v1/processes/actions", body: { action: "restart" } },
    { method: "GET", path: "/v1/processes/api/logs?lines=10&q=%20x" },
    { method: "DELETE", path: "/v1/processes/api" },
  ];
  for (const operation of good) assert.equal(codeOf(() => checkOperation(operation)), "accepted", operation.path);
  const bad: Operation[] = [
    { method: "POST", path: "/v1/stop" },
    { method: "POST", path: "/v1/tasks" },
    { method: "PATCH", path: "/v1/status" },
    { method: "GET", path: "/v1/processes/../status" },
    { method: "GET", path: "/v1/processes/%2e%2e/logs" },
    { method: "GET", path: "/v1//status" },
    { method: "GET", path: "/v1/status#x" },
    { method: "GET", path: "/v1/status?a b" },
    { method: "GET", path: "/v1/status?a\r\nb" },
    { method: "GET", path: "/v1/events/stream" },
    { method: "POST", path: "/v1/exec/stream" },
  ];
  for (const operation of bad) assert.equal(codeOf(() => checkOperation(operation)), "invalid_input", operation.path);
  assert.equal(codeOf(() => checkOperation({ ...OPERATION, body: "x".repeat(262_143) })), "too_large");
});

Deno.test("hosts are chosen by id or by selector among those that the caller may use", () => {
  const chosen = (request: Partial<NewTasks>) =>
    chosenHosts({ operation: OPERATION, ...request }, HOSTS).map(({ id }) => id);
  assert.deepEqual(chosen({ hosts: ["b", "a", "b"] }), ["b", "a"]);
  assert.deepEqual(chosen({ select: "env=prod" }), ["a"], "one that only reports is left out");
  assert.deepEqual(chosen({ select: "" }), ["a", "b"]);
  assert.equal(codeOf(() => chosen({})), "invalid_input");
  assert.equal(codeOf(() => chosen({ hosts: ["a"], select: "" })), "invalid_input");
  assert.equal(codeOf(() => chosen({ hosts: ["c"] })), "not_found");
  assert.equal(codeOf(() => chosen({ hosts: ["w"] })), "invalid_input");
});

Deno.test("what would be too much at once is refused", () => {
  const many = Array.from({ length: 10_001 }, (_, at): NewTaskHost => ({ ...HOSTS[0] as NewTaskHost, id: `h${at}` }));
  assert.equal(codeOf(() => chosenHosts({ operation: OPERATION, select: "" }, many)), "invalid_input");
  const heavy = { ...OPERATION, body: "x".repeat(200_000) };
  assert.equal(codeOf(() => chosenHosts({ operation: heavy, select: "" }, many.slice(1))), "too_large");
});

Deno.test("times are durations within bounds", () => {
  const times = (request: Partial<NewTasks>) => timesOf({ operation: OPERATION, ...request });
  assert.deepEqual(times({}), { expiresInMs: 3_600_000, timeoutMs: 600_000 });
  assert.deepEqual(times({ expiresIn: "2d", timeout: "90s" }), { expiresInMs: 172_800_000, timeoutMs: 90_000 });
  for (const bad of ["soon", "10ms", "31d"]) assert.equal(codeOf(() => times({ expiresIn: bad })), "invalid_input");
  assert.equal(codeOf(() => times({ timeout: "25h" })), "invalid_input");
});
