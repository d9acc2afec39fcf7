import assert from "node:assert/strict";
import { join } from "node:path";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { ApiClient, buildApp, trustedGate } from "../../../http/mod.ts";
import { type SearchEnd, type SearchLine, searchLine } from "../../../protocol/mod.ts";
import { keepLogs } from "../logs/testing.ts";
import type { Supervisor } from "../supervisor.ts";
import { chosenProcesses, searchQueryOf } from "./search_request.ts";
import { searchRoutes } from "./search_routes.ts";

const NOW = Date.now();

interface Served {
  readonly dir: string;
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  lines(query: Record<string, string>): Promise<SearchLine[]>;
}

/** The route over the log of one process "p", whose name is Shop, of group "g". */
function served(name: string, play: (served: Served) => Promise<void>): void {
  Deno.test(name, () =>
    inPlainTempDir(async (dir) => {
      await using logs = keepLogs(dir);
      const view = { id: "p", group: "g", name: "Shop", labels: { env: "prod" } };
      const supervisor = {
        views: () => [view],
        keeper: () => Promise.resolve({ equipment: { logs: logs.logs } }),
      } as unknown as Supervisor; // all that the route looks at
      const routes = searchRoutes(supervisor, () => NOW);
      const { log } = recordingLog();
      const app = buildApp({ title: "test", version: "1", routes, gate: trustedGate, log });
      const fetch = async (path: string, init: RequestInit = {}) =>
        await app.fetch(new Request(`http://agent${path}`, init));
      const client = new ApiClient(fetch);
      const lines = async (query: Record<string, string>) => {
        const found = await Array.fromAsync(client.jsonLines(`/v1/logs/search?${new URLSearchParams(query)}`));
        return found.map((line) => searchLine().parse(line));
      };
      await play({ dir, fetch, lines });
    }));
}

const append = (dir: string, text: string) => Deno.writeTextFileSync(join(dir, "out.log"), text, { append: true });

served("matches come as lines of JSON, the newest first, and then the end", async ({ dir, lines }) => {
  const [one, two, three] = [50, 30, 1].map((ago) => new Date(NOW - ago * 1_000).toISOString());
  append(dir, `${one} one\n${two} two\n  more of two\n${three} three\n`);
  const found = await lines({ pattern: "T|more", regex: "true", since: "45s", process: "g" });
  assert.deepEqual(
    found.slice(0, -1),
    [
      { text: `${three} three`, timeMs: NOW - 1_000, at: 72, spans: [[10, 11]] },
      { text: "  more of two", timeMs: NOW - 30_000, at: 58, spans: [[2, 6]] },
      { text: `${two} two`, timeMs: NOW - 30_000, at: 29, spans: [[10, 11]] },
    ].map((match) => ({ type: "match", process: "Shop", processId: "p", file: "stdout", ...match })),
  );
  const { scannedBytes, ...end } = found.at(-1) as SearchEnd;
  assert.deepEqual(end, { type: "end", matches: 3, files: 1 });
  assert.ok(scannedBytes > 80);
});

served("what makes no sense is refused before anything is searched", async ({ fetch }) => {
  const cases: readonly (readonly [query: string, status: number, message: RegExp])[] = [
    ["pattern=", 400, /pattern/],
    ["pattern=(&regex=true", 400, /\) is missing/],
    ["pattern=(a)\\1&regex=true", 400, /backreferences/],
    ["pattern=a&limit=0", 400, /limit must be a whole number/],
    ["pattern=a&limit=10001", 400, /limit/],
    ["pattern=a&before=51", 400, /before/],
    ["pattern=a&since=yesterday", 400, /since must be/],
    ["pattern=a&since=1h&until=2h", 400, /since must be before until/],
    ["pattern=a&regex=yes", 400, /regex/],
    ["pattern=a&colour=red", 400, /colour/],
    ["pattern=a&process=nobody", 404, /no process "nobody"/],
    [`pattern=${"a".repeat(1_001)}`, 400, /pattern/],
  ];
  for (const [query, status, message] of cases) {
    const response = await fetch(`/v1/logs/search?${query.replaceAll("\\", "%5C")}`);
    const { msg } = await response.json();
    assert.deepEqual([query, response.status], [query, status]);
    assert.match(msg, message);
  }
});

served("so many searches run at once and no more, and one that was left makes room", async ({ dir, fetch }) => {
  append(dir, "a\n");
  const open = await Promise.all(Array.from({ length: 4 }, () => fetch("/v1/logs/search?pattern=a")));
  const refused = await fetch("/v1/logs/search?pattern=a");
  assert.equal(refused.status, 429);
  await refused.body?.cancel();
  await open[0]?.body?.cancel();
  const next = await fetch("/v1/logs/search?pattern=a");
  assert.equal(next.status, 200);
  for (const response of [...open.slice(1), next]) assert.match(await response.text(), /"type":"end"/);
});

Deno.test("an agent without processes reads nothing of its supervisor to say that there is nothing", async () => {
  const supervisor = { views: () => [] } as unknown as Supervisor;
  const { log } = recordingLog();
  const app = buildApp({
    title: "t",
    version: "1",
    routes: searchRoutes(supervisor, () => NOW),
    gate: trustedGate,
    log,
  });
  const response = await app.fetch(new Request("http://agent/v1/logs/search?pattern=a"));
  assert.deepEqual(await response.json(), { type: "end", matches: 0, scannedBytes: 0, files: 0 });
});

Deno.test("processes are chosen by ids, groups, names with stars, and labels", () => {
  const processes = [
    { id: "web-0", group: "web", name: "Web", labels: { env: "prod" } },
    { id: "web-1", group: "web", name: "Web", labels: { env: "dev" } },
    { id: "db", group: "db", name: "Postgres", labels: { env: "prod" } },
  ];
  const ids = (text?: string) => chosenProcesses(text, processes).map(({ id }) => id);
  assert.deepEqual(ids(), ["web-0", "web-1", "db"]);
  assert.deepEqual(ids("web"), ["web-0", "web-1"]);
  assert.deepEqual(ids("web-1, Post*"), ["web-1", "db"]);
  assert.deepEqual(ids("env=prod"), ["web-0", "db"]);
  assert.deepEqual(ids("web,env!=dev"), ["web-0"]);
  assert.throws(() => ids("nobody"), { code: "not_found" });
  assert.throws(() => ids("=x"), { code: "invalid_input" });
});

Deno.test("times are those of a clock or before now", () => {
  const query = searchQueryOf({ pattern: "a", since: "2h", until: "2026-01-31T11:00:00Z" }, Date.UTC(2026, 0, 31, 12));
  assert.deepEqual([query.sinceMs, query.untilMs], [Date.UTC(2026, 0, 31, 10), Date.UTC(2026, 0, 31, 11)]);
});
