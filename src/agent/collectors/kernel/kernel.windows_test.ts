import assert from "node:assert/strict";
import { TextSink } from "../../../core/mod.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { parseSeries } from "../../../../tests/helpers/prometheus.ts";
import { windowsDeps, windowsHost } from "../../../../tests/helpers/windows_host.ts";
import { windowsKernel } from "./kernel.windows.ts";
import { kernelMetrics } from "./metrics.ts";

const OPTIONS = {} as Parameters<typeof windowsKernel>[0];
const SIGNAL = new AbortController().signal;
const ZONE = { key: "UTC", name: "Coordinated Universal Time", utcOffsetSeconds: 0 };

Deno.test("handles, uptime, time and zone are told, under windows_exporter's names where it has any", async () => {
  const measures = windowsHost({
    systemTotals: () => ({ pageBytes: 4096, handles: 44_000 }),
    uptimeSeconds: () => 3600.5,
    timeZone: () => ZONE,
  });
  const clock = new FakeClock(1_700_000_000_000);
  const { sample, problems } = await windowsKernel(OPTIONS, windowsDeps({ clock }), measures).collect(SIGNAL);
  assert.deepEqual(problems, []);
  assert.deepEqual(sample, {
    openFiles: 44_000,
    uptimeSeconds: 3600.5,
    timeSeconds: 1_700_000_000,
    timeZone: "Coordinated Universal Time",
    utcOffsetSeconds: 0,
  });
  const sink = new TextSink("prometheus");
  kernelMetrics(sample, sink, "windows");
  const series = parseSeries(sink.text());
  assert.equal(series.get("farhand_kernel_open_handles"), 44_000);
  assert.equal(series.get("windows_os_time"), 1_700_000_000);
  assert.equal(series.get("windows_time_current_timestamp_seconds"), 1_700_000_000);
  assert.equal(series.get('windows_os_timezone{timezone="Coordinated Universal Time"}'), 1);
});

Deno.test("what cannot be read is absent and a problem; without any of it there is no reading", async () => {
  const measures = windowsHost({ uptimeSeconds: () => 5 });
  const { sample, problems } = await windowsKernel(OPTIONS, windowsDeps(), measures).collect(SIGNAL);
  assert.deepEqual([sample.openFiles, sample.uptimeSeconds, sample.timeZone], [undefined, 5, undefined]);
  assert.deepEqual(problems.map((problem) => problem.split(":", 1)[0]), ["handles", "time zone"]);
  const nothing = windowsHost({ timeZone: () => ZONE });
  assert.throws(() => windowsKernel(OPTIONS, windowsDeps(), nothing).collect(SIGNAL), { code: "unavailable" });
});
