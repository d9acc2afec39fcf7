import assert from "node:assert/strict";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import type { FileSystemUse } from "../../../platform/mod.ts";
import {
  type Answer,
  MAX_ROUND_MS,
  MAX_WAITING,
  MAX_WAITING_REMOTE,
  MountAsker,
  PATIENCE_MS,
  type Question,
} from "./mount_asker.ts";

const USE: FileSystemUse = { sizeBytes: 1000, usedBytes: 400 };

/** File systems that answer at once, but for those that hang until the test lets them go. */
class Disks {
  readonly asked: string[] = [];
  readonly hanging = new Set<string>();
  readonly #waiting = new Map<string, { answer(use: FileSystemUse): void; fail(error: Error): void }>();

  readonly read = (path: string): Promise<FileSystemUse> => {
    this.asked.push(path);
    if (!this.hanging.has(path)) return Promise.resolve(USE);
    return new Promise((answer, fail) => this.#waiting.set(path, { answer, fail }));
  };

  get stuck(): number {
    return this.#waiting.size;
  }

  release(path: string, error?: Error): void {
    const call = this.#waiting.get(path);
    this.#waiting.delete(path);
    if (error === undefined) call?.answer(USE);
    else call?.fail(error);
  }
}

function setUp() {
  const disks = new Disks();
  const clock = new FakeClock();
  const asker = new MountAsker(disks.read);
  const ask = (questions: readonly Question[], signal = new AbortController().signal) =>
    asker.ask(questions, clock, signal);
  /** Asks, and moves time on until there are answers. */
  const askFor = async (questions: readonly Question[], ms: number) => {
    const answers = ask(questions);
    await clock.advance(ms);
    return await answers;
  };
  return { disks, clock, asker, ask, askFor };
}

const disk = (path: string): Question => ({ path, source: path, local: true });
const share = (path: string, source = path): Question => ({ path, source, local: false });
const errorOf = (answer: Answer | undefined) => answer?.use === undefined ? answer?.error : "no error";

Deno.test("each file system is asked once and gives its use", async () => {
  const { disks, clock, ask } = setUp();
  const answers = await ask([disk("/"), disk("/data"), share("/mnt"), disk("/")]);
  assert.deepEqual([...answers.keys()], ["/", "/data", "/mnt"]);
  assert.deepEqual(answers.get("/data"), { use: USE });
  assert.deepEqual(disks.asked, ["/", "/data", "/mnt"]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("while one hangs the others are read, and it is given up after a short wait", async () => {
  const { disks, clock, askFor } = setUp();
  disks.hanging.add("/mnt");
  const answers = await askFor([share("/mnt"), disk("/"), share("/other")], PATIENCE_MS);
  assert.deepEqual(answers.get("/"), { use: USE });
  assert.deepEqual(answers.get("/other"), { use: USE });
  assert.equal(errorOf(answers.get("/mnt")), "stuck: no answer for 2 s");
  assert.equal(clock.sleeping, 0);
});

Deno.test("a file system that hangs is not asked again before its call has returned, and nobody waits for it", async () => {
  const { disks, clock, ask, askFor } = setUp();
  disks.hanging.add("/mnt");
  const questions = [disk("/"), share("/mnt")];
  const first = await askFor(questions, PATIENCE_MS);
  await clock.advance(8_000);
  const second = await ask(questions); // which would never settle if it waited: nobody moves the clock
  assert.deepEqual(disks.asked, ["/", "/mnt", "/"]);
  assert.equal(errorOf(second.get("/mnt")), "stuck: no answer for 10 s");
  const cause = (answers: Map<string, Answer>) => {
    const answer = answers.get("/mnt");
    return answer?.use === undefined ? answer?.cause : undefined;
  };
  assert.equal(cause(first), cause(second));

  disks.release("/mnt");
  disks.hanging.clear();
  await clock.advance(0);
  assert.deepEqual((await ask(questions)).get("/mnt"), { use: USE });
  assert.deepEqual(disks.asked.filter((path) => path === "/mnt").length, 2);
});

Deno.test("a call that fails late frees its place as well", async () => {
  const { disks, clock, asker, ask, askFor } = setUp();
  disks.hanging.add("/mnt");
  await askFor([share("/mnt")], PATIENCE_MS);
  assert.deepEqual(asker.waiting(), { all: 1, remote: 1 });
  disks.release("/mnt", new Error("Stale file handle"));
  disks.hanging.clear();
  await clock.advance(0);
  assert.deepEqual(asker.waiting(), { all: 0, remote: 0 });
  assert.deepEqual((await ask([share("/mnt")])).get("/mnt"), { use: USE });
});

Deno.test("what cannot be asked says why, in the same words each time", async () => {
  const asker = new MountAsker(() => Promise.reject(new Error("Permission denied")));
  const answers = await asker.ask([disk("/root")], new FakeClock(), new AbortController().signal);
  assert.deepEqual(answers.get("/root"), { error: "Permission denied", cause: "Permission denied" });
});

Deno.test("two hundred hung mounts of one server take one call", async () => {
  const { disks, askFor, ask } = setUp();
  const questions = Array.from({ length: 200 }, (_, index) => share(`/home/${index}`, "filer"));
  for (const { path } of questions) disks.hanging.add(path);
  const answers = await askFor([disk("/"), ...questions], PATIENCE_MS);
  assert.equal(disks.stuck, 1);
  assert.deepEqual(answers.get("/"), { use: USE });
  assert.equal(errorOf(answers.get("/home/0")), "stuck: no answer for 2 s");
  assert.equal(errorOf(answers.get("/home/199")), "not asked: /home/0, of the same source, does not answer");
  await ask(questions);
  assert.equal(disks.stuck, 1);
});

Deno.test("two hundred hung servers take a bounded number of calls, and disks are read all the same", async () => {
  const { disks, asker, ask, askFor } = setUp();
  const questions = Array.from({ length: 200 }, (_, index) => share(`/mnt/${index}`));
  for (const { path } of questions) disks.hanging.add(path);
  const answers = await askFor([...questions, disk("/")], MAX_ROUND_MS);
  assert.equal(disks.stuck, MAX_WAITING_REMOTE);
  assert.deepEqual(answers.get("/"), { use: USE });
  assert.equal(errorOf(answers.get("/mnt/199")), "not asked: too many others do not answer");
  assert.equal(answers.size, 201);
  assert.deepEqual((await ask([...questions, disk("/")])).get("/"), { use: USE });
  assert.deepEqual(asker.waiting(), { all: MAX_WAITING_REMOTE, remote: MAX_WAITING_REMOTE });
});

Deno.test("no number of dead disks takes more calls than there may be", async () => {
  const { disks, asker, askFor } = setUp();
  const questions = Array.from({ length: 50 }, (_, index) => index % 2 ? disk(`/d${index}`) : share(`/s${index}`));
  for (const { path } of questions) disks.hanging.add(path);
  for (let round = 0; round < 3; round++) await askFor(questions, MAX_ROUND_MS);
  assert.equal(disks.stuck, MAX_WAITING);
  assert.equal(asker.waiting().all, MAX_WAITING);
});

Deno.test("answers that are slow but come are waited for", async () => {
  const { disks, clock, ask } = setUp();
  const questions = Array.from({ length: 3 }, (_, index) => share(`/mnt/${index}`, "filer"));
  for (const { path } of questions) disks.hanging.add(path);
  const answers = ask(questions);
  for (const { path } of questions) {
    await clock.advance(PATIENCE_MS - 500);
    disks.release(path);
  }
  await clock.advance(PATIENCE_MS);
  for (const answer of (await answers).values()) assert.deepEqual(answer, { use: USE });
});

Deno.test("a reading that is called off ends although a file system hangs", async () => {
  const { disks, clock, ask } = setUp();
  disks.hanging.add("/mnt");
  const stop = new AbortController();
  const answers = ask([disk("/"), share("/mnt")], stop.signal);
  stop.abort();
  await clock.advance(100);
  assert.deepEqual((await answers).get("/"), { use: USE });
  assert.equal(errorOf((await answers).get("/mnt")), "stuck: no answer for 0 s");
  assert.equal(clock.sleeping, 0);
});

Deno.test("an answer that comes after its reading does not change it", async () => {
  const { disks, clock, askFor } = setUp();
  disks.hanging.add("/mnt");
  const answers = await askFor([share("/mnt")], PATIENCE_MS);
  disks.release("/mnt");
  await clock.advance(0);
  assert.equal(errorOf(answers.get("/mnt")), "stuck: no answer for 2 s");
});

Deno.test("two readings at a time do not ask one path twice, although it was mounted anew in between", async () => {
  const { disks, clock, ask } = setUp();
  disks.hanging.add("/slow").add("/mnt");
  const first = ask([disk("/slow"), share("/mnt", "new")]);
  const second = ask([share("/mnt", "old")]);
  disks.release("/slow");
  await clock.advance(PATIENCE_MS);
  assert.deepEqual(disks.asked, ["/slow", "/mnt"]);
  assert.match(errorOf((await first).get("/mnt")) ?? "", /^stuck: /);
  assert.equal(errorOf((await second).get("/mnt")), "stuck: no answer for 2 s");
});
