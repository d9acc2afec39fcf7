import assert from "node:assert/strict";
import { openApiProblems } from "../../../../tests/helpers/openapi.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { bearerGate, buildApp, type Gate, trustedGate } from "../../../http/mod.ts";
import { Secret } from "../../../core/mod.ts";
import type { Collectors } from "../collectors.ts";
import type { HistoryQuery } from "../history/history.ts";
import type { StreamRequest } from "./live_samples.ts";
import { collectorRoutes } from "./routes.ts";

const NOW = Date.UTC(2026, 0, 2);

/** The routes over collectors that record what they are asked for. */
function api(gate: Gate = trustedGate) {
  const asked: { history: HistoryQuery[]; streams: StreamRequest[]; wants: ((name: string) => boolean)[] } = {
    history: [],
    streams: [],
    wants: [],
  };
  const collectors = {
    nowMs: () => NOW,
    latest(wants: (name: string) => boolean) {
      asked.wants.push(wants);
      return [];
    },
    history(query: HistoryQuery) {
      asked.history.push(query);
      return { fromMs: query.fromMs, toMs: query.toMs, stepMs: query.stepMs ?? 1, timesMs: [], series: [] };
    },
    stream(request: StreamRequest) {
      asked.streams.push(request);
      return new Response(": hello\n\n", { headers: { "content-type": "text/event-stream" } });
    },
    report: () => ({ collectors: [], history: { bytes: 0, maxBytes: 1, series: 0, refused: 0 } }),
    metricsText: (format: string) => Promise.resolve(`# ${format}\n`),
  };
  const routes = collectorRoutes(collectors as unknown as Collectors);
  return { asked, app: buildApp({ title: "t", version: "1", routes, gate, log: recordingLog().log }) };
}

Deno.test("metrics are text, in the format that is asked for", async () => {
  const { app } = api();
  const plain = await app.request("/metrics");
  assert.equal(plain.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(await plain.text(), "# prometheus\n");
  const open = await app.request("/metrics", { headers: { accept: "application/openmetrics-text; version=1.0.0" } });
  assert.equal(open.headers.get("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  assert.equal(await open.text(), "# openmetrics\n");
});

Deno.test("without from, to, duration and step the latest readings are given, of the collectors that are asked for", async () => {
  const { app, asked } = api();
  const { data } = await (await app.request("/v1/samples?collectors=cpu,%20exec/*")).json();
  assert.deepEqual(data, { timeMs: NOW, readings: [] });
  const names = ["cpu", "load", "exec/backup", "exec"];
  assert.deepEqual(names.filter((name) => asked.wants[0]?.(name)), ["cpu", "exec/backup"]);
});

Deno.test("the past is given of the last hour, or of the time that is asked for", async () => {
  const { app, asked } = api();
  const spans = ["step=1m", "duration=24h", "from=2026-01-01T00:00:00Z&to=2026-01-01T06:00:00Z", "from=1767312000000"];
  for (const span of spans) assert.equal((await app.request(`/v1/samples?${span}`)).status, 200);
  const hours = asked.history.map(({ fromMs, toMs, stepMs }) => [
    (fromMs - NOW) / 3_600_000,
    (toMs - NOW) / 3_600_000,
    stepMs,
  ]);
  assert.deepEqual(hours, [[-1, 0, 60_000], [-24, 0, undefined], [-24, -18, undefined], [0, 0, undefined]]);
});

Deno.test("series and collectors choose the lines", async () => {
  const { app, asked } = api();
  await app.request("/v1/samples?duration=1h&series=disk.*,load.load1&collectors=disk");
  const names = ['disk.used_percent{mount="/"}', "load.load1", "cpu.usage_percent"];
  assert.deepEqual(names.filter((name) => asked.history[0]?.wants(name)), ['disk.used_percent{mount="/"}']);
});

for (
  const [query, message] of [
    ["duration=soon", 'duration must be a duration such as 90s or 1h, got "soon"'],
    ["step=0", 'step must be a duration such as 90s or 1h, got "0"'],
    ["from=yesterday", 'from must be milliseconds since 1970 or a time such as 2026-01-31T12:00:00Z, got "yesterday"'],
    ["form=1", 'Cannot accept the request: query: Unrecognized key: "form"'],
  ] as const
) {
  Deno.test(`samples?${query} is refused with what to write`, async () => {
    const response = await api().app.request(`/v1/samples?${query}`);
    assert.deepEqual([response.status, (await response.json()).msg], [400, message]);
  });
}

Deno.test("a stream has the pace that is asked for, within limits", async () => {
  const { app, asked } = api();
  const answer = await app.request("/v1/samples/stream?interval=2s&collectors=cpu");
  assert.equal(await answer.text(), ": hello\n\n");
  await (await app.request("/v1/samples/stream")).text();
  assert.deepEqual(asked.streams.map(({ intervalMs }) => intervalMs), [2_000, undefined]);
  for (const interval of ["10ms", "2h", "fast"]) {
    assert.equal((await app.request(`/v1/samples/stream?interval=${interval}`)).status, 400, interval);
  }
});

Deno.test("over an address with a token its bearer alone may ask", async () => {
  const { app } = api(bearerGate(new Secret("0123456789abcdef")));
  const status = async (headers: Record<string, string>) => (await app.request("/metrics", { headers })).status;
  assert.deepEqual(
    [
      await status({}),
      await status({ authorization: "Bearer 0123456789abcdef" }),
      await status({ authorization: "Bearer x" }),
    ],
    [401, 200, 401],
  );
  assert.equal((await api(bearerGate(undefined)).app.request("/metrics")).status, 200);
});

Deno.test("the routes describe themselves by the rules of OpenAPI 3.1", async () => {
  const document = await (await api().app.request("/openapi.json")).json();
  assert.deepEqual(openApiProblems(document), []);
  assert.deepEqual(Object.keys(document.paths["/metrics"].get.responses[200].content), [
    "text/plain",
    "application/openmetrics-text",
  ]);
});
