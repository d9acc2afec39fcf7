import assert from "node:assert/strict";
import type { ProcessRow } from "../../../platform/mod.ts";
import type { Handle } from "../store/store.ts";
import { findRemains, type MarkedProcess } from "./adoption.ts";

const identityOf = (pid: number, startTime = pid) => ({ pid, startTime: String(startTime), bootId: "b" });
const row = (pid: number, session = pid, startTime = pid): ProcessRow => ({
  identity: identityOf(pid, startTime),
  parentPid: 1,
  processGroup: session,
  session,
  isZombie: false,
  cpuSeconds: 0,
  rssBytes: 0,
  threads: 1,
  name: "shop",
});
const mark = (id: string, run: string, of: ProcessRow): MarkedProcess => ({ row: of, mark: { id, run } });
const handle = (id: string, run: string, pid: number): Handle => ({
  id,
  run,
  identity: identityOf(pid),
  startedMs: 1,
  restarts: 2,
  cgroup: "",
  fingerprint: "f",
});
const all = () => true;
const none = () => false;

Deno.test("a handle whose process lives is taken over; a reused pid is not", () => {
  const handles = [handle("shop", "r1", 7)];
  const [found] = findRemains({ handles, marked: [], isAlive: all });
  assert.deepEqual([found?.leader?.pid, found?.run, found?.handle], [7, "r1", handles[0]]);
  assert.deepEqual(findRemains({ handles, marked: [], isAlive: none }), []);
});

Deno.test("without a handle the markers tell, and the oldest leader of a session is the program", () => {
  const marked = [
    mark("shop", "r1", row(9, 9, 20)),
    mark("shop", "r1", row(8, 8, 10)),
    mark("shop", "r1", row(10, 8, 5)),
  ];
  const [found] = findRemains({ handles: [], marked, isAlive: all });
  assert.deepEqual([found?.leader?.pid, found?.run, found?.handle, found?.surplus], [8, "r1", null, []]);
});

Deno.test("descendants of a program that has ended are nobody to take over, but must go", () => {
  const handles = [handle("shop", "r1", 7)];
  const [found] = findRemains({ handles, marked: [mark("shop", "r1", row(9))], isAlive: none });
  assert.deepEqual([found?.leader, found?.surplus], [null, ["r1"]]);
});

Deno.test("an agent killed between a start and its note: the new program counts, the rest of the old one must go", () => {
  const handles = [handle("shop", "r1", 7)];
  const marked = [mark("shop", "r1", row(9)), mark("shop", "r2", row(12))];
  const [found] = findRemains({ handles, marked, isAlive: none });
  assert.deepEqual([found?.leader?.pid, found?.run, found?.surplus], [12, "r2", ["r1"]]);
});

Deno.test("of two programs of one process only one stays: the one that is known", () => {
  const handles = [handle("shop", "r1", 7)];
  const marked = [mark("shop", "r1", row(7)), mark("shop", "r2", row(12))];
  const [found] = findRemains({ handles, marked, isAlive: all });
  assert.deepEqual([found?.leader?.pid, found?.surplus], [7, ["r2"]]);
});

Deno.test("zombies are not there", () => {
  const marked = [mark("shop", "r1", { ...row(7), isZombie: true })];
  assert.deepEqual(findRemains({ handles: [], marked, isAlive: all }), []);
});
