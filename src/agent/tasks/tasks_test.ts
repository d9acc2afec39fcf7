import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../core/mod.ts";
import { buildApp, trustedGate } from "../../http/mod.ts";
import { TASK_PATH, type TaskDelivery, type TaskResult } from "../../protocol/mod.ts";
import { taskRoutes } from "./routes.ts";
import { Tasks } from "./tasks.ts";

const never = new AbortController().signal;
const MINUTE_MS = 60_000;

interface Host {
  readonly clock: FakeClock;
  readonly tasks: Tasks;
  /** Requests that were made, as `POST /v1/x {"a":1}`. */
  readonly calls: string[];
  /** What the manager has been told. */
  readonly told: TaskResult[];
  readonly troubles: (string | null)[];
  /** How a call is answered. */
  answer: (request: Request) => Promise<Response> | Response;
  /** Whether the manager takes results. */
  link: "up" | "down" | "forgetful";
  stop(): Promise<void>;
}

const ok = (data: unknown = null) => Response.json({ code: 0, msg: "ok", data });

/** An agent's tasks in a directory; another one there is the next agent. */
async function host(dir: string, clock = new FakeClock()): Promise<Host> {
  const test: Pick<Host, "answer" | "link"> = { answer: () => ok(), link: "up" };
  const calls: string[] = [];
  const told: TaskResult[] = [];
  const troubles: (string | null)[] = [];
  const tasks = new Tasks({
    path: join(dir, "tasks.db"),
    clock,
    log: recordingLog().log,
    random: () => 1,
    onTrouble: (reason) => void troubles.push(reason),
    ports: {
      isManager: () => true,
      async call(request) {
        const body = await request.clone().text();
        calls.push(`${request.method} ${new URL(request.url).pathname}${body === "" ? "" : ` ${body}`}`);
        return await test.answer(request);
      },
      report(result) {
        return Promise.try(() => {
          if (test.link === "down") throw new AppError("unavailable", "There is no tunnel", { retryable: true });
          if (test.link === "forgetful") throw new AppError("not_found", "There is no such task");
          told.push(result);
        });
      },
    },
  });
  const component = tasks.component([]);
  await component.start(never);
  return Object.assign(test, { clock, tasks, calls, told, troubles, stop: () => component.stop(never) });
}

const delivery = (id: string, more: Partial<TaskDelivery> = {}): TaskDelivery => ({
  id: `number-${id}`,
  operation: { method: "POST", path: "/v1/x", body: { a: 1 } },
  expiresInMs: 10 * MINUTE_MS,
  timeoutMs: MINUTE_MS,
  ...more,
});

/** Work that goes on until it is told to end. */
function endless(request: Request): Promise<Response> {
  return new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
}

Deno.test("a task is made once, however often it is delivered, and its result is told", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    test.answer = () => ok({ done: true });
    for (let time = 1; time <= 2; time++) {
      assert.deepEqual(test.tasks.deliver(delivery("a")), { id: "number-a", state: "running" });
    }
    await settle();
    const ended = test.tasks.deliver(delivery("a"));
    assert.equal(ended.state, "ended");
    assert.deepEqual(test.calls, ['POST /v1/x {"a":1}']);
    const { startedMs, endedMs, ...rest } = test.told[0] ?? assert.fail();
    assert.ok(startedMs !== undefined && endedMs >= startedMs);
    assert.deepEqual(rest, {
      id: "number-a",
      outcome: "done",
      status: 200,
      message: "ok",
      output: '{"done":true}',
      truncated: false,
    });
    await test.stop();
    const next = await host(dir, test.clock);
    assert.equal(next.tasks.deliver(delivery("a")).result?.outcome, "done");
    await settle();
    assert.deepEqual([next.calls, next.told], [[], []], "the manager has it");
    await next.stop();
    assert.equal(test.clock.sleeping, 0);
  }));

Deno.test("an answer that is an error is a task that failed, with its words", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    test.answer = () => Response.json({ code: 20002, msg: "not here", data: null }, { status: 403 });
    test.tasks.deliver(delivery("a", { operation: { method: "DELETE", path: "/v1/y" } }));
    await settle();
    const { outcome, status, message } = test.told[0] ?? assert.fail();
    assert.deepEqual([outcome, status, message, test.calls], ["failed", 403, "not here", ["DELETE /v1/y"]]);
    test.answer = () => Promise.reject(new Error("broke"));
    test.tasks.deliver(delivery("b"));
    await settle();
    assert.deepEqual([test.told[1]?.outcome, test.told[1]?.status, test.told[1]?.message], [
      "failed",
      undefined,
      "broke",
    ]);
    await test.stop();
  }));

Deno.test("a task that is cancelled is not begun, or ended, and its result says so", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    test.answer = endless;
    for (const name of ["a", "b", "c", "d", "waiting"]) test.tasks.deliver(delivery(name));
    await settle();
    for (const [id, reason] of [["number-waiting", /before it began/], ["number-a", /while it ran/]] as const) {
      const { state, result } = await test.tasks.cancel(id);
      assert.deepEqual([state, result?.outcome, test.calls.length], ["ended", "cancelled", 4]);
      assert.match(result?.message ?? "", reason);
    }
    const again = await test.tasks.cancel("number-a");
    assert.deepEqual([again.state, test.tasks.deliver(delivery("a")).state, test.calls.length], ["ended", "ended", 4]);
    await assert.rejects(test.tasks.cancel("number-nobodys"), { code: "not_found" });
    await test.stop();
  }));

Deno.test("a result is told again until the manager has it, and after a new start", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    test.link = "down";
    test.tasks.deliver(delivery("a"));
    await settle();
    await test.clock.advance(30 * MINUTE_MS);
    assert.equal(test.told.length, 0);
    test.link = "up";
    test.tasks.linked();
    await settle();
    assert.deepEqual(test.told.map(({ id }) => id), ["number-a"]);
    test.link = "down";
    test.tasks.deliver(delivery("b"));
    await settle();
    await test.stop();
    const next = await host(dir, test.clock);
    await settle();
    assert.deepEqual([next.told.map(({ id }) => id), next.calls], [["number-b"], []]);
    await next.stop();
  }));

Deno.test("a result that the manager knows no task for is given up, and does not keep it from the others", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    test.link = "forgetful";
    test.tasks.deliver(delivery("a"));
    await settle();
    assert.deepEqual(test.tasks.counts(), { waiting: 0, running: 0, untold: 0 });
    assert.equal(test.clock.sleeping, 0);
    await test.stop();
  }));

Deno.test("what an agent had begun when it was killed is not begun again, and what it had not is", () =>
  inTempDir(async (dir) => {
    const killed = await host(dir);
    killed.answer = endless;
    for (const id of ["a", "b", "c", "d", "e"]) killed.tasks.deliver(delivery(id));
    await settle();
    assert.equal(killed.calls.length, 4);
    // The file as it is at this moment is what a killed agent leaves.
    const left = join(dir, "left");
    Deno.mkdirSync(left);
    for (const name of ["tasks.db", "tasks.db-wal"]) Deno.copyFileSync(join(dir, name), join(left, name));
    const next = await host(left, killed.clock);
    await settle();
    assert.deepEqual(next.calls, ['POST /v1/x {"a":1}'], "the fifth had not begun");
    const outcomes = Object.fromEntries(next.told.map(({ id, outcome }) => [id, outcome]));
    assert.deepEqual(outcomes, {
      "number-a": "failed",
      "number-b": "failed",
      "number-c": "failed",
      "number-d": "failed",
      "number-e": "done",
    });
    assert.match(next.told[0]?.message ?? "", /The agent ended while it ran; it is not run again/);
    for (const id of ["a", "b", "c", "d", "e"]) assert.equal(next.tasks.deliver(delivery(id)).state, "ended");
    assert.equal(next.calls.length, 1);
    await next.stop();
    await killed.stop();
  }));

Deno.test("an agent that stops breaks off what runs, and says so when it can", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    test.answer = endless;
    test.link = "down";
    test.tasks.deliver(delivery("a"));
    await settle();
    await test.stop();
    assert.equal(test.clock.sleeping, 0);
    assert.throws(() => test.tasks.deliver(delivery("b")), { code: "unavailable" });
    const next = await host(dir, test.clock);
    await settle();
    assert.deepEqual(next.told.map(({ outcome, message }) => `${outcome}: ${message}`), [
      "failed: The agent ended while it ran; it is not run again",
    ]);
    await next.stop();
  }));

Deno.test("four run at a time, in the order of their delivery, and one whose time is over is not begun", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    const ends: (() => void)[] = [];
    test.answer = () => new Promise((resolve) => ends.push(() => resolve(ok())));
    for (let i = 0; i < 6; i++) {
      const operation = { method: "POST", path: `/v1/${i}` } as const;
      test.tasks.deliver(delivery(String(i), { operation, expiresInMs: i === 4 ? 1_000 : MINUTE_MS }));
    }
    await settle();
    assert.deepEqual(test.calls, ["POST /v1/0", "POST /v1/1", "POST /v1/2", "POST /v1/3"]);
    test.clock.setWall(0); // a wall clock that jumps changes nothing
    await test.clock.advance(2_000);
    ends.shift()?.();
    await settle();
    assert.deepEqual(test.calls.slice(4), ["POST /v1/5"]);
    assert.deepEqual(test.told.map(({ id, outcome }) => [id, outcome]), [["number-0", "done"], [
      "number-4",
      "expired",
    ]]);
    for (const end of ends) end();
    await settle();
    await test.stop();
  }));

Deno.test("a task that takes too long is told to end, and has failed", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    let isAborted = false;
    test.answer = (request) => {
      request.signal.addEventListener("abort", () => isAborted = true);
      return new Response(new ReadableStream()); // which never says anything, nor heeds the signal
    };
    test.tasks.deliver(delivery("a", { timeoutMs: 5_000 }));
    await test.clock.advance(4_999);
    assert.equal(test.told.length, 0);
    await test.clock.advance(1);
    assert.deepEqual([isAborted, test.told[0]?.outcome], [true, "failed"]);
    assert.match(test.told[0]?.message ?? "", /not done within 5s/);
    await test.stop();
  }));

Deno.test("of a long answer the beginning is kept, in whole characters", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    const answers: [Response, (output: string) => boolean][] = [
      [ok("ä".repeat(100_000)), (output) => /^"ä+$/.test(output)],
      [ok("x".repeat(3_000_000)), (output) => /^"x+$/.test(output)],
      [new Response("y".repeat(100_000)), (output) => /^y+$/.test(output)],
    ];
    for (const [index, [answer, isRight]] of answers.entries()) {
      test.answer = () => answer;
      test.tasks.deliver(delivery(`long-${index}`));
      await settle();
      await settle();
      const { output, truncated } = test.told[index] ?? assert.fail();
      assert.ok(truncated && isRight(output), `${index}: ${output.slice(0, 60)}`);
      assert.ok(new TextEncoder().encode(output).length <= 64 * 1024);
    }
    test.answer = () => new Response(null, { status: 204 });
    test.tasks.deliver(delivery("none"));
    await settle();
    assert.deepEqual([test.told[3]?.output, test.told[3]?.truncated], ["", false]);
    await test.stop();
  }));

Deno.test("a task that cannot be written down is refused and not run, and is taken when it can", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "tasks.db");
    Deno.mkdirSync(path);
    const test = await host(dir);
    assert.throws(() => test.tasks.deliver(delivery("a")), {
      code: "unavailable",
      retryable: true,
      message: /tasks\.db/,
    });
    await settle();
    assert.deepEqual(test.calls, []);
    Deno.removeSync(path);
    test.tasks.deliver(delivery("a"));
    await settle();
    assert.deepEqual([test.calls.length, test.troubles.length, test.troubles.at(-1)], [1, 2, null]);
    await test.stop();
  }));

Deno.test("of a damaged file what was delivered before is not begun again, but new tasks are", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "tasks.db");
    Deno.writeTextFileSync(path, "this is no database, but it is long enough to be taken for one".repeat(100));
    const test = await host(dir);
    const again = test.tasks.deliver(delivery("a", { again: true }));
    assert.deepEqual([again.state, again.result?.outcome], ["ended", "failed"]);
    assert.match(again.result?.message ?? "", /record of tasks was damaged/);
    test.tasks.deliver(delivery("b"));
    await settle();
    assert.equal(test.calls.length, 1);
    assert.ok([...Deno.readDirSync(dir)].some(({ name }) => name.startsWith("tasks.db.corrupt-")));
    await test.stop();
  }));

Deno.test("what is asked of a host has its limits", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    test.answer = endless;
    const large = { method: "POST", path: "/v1/x", body: "x".repeat(256 * 1024) } as const;
    assert.throws(() => test.tasks.deliver(delivery("large", { operation: large })), { code: "too_large" });
    for (let i = 0; i < 260; i++) test.tasks.deliver(delivery(`n${i}`));
    assert.throws(() => test.tasks.deliver(delivery("more")), { code: "rate_limited", retryable: true });
    await test.stop();
  }));

Deno.test("only the manager delivers tasks, and a delivery that is none is refused", () =>
  inTempDir(async (dir) => {
    const test = await host(dir);
    for (const isManager of [true, false]) {
      const routes = taskRoutes(test.tasks, { isManager: () => isManager });
      const app = buildApp({ title: "t", version: "1", routes, gate: trustedGate, log: recordingLog().log });
      const post = async (body: unknown) => {
        const headers = { "content-type": "application/json" };
        const response = await app.request(TASK_PATH, { method: "POST", body: JSON.stringify(body), headers });
        return [response.status, (await response.json()).data?.state];
      };
      assert.deepEqual(await post(delivery("route")), isManager ? [200, "running"] : [403, undefined]);
      const bad = delivery("bad", { operation: { method: "POST", path: "/healthz" } });
      assert.deepEqual(await post(bad), isManager ? [400, undefined] : [403, undefined]);
    }
    await settle();
    assert.equal(test.calls.length, 1);
    await test.stop();
  }));

Deno.test("property: whatever is delivered, lost, repeated and restarted, no task is begun twice and each has a result", () =>
  inTempDir(async (base) => {
    let count = 0;
    const step = fc.oneof(
      fc.record({ deliver: fc.nat(8) }),
      fc.constant("restart" as const),
      fc.constant("down" as const),
      fc.constant("up" as const),
      fc.constant("wait" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const dir = join(base, String(count++));
        Deno.mkdirSync(dir);
        const [calls, told]: [string[], Map<string, string>] = [[], new Map()];
        let test = await host(dir);
        const delivered = new Set<number>();
        const collect = () => {
          calls.push(...test.calls);
          for (const { id, outcome } of test.told) told.set(id, outcome);
        };
        for (const each of steps) {
          if (each === "restart") {
            await test.stop();
            collect();
            test = await host(dir, test.clock);
          } else if (each === "wait") await test.clock.advance(1_000);
          else if (typeof each === "string") test.link = each;
          else {
            delivered.add(each.deliver);
            const operation = { method: "POST", path: `/v1/${each.deliver}` } as const;
            test.tasks.deliver(delivery(String(each.deliver), { operation }));
          }
        }
        test.link = "up";
        test.tasks.linked();
        await test.clock.advance(2 * MINUTE_MS);
        await test.stop();
        collect();
        assert.equal(new Set(calls).size, calls.length, "one was begun twice");
        assert.deepEqual([...told.keys()].sort(), [...delivered].map((n) => `number-${n}`).sort());
      }),
      { numRuns: 30 },
    );
  }));
