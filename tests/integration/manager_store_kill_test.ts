/**
 * kill -9 at random moments of a program that writes as fast as it can: every change that was answered is there, none is
 * there by half. FARHAND_SEED=N repeats the moments of a run that has printed it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../src/core/mod.ts";
import type { Store } from "../../src/manager/store/mod.ts";
import { chosenSeed, randomOf } from "../helpers/seeded_random.ts";
import { openStoreIn } from "../helpers/store_in.ts";
import { type Acknowledged, EVENTS_PER_REPORT, idOf, TASKS_PER_BATCH, TOKEN_USERS } from "../helpers/store_writer.ts";
import { inTempDir } from "../helpers/temp_dir.ts";

const KILLS = 30;
/** Every so many, it is killed while it may still be starting. */
const EARLY_EVERY = 5;
const MAX_EARLY_MS = 500;
const MAX_WRITING_MS = 250;
const WRITER = new URL("../helpers/store_writer.ts", import.meta.url);

/** The highest number that was told of each. */
type Told = Map<Acknowledged, number>;

const spanOf = (ms: number) => systemClock.sleep(ms);

/** Lets it write for a while, kills it and gives what it has told; the last line may be cut off. */
async function killed(path: string, run: string, random: () => number, isEarly: boolean): Promise<Told> {
  const args = ["run", "-A", "--no-check", WRITER.href, path, run];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  if (!isEarly) text += (await reader.read()).value ?? "";
  const read = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  })();
  await spanOf(random() * (isEarly ? MAX_EARLY_MS : MAX_WRITING_MS));
  child.kill("SIGKILL");
  await Promise.all([child.status, read]);
  const told: Told = new Map();
  for (const line of text.split("\n").slice(0, -1)) {
    const [what, n] = line.split(" ");
    told.set(what as Acknowledged, Math.max(told.get(what as Acknowledged) ?? 0, Number(n)));
  }
  return told;
}

async function checkHosts({ hosts, events }: Store, run: string, told: Told): Promise<void> {
  const states = new Map((await hosts.all()).map(({ id, state, reason }) => [id, `${state} ${reason}`]));
  const written = (told.get("host") ?? 0) + 1;
  for (let n = 1; n <= written; n++) {
    const state = states.get(idOf(run, n));
    if (n <= (told.get("online") ?? 0)) assert.equal(state, "online said hello", `host ${n}`);
    else if (n <= (told.get("host") ?? 0)) {
      assert.match(state ?? "missing", /^(unknown |online said hello)$/, `host ${n}`);
    }
  }
  const all = await events.list({ limit: 1e6, hostIds: [`${run}-reporter`] });
  const highest = (await hosts.get(`${run}-reporter`))?.eventSeq ?? 0;
  assert.deepEqual(all.map(({ hostSeq }) => hostSeq), Array.from({ length: highest }, (_, at) => at + 1));
  assert.equal(highest % EVENTS_PER_REPORT, 0, "of a report there are all events or none");
  assert.ok(highest >= (told.get("events") ?? 0) * EVENTS_PER_REPORT);
}

async function checkTasks({ tasks }: Store, run: string, told: Told): Promise<void> {
  const batches = told.get("batch") ?? 0;
  for (let n = 1; n <= batches + 1; n++) {
    const batchId = idOf(run, n);
    const owed = await tasks.list({ batchId, limit: 100 });
    const isThere = await tasks.batch(batchId) !== null;
    assert.ok(isThere || n > batches, `batch ${n} was answered and is gone`);
    assert.equal(owed.length, isThere ? TASKS_PER_BATCH : 0, "of a batch there are all tasks or none");
    const first = owed.find(({ id }) => id === `${batchId}-0`);
    if (n <= (told.get("done") ?? 0)) assert.equal(first?.state, "done");
    assert.equal(first?.endedMs ?? null, first?.state === "done" ? n : null, "of a change there is all or nothing");
  }
}

async function checkRest({ audit, facts, joinTokens }: Store, run: string, told: Told): Promise<void> {
  const entries = await audit.walk(0, 1e6);
  assert.deepEqual(entries.map(({ seq }) => seq), entries.map((_, at) => at + 1), "the audit has no gap");
  assert.ok(entries.filter(({ actor }) => actor === run).length >= (told.get("audit") ?? 0));
  assert.ok(Number(await facts.get(run) ?? 0) >= (told.get("fact") ?? 0));
  const used = told.get("use") ?? 0;
  const uses = (await joinTokens.byHash(`hash-${run}`))?.uses ?? 0;
  assert.ok(uses >= used && uses <= used + 2 * TOKEN_USERS, `${uses} uses, of which ${used} were answered`);
}

Deno.test("whenever the manager is killed, what its store has answered is there, and nothing by half", () =>
  inTempDir(async (dir) => {
    const seed = chosenSeed();
    // deno-lint-ignore no-console
    console.log(`FARHAND_SEED=${seed}`);
    const random = randomOf(seed);
    const all = new Map<string, Told>();
    for (let kill = 0; kill < KILLS; kill++) {
      const run = `run${kill}`;
      const told = await killed(join(dir, "manager.db"), run, random, kill % EARLY_EVERY === EARLY_EVERY - 1);
      all.set(run, told);
      await using opened = openStoreIn(dir);
      for (const check of [checkHosts, checkTasks, checkRest]) await check(opened.store, run, told);
      assert.deepEqual(opened.logged(), []);
    }
    await using opened = openStoreIn(dir);
    for (const [run, told] of all) {
      for (const check of [checkHosts, checkTasks, checkRest]) await check(opened.store, run, told);
    }
    const answers = [...all.values()].flatMap((told) => [...told.values()]).reduce((sum, n) => sum + n, 0);
    assert.ok(answers > KILLS * 20, `only ${answers} changes were answered`);
    // deno-lint-ignore no-console
    console.log(`${answers} answered changes, ${KILLS} kills`);
  }));
