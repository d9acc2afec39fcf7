import assert from "node:assert/strict";
import { viewOf } from "../../../tests/helpers/fake_supervisor.ts";
import { inOrder, labelsOption, pickIds, selectorOf, statesOption } from "./selection.ts";

Deno.test("exactly one way to say which processes is taken, and none is a mistake", () => {
  assert.deepEqual(selectorOf(["a", "b"], {}), { ids: ["a", "b"] });
  assert.deepEqual(selectorOf([], { all: true }), { all: true });
  assert.deepEqual(selectorOf([], { label: ["a=b", "c=d=e"] }), { labels: { a: "b", c: "d=e" } });
  assert.throws(() => selectorOf([], {}), /Say which processes: by their ids, with --label name=value, or --all/);
  assert.throws(() => selectorOf([], { label: [] }), /Say which/);
  assert.throws(() => selectorOf(["a"], { all: true }), /exclude each other/);
  assert.throws(() => selectorOf([], { all: true, label: ["a=b"] }), /exclude each other/);
});

Deno.test("labels and states that are none are explained", () => {
  assert.deepEqual(labelsOption(["a=", "__proto__=b"]), Object.fromEntries([["a", ""], ["__proto__", "b"]]));
  for (const bad of ["web", "=web", ""]) assert.throws(() => labelsOption([bad]), /--label takes name=value/);
  assert.deepEqual(statesOption("running, failed,"), ["running", "failed"]);
  assert.throws(() => statesOption("runing"), /there is no state "runing"; did you mean running\?/);
  assert.throws(() => statesOption("zzz"), /the states are starting, running, /);
});

const replica = (group: string, index: number) => viewOf({ id: `${group}-${index}`, group });
const VIEWS = [replica("web", 10), viewOf({ id: "db" }), replica("web", 9), replica("web", 0)];

Deno.test("replicas stand together, in the order of their numbers", () => {
  assert.deepEqual(inOrder(VIEWS).map(({ id }) => id), ["web-0", "web-9", "web-10", "db"]);
});

Deno.test("an id means a process or all replicas of one; what is neither is told with the nearest", () => {
  const picked = (...ids: string[]) => pickIds(VIEWS, ids).map(({ id }) => id);
  assert.equal(picked().length, 4);
  assert.deepEqual(picked("web"), ["web-10", "web-9", "web-0"]);
  assert.deepEqual(picked("db", "web-9", "db"), ["db", "web-9"]);
  assert.throws(() => picked("db", "wbe-9"), /There is no process "wbe-9"; did you mean web-9\?/);
  assert.throws(() => picked("something"), /There is no process "something"; "agent ps" lists them/);
});
