import assert from "node:assert/strict";
import { join } from "node:path";
import { single } from "../../../core/mod.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { createOtlpExporter, type OtlpExporterOptions, parseHeaders } from "./otlp_exporter.ts";

const never = new AbortController().signal;

/** An OpenTelemetry collector that answers as it is told, and an exporter that sends to it each minute. */
async function withCollector(
  answer: (request: Request) => Response | Promise<Response>,
  use: (test: {
    clock: FakeClock;
    bodies: unknown[];
    states: string[];
    messages: () => string[];
    exporter: (more?: Partial<OtlpExporterOptions>) => ReturnType<typeof createOtlpExporter>;
  }) => Promise<void>,
): Promise<void> {
  const bodies: unknown[] = [];
  const states: string[] = [];
  const { log, records } = recordingLog();
  const clock = new FakeClock();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    bodies.push(await request.clone().json());
    return await answer(request);
  });
  const exporter = (more: Partial<OtlpExporterOptions> = {}) =>
    createOtlpExporter({
      endpoint: `http://127.0.0.1:${server.addr.port}/v1/metrics?key=secret`,
      headersFile: "",
      intervalMs: 60_000,
      timeoutMs: 60_000,
      resource: { "host.name": "web-1" },
      clock,
      log,
      writeMetrics: (sink) => Promise.resolve(single(sink, "node_load1", "gauge", "Load.", 1)),
      onState: (state, reason) => void states.push(reason === undefined ? state : `${state}: ${reason}`),
      random: () => 0,
      ...more,
    });
  try {
    await use({ clock, bodies, states, messages: () => records.map(({ msg }) => msg), exporter });
  } finally {
    await server.shutdown();
  }
}

Deno.test("the metrics are sent at the interval, with the headers of the file", () =>
  inPlainTempDir(async (dir) => {
    const headersFile = join(dir, "headers");
    await Deno.writeTextFile(headersFile, "# for the collector\r\nAuthorization: Bearer abc\n\nX-Tenant: 7\n");
    const seen: (string | null)[] = [];
    const answer = ({ headers }: Request) => {
      seen.push(headers.get("authorization"), headers.get("x-tenant"), headers.get("content-type"));
      return new Response("{}");
    };
    await withCollector(answer, async ({ clock, bodies, states, exporter }) => {
      const component = exporter({ headersFile });
      await component.start(never);
      await clock.advance(0);
      await until(() => states.length === 1, "the first send");
      await clock.advance(60_000);
      await until(() => states.length === 2, "the second send");
      await component.stop();
      assert.deepEqual(states, ["ok", "ok"]);
      assert.equal(bodies.length, 2);
      assert.match(JSON.stringify(bodies[0]), /"name":"node_load1"/);
      assert.deepEqual(seen.slice(0, 3), ["Bearer abc", "7", "application/json"]);
      assert.equal(clock.sleeping, 0);
    });
  }));

Deno.test("a refusal is told with status and text, without the query, once; the next send is tried all the same", async () => {
  let refuses = true;
  const answer = () => refuses ? new Response("quota\n\x1b[31mexceeded", { status: 429 }) : new Response("{}");
  await withCollector(answer, async ({ clock, states, messages, exporter }) => {
    const component = exporter();
    await component.start(never);
    await clock.advance(0);
    await until(() => states.length === 1, "a refusal");
    await clock.advance(60_000);
    await until(() => states.length === 2, "another refusal");
    refuses = false;
    await clock.advance(60_000);
    await until(() => states.length === 3, "a success");
    await component.stop();
    assert.match(
      states[0] ?? "",
      /^degraded: http:\/\/127\.0\.0\.1:\d+\/v1\/metrics refuses the metrics with status 429: quota \[31mexceeded$/,
    );
    assert.equal(states[2], "ok");
    assert.deepEqual(messages(), ["sending the metrics failed", "sending the metrics works again"]);
  });
});

Deno.test("an exporter that is stopped while it sends leaves at once, and says nothing of it", async () => {
  const asked = Promise.withResolvers<void>();
  const late = Promise.withResolvers<Response>();
  const answer = () => {
    asked.resolve();
    return late.promise;
  };
  await withCollector(answer, async ({ clock, states, exporter }) => {
    const component = exporter();
    await component.stop();
    await component.start(never);
    await clock.advance(0);
    await asked.promise;
    await component.stop();
    await component.stop();
    late.resolve(new Response());
    assert.deepEqual(states, []);
  });
});

Deno.test("a headers file that cannot be read, or has a line that is none, is told before anything is sent", () =>
  inPlainTempDir(async (dir) => {
    await withCollector(() => new Response(), async ({ exporter }) => {
      const missing = exporter({ headersFile: join(dir, "missing") });
      await assert.rejects(missing.start(never), { code: "invalid_config", message: /headers_file .*missing/ });
    });
    assert.throws(() => parseHeaders("A: 1\nBearer topsecret", "headers"), (error: Error) => {
      assert.equal(error.message, 'headers: line 2 must be "Name: value"');
      return true;
    });
  }));
