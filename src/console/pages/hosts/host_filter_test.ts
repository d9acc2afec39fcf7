import assert from "node:assert/strict";
import * as fc from "fast-check";
import { consoleHost as hostView } from "../../../../tests/helpers/console_host.ts";
import { filterHosts, labelKeys, readWish, traitCounts } from "./host_filter.ts";

const HOSTS = [
  hostView("web-1", { labels: { env: "prod", team: "web" }, state: "online", address: "10.0.0.1" }),
  hostView("web-2", { labels: { env: "dev" }, state: "offline" }),
  hostView("db", { labels: { env: "prod" }, state: "online", drained: true, processes: { total: 3, bad: 1 } }),
];
const NONE = { text: "", select: "", states: "" };
const names = (wish: Partial<typeof NONE>) => filterHosts(HOSTS, readWish({ ...NONE, ...wish })).map(({ id }) => id);

Deno.test("hosts are found by the parts of what is known of them, all of which must fit", () => {
  assert.deepEqual(names({}), ["web-1", "web-2", "db"]);
  assert.deepEqual(names({ text: "WEB" }), ["web-1", "web-2"]);
  assert.deepEqual(names({ text: "web env=prod" }), ["web-1"]);
  assert.deepEqual(names({ text: "10.0.0.1" }), ["web-1"]);
  assert.deepEqual(names({ select: "env=prod,team!=web" }), ["db"]);
  assert.deepEqual(names({ states: "offline" }), ["web-2"]);
  assert.deepEqual(names({ states: "bad,offline" }), ["web-2", "db"]);
  assert.deepEqual(names({ states: "drained" }), ["db"]);
});

Deno.test("what is no selector yet hides nothing, and says why", () => {
  assert.deepEqual(names({ select: "env=prod,=" }), ["web-1", "web-2", "db"]);
  assert.match(readWish({ ...NONE, select: "=" }).problem ?? "", /selector/);
});

Deno.test("the counts are of what the rest leaves, whichever states are chosen", () => {
  const counts = traitCounts(HOSTS, readWish({ ...NONE, text: "web", states: "offline" }));
  assert.deepEqual([counts.online, counts.offline, counts.bad, counts.drained], [1, 1, 0, 0]);
});

Deno.test("the keys of labels are known, a few of them", () => {
  assert.deepEqual(labelKeys(HOSTS, 10), ["env", "team"]);
  assert.deepEqual(labelKeys(HOSTS, 1), ["env"]);
});

Deno.test("no address makes filtering throw", () => {
  const wish = fc.record({ text: fc.string(), select: fc.string(), states: fc.string() });
  fc.assert(fc.property(wish, (given) => void filterHosts(HOSTS, readWish(given))));
});
