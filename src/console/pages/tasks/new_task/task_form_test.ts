import assert from "node:assert/strict";
import fc from "fast-check";
import { newTasks, type Task } from "../../../../protocol/mod.ts";
import { emptyForm, formOf, requestOf, type TaskForm } from "./task_form.ts";

const schema = newTasks();
const form = (more: Partial<TaskForm>): TaskForm => ({ ...emptyForm("env=prod"), text: "uptime", ...more });

Deno.test("a form becomes the request for its hosts, with the limits that were given", () => {
  const built = requestOf(form({ cwd: "/tmp", timeout: "30s", concurrency: "5", maxFailures: "2", expiresIn: "2h" }));
  assert.ok("request" in built);
  assert.deepEqual(built.request, {
    title: "uptime",
    operation: {
      method: "POST",
      path: "/v1/exec",
      body: { argv: ["uptime"], cwd: "/tmp", timeoutMs: 30_000, maxOutputBytes: 24_576 },
    },
    ...{ select: "env=prod", timeout: "30s", expiresIn: "2h", concurrency: 5, maxFailures: 2 },
  });
});

Deno.test("what is wrong is said at its field", () => {
  const built = requestOf(
    form({ text: "a 'b", timeout: "soon", concurrency: "0", maxFailures: "x", expiresIn: "-1h" }),
  );
  assert.deepEqual(built, {
    problems: {
      ...{ text: "command_open_quote", timeout: "no_duration", expiresIn: "no_duration" },
      ...{ concurrency: "no_count", maxFailures: "no_count" },
    },
  });
});

Deno.test("whatever is typed makes a request that the manager's schema takes, or a problem", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 200 });
  const any = fc.record({ text, title: text, timeout: fc.oneof(text, fc.constant("5s")), maxFailures: text });
  fc.assert(fc.property(any, (typed) => {
    const built = requestOf(form(typed));
    if ("request" in built) assert.ok(schema.safeParse(built.request).success, JSON.stringify(built.request));
  }));
});

Deno.test("what has run can be run again, on the same host", () => {
  const built = requestOf(form({ interpreter: "sh", text: "df | wc", user: "www", timeout: "5m", title: "Disks" }));
  assert.ok("request" in built);
  const { operation } = built.request;
  const task: Task = {
    ...{ id: "t", batchId: "b", hostId: "h1", host: "web-1", title: "Disks", operation, state: "done", reason: "" },
    ...{ createdBy: "ada", createdMs: 1, expiresMs: 2, timeoutMs: 300_000 },
  };
  const again = requestOf(formOf(task));
  assert.ok("request" in again);
  assert.deepEqual(again.request.operation, operation);
  assert.deepEqual([again.request.hosts, again.request.title, again.request.timeout], [["h1"], "Disks", "5m"]);
  assert.equal(formOf({ ...task, title: "df | wc" }).title, "", "it was made of the command");
});
