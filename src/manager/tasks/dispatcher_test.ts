import assert from "node:assert/strict";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { CALLER, FakeHosts, newHosts, portsOf, type Weather } from "../../../tests/helpers/fake_task_hosts.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { randomOf } from "../../../tests/helpers/seeded_random.ts";
import { ENDED_TASK_STATES } from "../../protocol/mod.ts";
import type { TaskStorePort } from "./ports.ts";
import { Tasks } from "./tasks.ts";

const never = new AbortController().signal;
const HOSTS = 4;

/** A manager that dies at its nth step: what it asks of the store or of a host afterwards never happens. */
class Mortal {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  get isDead(): boolean {
    return this.#left <= 0;
  }

  /** Dies before the step or right after it, when the answer does not come any more. */
  async step<T>(act: () => Promise<T>): Promise<T> {
    if (this.isDead) return await new Promise<never>(() => {});
    const value = await act();
    this.#left--;
    return this.isDead ? await new Promise<never>(() => {}) : value;
  }

  store(store: TaskStorePort): TaskStorePort {
    return {
      add: (...of) => this.step(() => store.add(...of)),
      batchByKey: (...of) => this.step(() => store.batchByKey(...of)),
      batch: (...of) => this.step(() => store.batch(...of)),
      counts: (...of) => this.step(() => store.counts(...of)),
      get: (...of) => this.step(() => store.get(...of)),
      change: (...of) => this.step(() => store.change(...of)),
      list: (...of) => this.step(() => store.list(...of)),
      open: () => this.step(() => store.open()),
      trim: (...of) => this.step(() => store.trim(...of)),
    };
  }
}

function unreliable(random: () => number): () => Weather {
  return () => random() < 0.5 ? "fine" : random() < 0.4 ? "lost_before" : random() < 0.7 ? "lost_after" : "not_sent";
}

/** Hosts tell what they have done until it is acknowledged, as agents do. */
async function report(hosts: FakeHosts, tasks: Tasks, mortal: Mortal, random: () => number): Promise<void> {
  for (const one of [...hosts.reports]) {
    if (mortal.isDead || !hosts.online.has(one.hostId) || random() < 0.3) continue;
    const isTold = await Promise.race([
      tasks.result(one.hostId, one.result).then(() => true),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), mortal.isDead ? 0 : 20)),
    ]);
    if (isTold && !mortal.isDead) hosts.reports.splice(hosts.reports.indexOf(one), 1);
  }
}

function comeAndGo(hosts: FakeHosts, tasks: Tasks, random: () => number): void {
  for (const { id } of newHosts(HOSTS)) {
    if (random() < 0.25) hosts.online.delete(id);
    else if (!hosts.online.has(id) && random() < 0.6) {
      hosts.online.add(id);
      tasks.hostArrived(id);
    }
  }
}

async function run(seed: number, steps: number): Promise<void> {
  const random = randomOf(seed);
  const [store, hosts, clock] = [memoryStore().tasks, new FakeHosts(), new FakeClock()];
  hosts.weather = unreliable(random);
  hosts.isQuick = false;
  const lives = [steps, steps, Infinity];
  for (const life of lives) {
    const mortal = new Mortal(life);
    const ports = portsOf(mortal.store(store), hosts);
    const fetch = (hostId: string, request: Request) => mortal.step(() => hosts.fetch(hostId, request));
    const tasks = new Tasks({ ports: { ...ports, fetch }, clock, log: recordingLog().log });
    const component = tasks.component([]);
    void component.start(never);
    await clock.advance(0);
    const create = () =>
      tasks.create(
        { operation: { method: "GET", path: "/v1/status" }, select: "", idempotencyKey: "one-batch", concurrency: 2 },
        CALLER,
        newHosts(HOSTS),
      );
    void create();
    for (let round = 0; round < 400 && !mortal.isDead; round++) {
      comeAndGo(hosts, tasks, random);
      await clock.advance(1_500);
      for (const id of hosts.done.keys()) if (random() < 0.4) hosts.finish(id);
      await report(hosts, tasks, mortal, random);
      const open = await store.open();
      if (round > 2 && open.length === 0 && await store.batchByKey("root", "one-batch") !== null) break;
    }
    // Whoever asked does not know whether it was made, and asks again with the same key.
    if (life === Infinity) await check(store, hosts, `seed ${seed}, ${steps} steps`);
    if (!mortal.isDead) await component.stop(never);
  }
}

async function check(store: TaskStorePort, hosts: FakeHosts, what: string): Promise<void> {
  const all = await store.list({ limit: 100 });
  assert.equal(all.length, HOSTS, `${what}: one batch was made`);
  for (const { id, state, reason } of all) {
    assert.ok(ENDED_TASK_STATES.includes(state), `${what}: ${state} ${reason}`);
    const times = hosts.done.get(id) ?? 0;
    assert.ok(times <= 1, `${what}: done ${times} times`);
    assert.equal(state, "done", `${what}: ${reason}`);
    assert.equal(times, 1, `${what}: lost`);
  }
}

Deno.test("wherever the manager dies, no task is lost and none is done twice", async () => {
  for (let steps = 1; steps <= 60; steps++) await run(steps * 7_919, steps);
});
