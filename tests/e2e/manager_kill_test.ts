/**
 * kill -9 of a manager at random moments under load: every change that it has acknowledged is there, every task ran
 * exactly once, and the chain of the audit holds. FARHAND_KILLS=200 tries longer; FARHAND_SEED=N repeats the moments of a
 * run that has printed it.
 */
import assert from "node:assert/strict";
import { systemClock } from "../../src/core/mod.ts";
import { ENDED_TASK_STATES, type Task, taskList } from "../../src/protocol/mod.ts";
import { until } from "../helpers/host.ts";
import { type Managed, managed } from "../helpers/managed.ts";
import { chosenSeed, randomOf } from "../helpers/seeded_random.ts";

const KILLS = Number(Deno.env.get("FARHAND_KILLS") ?? 10);
/** How long the manager lives before it is killed; some kills come while it is still starting. */
const MAX_LIFE_MS = 1_500;
const WRITERS = 4;
/** Between two changes of a writer: about as fast as the host works them off, so that some are under way whenever the manager dies. */
const PAUSE_MS = 200;
const AGAIN_MS = 20;
/** Without progress for so long, it is stuck. */
const STUCK_MS = 60_000;
/** Back soon after each kill, however many there were before, so that most of them hit tasks under way. */
const HOST = "policy:\n  exec: on\nmanager:\n  reconnect_interval: 1s\n";

/** What has been answered as done. */
interface Acknowledged {
  readonly tasks: string[];
  readonly tokens: string[];
}

async function ask(world: Managed, path: string, body?: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const init = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
  const { status, envelope } = await world.api(path, init);
  if (status < 300) return envelope.data;
  throw new Error(`${path}: ${status} ${envelope.msg}`);
}

/** Makes tasks and join tokens, one after the other. A task is asked for with its key until it is acknowledged. */
async function write(world: Managed, of: { file: string; hostId: string; name: string }, done: AbortSignal) {
  const acknowledged: Acknowledged = { tasks: [], tokens: [] };
  for (let n = 1; !done.aborted; n++) {
    const key = `${of.name}-${String(n).padStart(6, "0")}`;
    const command = ["/bin/sh", "-c", 'echo "$1" >> "$0"', of.file, key];
    const operation = { method: "POST", path: "/v1/exec", body: { argv: command } };
    const task = { idempotencyKey: `kill-${key}`, operation, hosts: [of.hostId], title: key };
    if (await isTaken(world, "/api/v1/tasks", task, done)) acknowledged.tasks.push(key);
    try {
      await ask(world, "/api/v1/join-tokens", { name: key });
      acknowledged.tokens.push(key);
    } catch {
      // Nobody knows whether it was made; either is right.
    }
    await systemClock.sleep(PAUSE_MS);
  }
  return acknowledged;
}

/** Asks again while the manager is away. False when there was no answer before the end. */
async function isTaken(world: Managed, path: string, body: unknown, done: AbortSignal): Promise<boolean> {
  while (true) {
    try {
      await ask(world, path, body);
      return true;
    } catch (error) {
      if (/^\S+: 4/.test(String(error instanceof Error && error.message))) throw error;
      if (done.aborted) return false;
      await systemClock.sleep(AGAIN_MS);
    }
  }
}

async function allTasks(world: Managed): Promise<Task[]> {
  const all: Task[] = [];
  for (let cursor = ""; true;) {
    const path = `/api/v1/tasks?limit=1000${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { tasks, next } = taskList().parse(await ask(world, path));
    all.push(...tasks);
    if (next === undefined) return all;
    cursor = next;
  }
}

/** All tasks, once each has ended. */
async function settled(world: Managed): Promise<Task[]> {
  let [all, open] = [await allTasks(world), Infinity];
  while (open > 0) {
    const before = open;
    const rest = () => all.filter(({ state }) => !ENDED_TASK_STATES.includes(state));
    try {
      await until(
        async () => {
          all = await allTasks(world);
          return (open = rest().length) < before;
        },
        "a further task has ended",
        STUCK_MS,
      );
    } catch (cause) {
      const [first] = rest();
      throw new Error(`${open} tasks are stuck, as ${first?.title}: ${first?.state}, ${first?.reason}`, { cause });
    }
  }
  return all;
}

managed(`a manager that is killed ${KILLS} times under load loses nothing and does nothing twice`, async (world) => {
  const seed = chosenSeed();
  // deno-lint-ignore no-console
  console.log(`FARHAND_SEED=${seed}`);
  const random = randomOf(seed);
  const host = await world.host("web-1", HOST);
  const { id: hostId } = await world.untilHost("web-1", ({ state }) => state === "online", "is online");
  const file = `${host.dir}/done`;
  await Deno.writeTextFile(file, "");
  const done = new AbortController();
  const writers = Array.from(
    { length: WRITERS },
    (_, at) => write(world, { file, hostId, name: `w${at}` }, done.signal),
  );
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      await systemClock.sleep(random() * MAX_LIFE_MS);
      await world.kill();
      await world.start();
    }
  } finally {
    done.abort();
  }

  const written = await Promise.all(writers);
  const tasks = written.flatMap(({ tasks }) => tasks);
  const tokens = written.flatMap(({ tokens }) => tokens);
  assert.ok(tasks.length >= KILLS && tokens.length >= KILLS, `${tasks.length} tasks, ${tokens.length} tokens`);

  const all = await settled(world);
  const ran = (await Deno.readTextFile(file)).trimEnd().split("\n").sort();
  assert.deepEqual(ran, [...new Set(ran)], "no task ran twice");
  assert.deepEqual(all.map(({ title }) => title).sort(), ran, "every task of the manager ran");
  assert.deepEqual(all.filter(({ state }) => state !== "done").map(({ title, reason }) => [title, reason]), []);
  assert.deepEqual(tasks.filter((key) => !ran.includes(key)), [], "every acknowledged task is there");
  const { tokens: kept } = await ask(world, "/api/v1/join-tokens") as { tokens: { name: string }[] };
  const names = new Set(kept.map(({ name }) => name));
  assert.deepEqual(tokens.filter((name) => !names.has(name)), [], "every acknowledged token is there");
  const { stdout } = await world.manager(["audit", "verify"]);
  // deno-lint-ignore no-console
  console.log(`${KILLS} kills, ${all.length} tasks, ${tokens.length} join tokens; ${stdout.trim()}`);
});
