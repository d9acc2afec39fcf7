import assert from "node:assert/strict";
import { openApiProblems } from "../../../../tests/helpers/openapi.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { bearerGate, buildApp, type Gate, trustedGate } from "../../../http/mod.ts";
import { Secret } from "../../../core/mod.ts";
import type { EventQuery } from "../store/store.ts";
import type { ListenRequest } from "./event_listener.ts";
import { eventRoutes } from "./event_routes.ts";

const NOW = Date.UTC(2026, 0, 2);

/** The routes over events that record what they are asked for. */
function api(gate: Gate = trustedGate) {
  const asked: { queries: EventQuery[]; streams: ListenRequest[] } = { queries: [], streams: [] };
  const routes = eventRoutes({
    nowMs: () => NOW,
    list(query) {
      asked.queries.push(query);
      return { events: [], next: 7 };
    },
    stream(request) {
      asked.streams.push(request);
      return new Response(": hello\n\n", { headers: { "content-type": "text/event-stream" } });
    },
  });
  return { asked, app: buildApp({ title: "t", version: "1", routes, gate, log: recordingLog().log }) };
}

Deno.test("events are asked for by number, count, process and time", async () => {
  const { app, asked } = api();
  const paths = [
    "",
    "?after=5&limit=10&process=web",
    "?since=1h",
    "?since=2026-01-01T00:00:00Z&limit=10000",
  ];
  for (const path of paths) {
    assert.deepEqual((await (await app.request(`/v1/events${path}`)).json()).data, { events: [], next: 7 });
  }
  assert.deepEqual(asked.queries, [
    { limit: 100 },
    { limit: 10, after: 5, process: "web" },
    { limit: 100, sinceMs: NOW - 3_600_000 },
    { limit: 10_000, sinceMs: NOW - 86_400_000 },
  ]);
});

for (
  const [path, message] of [
    ["?limit=0", 'limit must be a whole number from 1 to 10000, got "0"'],
    ["?limit=10001", 'limit must be a whole number from 1 to 10000, got "10001"'],
    ["?after=-1", `after must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got "-1"`],
    [
      "?since=soon",
      'since must be a time such as 2026-01-31T12:00:00Z or a duration before now such as 2h, got "soon"',
    ],
    ["?form=1", 'Cannot accept the request: query: Unrecognized key: "form"'],
    ["/stream?after=x", `after must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got "x"`],
  ] as const
) {
  Deno.test(`events${path} is refused with what to write`, async () => {
    const response = await api().app.request(`/v1/events${path}`);
    assert.deepEqual([response.status, (await response.json()).msg], [400, message]);
  });
}

Deno.test("a stream goes on where the listener was: by what it has got last, before what it asks for", async () => {
  const { app, asked } = api();
  const ask = async (path: string, headers: Record<string, string> = {}) =>
    await (await app.request(`/v1/events/stream${path}`, { headers })).text();
  assert.equal(await ask(""), ": hello\n\n");
  await ask("?after=3&process=web");
  await ask("?after=3", { "last-event-id": "9" });
  await ask("?after=3", { "last-event-id": "" });
  assert.deepEqual(asked.streams, [{}, { after: 3, process: "web" }, { after: 9 }, { after: 3 }]);
  const refused = await app.request("/v1/events/stream", { headers: { "last-event-id": "abc" } });
  assert.match((await refused.json()).msg, /^Last-Event-ID must be a whole number/);
});

Deno.test("over an address with a token its bearer alone may ask", async () => {
  const { app } = api(bearerGate(new Secret("0123456789abcdef")));
  for (const path of ["/v1/events", "/v1/events/stream"]) assert.equal((await app.request(path)).status, 401);
});

Deno.test("the routes describe themselves by the rules of OpenAPI 3.1", async () => {
  const document = await (await api().app.request("/openapi.json")).json();
  assert.deepEqual(openApiProblems(document), []);
});
