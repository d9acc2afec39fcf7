import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { CALLER, FakeHosts, newHosts, portsOf, resultOf } from "../../../tests/helpers/fake_task_hosts.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { AppError } from "../../core/mod.ts";
import type { MadeTasks, NewFleetEvent, NewTasks, Task } from "../../protocol/mod.ts";
import type { TasksPorts, TasksQuery, TaskStorePort } from "./ports.ts";
import { Tasks } from "./tasks.ts";

const never = new AbortController().signal;
const STATUS: NewTasks = { operation: { method: "GET", path: "/v1/status" }, select: "" };

async function setUp(count: number, options: { ports?: Partial<TasksPorts>; store?: TaskStorePort } = {}) {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const hosts = new FakeHosts();
  const events: NewFleetEvent[] = [];
  const store = options.store ?? memoryStore().tasks;
  const allowed = newHosts(count);
  const tasks = new Tasks({ ports: { ...portsOf(store, hosts, events), ...options.ports }, clock, log });
  const component = tasks.component([]);
  await component.start(never);
  return {
    tasks,
    hosts,
    clock,
    store,
    events,
    records,
    component,
    create: (request: Partial<NewTasks> = {}) => tasks.create({ ...STATUS, ...request }, CALLER, allowed),
    arrive: (...ids: string[]) => {
      for (const id of ids) {
        hosts.online.add(id);
        tasks.hostArrived(id);
      }
    },
    states: async (made: MadeTasks) => {
      const batch = await tasks.batch(made.batch?.id ?? "");
      return Object.fromEntries(Object.entries(batch?.counts ?? {}).filter(([, count]) => count > 0));
    },
  };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof AppError, "it was not refused");
  return error.code;
}

const first = (made: MadeTasks): string => made.hosts[0]?.taskId ?? "";

Deno.test("a task waits for its host, is delivered when it comes, and ends with what the host says", async () => {
  const { tasks, create, arrive, states, hosts, component, clock } = await setUp(1);
  const made = await create({ title: "look" });
  await clock.advance(30 * 60_000);
  assert.deepEqual([await states(made), hosts.requests], [{ queued: 1 }, []]);
  arrive("h0");
  await settle();
  const task = await tasks.get(first(made));
  assert.deepEqual([task?.state, task?.title, task?.host, task?.result?.output], ["done", "look", "name of h0", "{}"]);
  assert.ok(task?.sentMs !== undefined && task.endedMs !== undefined);
  assert.deepEqual(tasks.counts(), { queued: 0, sent: 0, running: 0, deliveries: 0 });
  await component.stop(never);
  assert.equal(clock.sleeping, 0);
});

Deno.test("a batch is done on so many hosts at a time", async () => {
  const { tasks, create, arrive, hosts, component } = await setUp(20);
  hosts.isQuick = false;
  arrive(...newHosts(20).map(({ id }) => id));
  const made = await create({ concurrency: 3 });
  await settle();
  let left = 20;
  while (left > 0) {
    const begun = [...hosts.done.keys()].filter((id) => !hosts.reports.some(({ result }) => result.id === id));
    assert.equal(begun.length, Math.min(3, left));
    hosts.finish(begun[0] ?? "");
    const report = hosts.reports.at(-1);
    if (report !== undefined) await tasks.result(report.hostId, report.result);
    left--;
    await settle();
  }
  assert.deepEqual((await tasks.batch(made.batch?.id ?? ""))?.counts.done, 20);
  await component.stop(never);
});

Deno.test("when as many have failed as may, what has not been sent is cancelled", async () => {
  const { create, arrive, hosts, states, events, component } = await setUp(10);
  hosts.outcome = "failed";
  arrive(...newHosts(10).map(({ id }) => id));
  const made = await create({ concurrency: 1, maxFailures: 3 });
  await settle();
  assert.deepEqual(await states(made), { failed: 3, cancelled: 7 });
  assert.deepEqual(events.map(({ kind, state }) => [kind, state]), Array(3).fill(["task", "failed"]));
  await component.stop(never);
});

Deno.test("what was not begun in time expires, and a drained host is given nothing", async () => {
  const { create, arrive, hosts, states, clock, tasks, component } = await setUp(2);
  hosts.drained.add("h0");
  arrive("h0");
  const made = await create({ expiresIn: "5m" });
  await clock.advance(2 * 60_000);
  assert.deepEqual(await states(made), { queued: 2 });
  hosts.drained.delete("h0");
  tasks.hostArrived("h0");
  await clock.advance(4 * 60_000);
  assert.deepEqual(await states(made), { done: 1, expired: 1 });
  await component.stop(never);
});

Deno.test("an answer that is lost is asked for again, and the host has done it once", async () => {
  const { create, arrive, hosts, states, clock, component } = await setUp(1);
  const weather = ["lost_before", "lost_after", "lost_after"] as const;
  let sent = 0;
  hosts.weather = () => weather[sent++] ?? "fine";
  arrive("h0");
  const made = await create();
  await settle();
  assert.deepEqual(await states(made), { sent: 1 });
  await clock.advance(60_000);
  assert.deepEqual([await states(made), [...hosts.done.values()], sent], [{ done: 1 }, [1], 4]);
  assert.deepEqual(hosts.again, [true, true, true], "the first one was lost on the way, which nobody can know");
  await component.stop(never);
});

Deno.test("that it could not be sent again does not undo that it was sent", async () => {
  const { create, arrive, hosts, states, clock, component } = await setUp(1);
  hosts.weather = () => "lost_after";
  arrive("h0");
  const made = await create();
  await settle();
  hosts.online.delete("h0");
  hosts.weather = () => "not_sent";
  await clock.advance(120_000);
  assert.deepEqual(await states(made), { sent: 1 });
  hosts.weather = () => "fine";
  arrive("h0");
  await settle();
  assert.deepEqual([await states(made), [...hosts.done.values()]], [{ done: 1 }, [1]]);
  await component.stop(never);
});

Deno.test("a host that is away with its task does not keep the rest of the batch waiting", async () => {
  const { create, arrive, hosts, states, clock, component } = await setUp(2);
  hosts.isQuick = false;
  arrive("h0", "h1");
  const made = await create({ concurrency: 1 });
  await settle();
  hosts.online.delete("h0");
  hosts.isQuick = true;
  await clock.advance(35_000);
  assert.deepEqual(await states(made), { running: 1, done: 1 });
  await component.stop(never);
});

Deno.test("what a host refuses has failed at once, with its words", async () => {
  const { create, arrive, hosts, tasks, component } = await setUp(1);
  hosts.answer = "host_refuses";
  arrive("h0");
  const task = await tasks.get(first(await create().then(async (made) => (await settle(), made))));
  assert.deepEqual([task?.state, task?.reason], ["failed", "the host says host_refuses"]);
  await component.stop(never);
});

Deno.test("a host that never says what became of a task leaves it failed, as something not known", async () => {
  const { create, arrive, hosts, tasks, clock, component } = await setUp(1);
  hosts.weather = () => "lost_after";
  arrive("h0");
  const made = await create({ expiresIn: "1m", timeout: "1m" });
  await clock.advance(2 * 60_000);
  assert.equal((await tasks.get(first(made)))?.state, "sent");
  await clock.advance(3_600_000);
  const task = await tasks.get(first(made));
  assert.deepEqual([task?.state, task?.reason], [
    "failed",
    "the host may have done it, and has not said what came of it",
  ]);
  await component.stop(never);
});

Deno.test("a host speaks for itself alone: of another's task it knows nothing", async () => {
  const { create, arrive, hosts, tasks, records, component } = await setUp(2);
  hosts.isQuick = false;
  arrive("h0", "h1");
  const made = await create();
  await settle();
  const id = made.hosts.find((host) => host.id === "h0")?.taskId ?? "";
  assert.equal(await refusal(tasks.result("h1", resultOf(id, "done"))), "not_found");
  assert.equal(await refusal(tasks.result("h1", resultOf("no-such-task", "done"))), "not_found");
  assert.equal((await tasks.get(id))?.state, "running");
  assert.equal(records.filter(({ level }) => level === "warn").length, 2);
  await component.stop(never);
});

Deno.test("a result is kept once: what is told after the end changes nothing and is acknowledged", async () => {
  const { create, arrive, hosts, tasks, component } = await setUp(1);
  hosts.isQuick = false;
  arrive("h0");
  const id = first(await create());
  await settle();
  await Promise.all([tasks.result("h0", resultOf(id, "done")), tasks.result("h0", resultOf(id, "failed"))]);
  await tasks.result("h0", resultOf(id, "cancelled"));
  assert.deepEqual([(await tasks.get(id))?.state, (await tasks.get(id))?.result?.outcome], ["done", "done"]);
  await component.stop(never);
});

Deno.test("a result that is told while the part is stopped is kept before it is acknowledged", async () => {
  const { create, arrive, hosts, tasks, component } = await setUp(1);
  hosts.isQuick = false;
  arrive("h0");
  const id = first(await create());
  await settle();
  await component.stop(never);
  await tasks.result("h0", resultOf(id, "done"));
  assert.equal((await tasks.get(id))?.state, "done");
});

Deno.test("a result of what was never sent is no result", async () => {
  const { create, tasks, component } = await setUp(1);
  const id = first(await create());
  assert.equal(await refusal(tasks.result("h0", resultOf(id, "done"))), "not_found");
  await component.stop(never);
});

Deno.test("what waits is cancelled; what a host has, it is asked to leave, and the answer tells what is so", async () => {
  const { create, arrive, hosts, tasks, component } = await setUp(1);
  const waiting = first(await create());
  assert.equal((await tasks.cancel(waiting, CALLER)).reason, "cancelled by root");
  assert.equal(await refusal(tasks.cancel(waiting, CALLER)), "conflict");
  assert.equal(await refusal(tasks.cancel("nothing", CALLER)), "not_found");
  hosts.isQuick = false;
  arrive("h0");
  const begun = first(await create());
  await settle();
  assert.equal(await refusal(tasks.cancel(begun, CALLER)), "conflict");
  assert.ok(hosts.requests.includes(`DELETE /v1/tasks/${begun}`));
  hosts.online.delete("h0");
  assert.equal(await refusal(tasks.cancel(begun, CALLER)), "host_offline");
  assert.equal((await tasks.get(begun))?.state, "running");
  await component.stop(never);
});

Deno.test("the same key again gives the batch that it has made, also at the same time", async () => {
  const { create, tasks, component } = await setUp(2);
  const key = "a-key-of-mine";
  const [one, two] = await Promise.all([create({ idempotencyKey: key }), create({ idempotencyKey: key })]);
  const three = await create({ idempotencyKey: key });
  for (const again of [two, three]) {
    assert.equal(again.batch?.id, one.batch?.id);
    const ids = (made: MadeTasks) => made.hosts.map(({ taskId }) => taskId).sort();
    assert.deepEqual(ids(again), ids(one));
  }
  assert.equal((await tasks.list({ limit: 10 })).tasks.length, 2);
  await component.stop(never);
});

Deno.test("a dry run names the hosts and makes nothing", async () => {
  const { create, tasks, component } = await setUp(2);
  const dry = await create({ dryRun: true });
  assert.deepEqual(dry, {
    dryRun: true,
    hosts: [{ id: "h0", name: "host-0", state: "online" }, { id: "h1", name: "host-1", state: "online" }],
  });
  assert.deepEqual((await tasks.list({ limit: 10 })).tasks, []);
  assert.equal(await refusal(create({ select: "name=none" })), "not_found");
  await component.stop(never);
});

Deno.test("who made a task must still be allowed to when it is sent", async () => {
  const asked: unknown[] = [];
  const refuse: TasksPorts["refusal"] = (...question) => {
    asked.push(question);
    return Promise.resolve("root may not do this any more");
  };
  const { create, arrive, tasks, hosts, component } = await setUp(1, { ports: { refusal: refuse } });
  const id = first(await create());
  arrive("h0");
  await settle();
  assert.deepEqual(asked, [["root", STATUS.operation, "h0"]]);
  assert.deepEqual([(await tasks.get(id))?.state, hosts.requests], ["failed", []]);
  await component.stop(never);
});

Deno.test("a removed host's tasks are forgotten as the store has ended them", async () => {
  const store = memoryStore();
  const { create, tasks, component } = await setUp(1, { store: store.tasks });
  const id = first(await create());
  await store.tasks.change(id, ["queued"], { state: "cancelled", reason: "The host was removed" });
  tasks.hostRemoved("h0");
  await settle();
  assert.equal(tasks.counts().queued, 0);
  await component.stop(never);
});

Deno.test("changes are told together, each task as it is by then", async () => {
  const { create, arrive, tasks, clock, component } = await setUp(3);
  const told: (readonly Task[])[] = [];
  tasks.onChange((changed) => told.push(changed));
  arrive("h0", "h1", "h2");
  await create();
  await settle();
  assert.equal(told.length, 0);
  await clock.advance(250);
  assert.deepEqual(told.map((changed) => changed.map(({ state }) => state)), [["done", "done", "done"]]);
  await component.stop(never);
});

Deno.test("whoever may see some hosts only is told of their tasks, in parts of the asked size", async () => {
  const { create, tasks, clock, component } = await setUp(10);
  for (let at = 0; at < 3; at++) {
    await create();
    await clock.advance(1);
  }
  const mayShow = (hostId: string) => hostId === "h3" || hostId === "h4";
  const seen: Task[] = [];
  for (let before = undefined, isLast = false; !isLast;) {
    const page = await tasks.list({ limit: 4, mayShow, ...before !== undefined && { before } });
    assert.ok(page.tasks.length <= 4);
    seen.push(...page.tasks);
    before = page.next ?? undefined;
    isLast = page.next === null;
  }
  assert.equal(seen.length, 6);
  assert.ok(seen.every(({ hostId }) => mayShow(hostId)));
  await component.stop(never);
});

Deno.test("by batches, each is told once however many hosts it has, to who may see one of them", async () => {
  const { create, tasks, clock, component } = await setUp(10);
  for (let at = 0; at < 3; at++) {
    await create();
    await clock.advance(1);
  }
  const walk = async (query: Pick<TasksQuery, "limit" | "mayShow">) => {
    const seen: string[] = [];
    for (let before = undefined, isLast = false; !isLast;) {
      const page = await tasks.list({ ...query, isByBatch: true, ...before !== undefined && { before } });
      seen.push(...page.tasks.map(({ batchId }) => batchId));
      before = page.next ?? undefined;
      isLast = page.next === null;
    }
    return seen;
  };
  const all = await walk({ limit: 5 });
  assert.equal(all.length, 3);
  assert.equal(new Set(all).size, 3);
  assert.deepEqual([...new Set(await walk({ limit: 1 }))], all, "a page may begin with the batch of the one before");
  assert.deepEqual(await walk({ limit: 5, mayShow: (hostId) => hostId === "h3" }), all);
  assert.deepEqual(await walk({ limit: 5, mayShow: () => false }), []);
  await component.stop(never);
});

Deno.test("while the store fails nothing is sent, and afterwards it goes on", async () => {
  const store = memoryStore().tasks;
  let fails = false;
  const failing: TaskStorePort = {
    ...store,
    change: (...change) => fails ? Promise.reject(new Error("disk full")) : store.change(...change),
  };
  const { create, arrive, hosts, states, clock, records, component } = await setUp(1, { store: failing });
  const made = await create();
  fails = true;
  arrive("h0");
  await clock.advance(10_000);
  assert.deepEqual([hosts.requests, await states(made)], [[], { queued: 1 }]);
  fails = false;
  await clock.advance(60_000);
  assert.deepEqual(await states(made), { done: 1 });
  assert.equal(records.filter(({ level }) => level === "warn").length, 1);
  await component.stop(never);
});
