import assert from "node:assert/strict";
import { fakeApi, fakePorts } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { fleetSearchLine } from "../../../protocol/mod.ts";

const SEARCH = "/api/v1/logs/search";
const ports = () =>
  fakePorts(
    hostView("web-1", { labels: { env: "dev" } }),
    hostView("db-1", { labels: { env: "prod" } }),
    hostView("old", { kind: "worker" }),
  );

Deno.test("the hosts that the caller may see are searched, and the lines come as they are found", async () => {
  await using api = fakeApi(ports());
  const { logSearch } = api.ports;
  logSearch.found.push({
    ...{ type: "match", host: "web-1", hostId: "web-1", process: "P", processId: "p", file: "stdout" },
    ...{ at: 1, text: "an error", timeMs: 5 },
  });
  const response = await api.ask("viewer", "GET", `${SEARCH}?pattern=err&since=1h&before=2&limit=7`);
  assert.equal(response.headers.get("content-type"), "application/x-ndjson; charset=utf-8");
  const lines = (await response.text()).trim().split("\n").map((line) => fleetSearchLine().parse(JSON.parse(line)));
  assert.deepEqual(lines.map(({ type }) => type), ["match", "end"]);
  const [asked] = logSearch.asked;
  assert.deepEqual(asked?.hosts.map(({ id }) => id), ["web-1", "db-1"]);
  assert.equal(String(asked?.query), "pattern=err&since=1h&limit=7&before=2&timeoutMs=30000");
  assert.deepEqual([asked?.limit, asked?.timeoutMs, asked?.actor], [7, 30_000, "viewer"]);
});

Deno.test("a caller with a scope searches there and nowhere else, also while it changes", async () => {
  await using api = fakeApi(ports());
  const { logSearch, auth, hub } = api.ports;
  await (await api.ask("dev", "GET", `${SEARCH}?pattern=a`)).text();
  assert.deepEqual(logSearch.asked[0]?.hosts.map(({ id }) => id), ["web-1"]);
  assert.equal((await api.ask("dev", "GET", `${SEARCH}?pattern=a&select=db-1`)).status, 404);
  assert.equal(logSearch.asked[0]?.maySee("web-1"), true);
  assert.equal(logSearch.asked[0]?.maySee("db-1"), false);
  hub.hosts.delete("web-1");
  assert.equal(logSearch.asked[0]?.maySee("web-1"), false);
  assert.equal(auth.listeners, 0);
});

Deno.test("what makes no sense is refused before a host is asked", async () => {
  await using api = fakeApi(ports());
  const cases: readonly (readonly [query: string, status: number])[] = [
    ["", 400],
    ["pattern=(&regex=true", 400],
    ["pattern=a&limit=99999", 400],
    ["pattern=a&before=51", 400],
    ["pattern=a&since=yesterday", 400],
    ["pattern=a&since=1h&until=2h", 400],
    ["pattern=a&timeoutMs=0", 400],
    ["pattern=a&select=nobody", 404],
    ["pattern=a&select==", 400],
  ];
  for (const [query, status] of cases) {
    const response = await api.ask("viewer", "GET", `${SEARCH}?${query}`);
    assert.deepEqual([query, response.status], [query, status]);
    await response.body?.cancel();
  }
  assert.equal((await api.ask(null, "GET", `${SEARCH}?pattern=a`)).status, 401);
  assert.deepEqual(api.ports.logSearch.asked, []);
});

Deno.test("so many searches a caller has at once, and who leaves makes room", async () => {
  await using api = fakeApi(ports());
  const { logSearch } = api.ports;
  logSearch.goesOn = true;
  const open: ReadableStreamDefaultReader[] = [];
  for (let count = 0; count < 4; count++) {
    const reader = (await api.ask("viewer", "GET", `${SEARCH}?pattern=a`)).body!.getReader();
    void reader.read().catch(() => {}); // it is left below
    open.push(reader);
  }
  await until(() => logSearch.running === 4, "all of them search");
  assert.equal((await api.ask("viewer", "GET", `${SEARCH}?pattern=a`)).status, 429);
  const other = (await api.ask("operator", "GET", `${SEARCH}?pattern=a`)).body;
  await other?.cancel();
  for (const reader of open) await reader.cancel();
  await until(() => logSearch.running === 0, "none searches");
  logSearch.goesOn = false;
  assert.equal((await api.ask("viewer", "GET", `${SEARCH}?pattern=a`)).status, 200);
});

Deno.test("a search ends with the permission of its caller, and with the manager", async () => {
  const api = fakeApi(ports());
  const { logSearch, auth } = api.ports;
  logSearch.goesOn = true;
  const [first, second] = [
    await api.ask("viewer", "GET", `${SEARCH}?pattern=a`),
    await api.ask("operator", "GET", `${SEARCH}?pattern=a`),
  ];
  const ends = [assert.rejects(first.text(), /permission/), assert.rejects(second.text(), /manager stops/)];
  await until(() => logSearch.running === 2, "both search");
  auth.ended.add("viewer");
  auth.changed();
  await until(() => logSearch.running === 1, "one was ended");
  await api[Symbol.asyncDispose]();
  await Promise.all(ends);
  assert.deepEqual([logSearch.running, auth.listeners], [0, 0]);
});
