import assert from "node:assert/strict";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import type { ProcessRow, ProcessTree } from "./halves.ts";
import { TreeKiller } from "./tree_killer.ts";

const tree = (marker: string): ProcessTree => ({ leader: null, marker, cgroup: "", jobName: "" });
const row = (pid: number): ProcessRow => ({
  identity: { pid, startTime: "1", bootId: "boot" },
  parentPid: 1,
  processGroup: pid,
  session: pid,
  isZombie: false,
  cpuSeconds: 0,
  rssBytes: 0,
  threads: 1,
  name: "",
});

/** What the looks show of each tree, one after the other; the last for ever. */
function killer(shows: Readonly<Record<string, readonly (readonly number[])[]>>) {
  const clock = new FakeClock();
  const log: string[] = [];
  const looks: Record<string, number> = {};
  const subject = new TreeKiller({
    clock,
    look(trees) {
      log.push(`look ${trees.map(({ marker }) => marker).join("+")}`);
      return trees.map(({ marker }) => {
        const count = looks[marker] = (looks[marker] ?? 0) + 1;
        return (shows[marker]?.[count - 1] ?? shows[marker]?.at(-1) ?? []).map(row);
      });
    },
    kill: ({ marker }, members) =>
      void log.push(`kill ${marker} ${members.map(({ identity }) => identity.pid).join()}`),
  });
  return { subject, clock, log };
}

const never = () => new AbortController().signal;
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("it kills until two looks in a row have shown nobody", async () => {
  const { subject, clock, log } = killer({ a: [[1, 2], [], [3], [], []] });
  let left: number | undefined;
  void subject.kill(tree("a"), never()).then((count) => left = count);
  for (let i = 0; i < 10 && left === undefined; i++) {
    await settle();
    await clock.advance(100);
  }
  assert.equal(left, 0);
  assert.deepEqual(log, ["look a", "kill a 1,2", "look a", "look a", "kill a 3", "look a", "look a"]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("trees that are killed together share the looks; one that joins does not wait", async () => {
  const { subject, clock, log } = killer({ a: [[1]], b: [[2], []], c: [[3], []] });
  const abort = new AbortController();
  const all = [subject.kill(tree("a"), abort.signal), subject.kill(tree("b"), never())];
  await settle();
  assert.deepEqual(log.splice(0), ["look a+b", "kill a 1", "kill b 2"]);
  all.push(subject.kill(tree("c"), never()));
  await settle();
  assert.deepEqual(log.splice(0), ["look a+b+c", "kill a 1", "kill c 3"]);
  for (let i = 0; i < 6; i++) {
    await clock.advance(100);
    await settle();
  }
  assert.deepEqual(await Promise.all(all.slice(1)), [0, 0]);
  abort.abort();
  assert.equal(await all[0], 1);
  await settle();
  assert.equal(clock.sleeping, 0);
});

Deno.test("an abort tells at once how many are left, after one more try", async () => {
  const { subject, log } = killer({ a: [[1, 2]], b: [[]] });
  assert.equal(await subject.kill(tree("a"), AbortSignal.abort()), 2);
  assert.deepEqual(log, ["look a", "kill a 1,2"]);
  assert.equal(await subject.kill(tree("b"), AbortSignal.abort()), 0);
});

Deno.test("a look that fails is told to all who wait, and the next one is served", async () => {
  let isBroken = true;
  const subject = new TreeKiller({
    look(trees) {
      if (isBroken) throw new Error("no files");
      return trees.map(() => []);
    },
    kill: () => assert.fail("nobody is there"),
  });
  const both = [subject.kill(tree("a"), never()), subject.kill(tree("b"), never())];
  for (const each of both) await assert.rejects(each, /no files/);
  isBroken = false;
  assert.equal(await subject.kill(tree("a"), never()), 0);
});
