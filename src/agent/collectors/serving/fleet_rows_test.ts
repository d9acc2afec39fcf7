import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { configIn } from "../../../../tests/helpers/loaded_config.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { FLEET_SERIES } from "../../../protocol/mod.ts";
import { Collectors } from "../collectors.ts";
import { History, type HistoryQuery } from "../history/history.ts";
import { describeSeries } from "../registry.ts";
import { Task } from "../runner/task.ts";
import { fleetRow, fleetRows } from "./fleet_rows.ts";

const NOW = 1_700_000_000_000;

/** A collector that has made one reading with these points. */
async function task(name: string, points: readonly (readonly [string, number, string?])[], clock: FakeClock) {
  const spec = {
    name,
    readAtScrape: true,
    series: [],
    points: (
      _now: unknown,
      _before: unknown,
      _elapsed: number,
      emit: (...point: readonly [string, number, string?]) => void,
    ) => points.forEach((point) => emit(...point)),
    metrics: () => {},
  };
  const create = () => ({ collect: () => ({ sample: {}, problems: [] }) });
  const made = new Task(
    { name, spec, intervalMs: 1_000, timeoutMs: 1_000, onDemand: true, create },
    clock,
    recordingLog().log,
  );
  const history = new History(1_000_000, describeSeries);
  await made.readDue(history.track(name, 1_000));
  return { made, history };
}

Deno.test("of percentages the largest instance counts, of rates the sum, and what is absent is null", async () => {
  const clock = new FakeClock(NOW);
  const { made: disk } = await task("disk", [
    ["disk.used_percent", 20, "/"],
    ["disk.used_percent", 80, "/data"],
    ["disk.read_bytes_per_second", 100, "sda"],
    ["disk.read_bytes_per_second", 50, "sdb"],
    ["disk.write_bytes_per_second", NaN, "sda"],
  ], clock);
  await clock.advance(500);
  const { made: load } = await task("load", [["load.load1", 1.5]], clock);
  const { made: other } = await task("processes", [["processes.cpu_percent", 1]], clock);
  const series = [
    "load.load1",
    "disk.used_percent",
    "disk.read_bytes_per_second",
    "disk.write_bytes_per_second",
    "cpu.usage_percent",
  ];
  assert.deepEqual(fleetRow([disk, load, other], series), { timeMs: NOW + 500, values: [1.5, 80, 150, null, null] });
  assert.equal(fleetRow([other], series), null);
  assert.deepEqual(fleetRow([load], ["load.load1"]), { timeMs: NOW + 500, values: [1.5] });
});

Deno.test("the past is told by the same rule, a row a step, without the steps in which nothing was measured", () => {
  const history = new History(1_000_000, describeSeries);
  const track = history.track("disk", 10_000);
  for (const [at, root, data] of [[0, 10, 90], [10_000, 20, 80], [40_000, 30, 70]] as const) {
    track.begin(NOW + at);
    track.point("disk.used_percent", root, "/");
    track.point("disk.used_percent", data, "/data");
    track.point("disk.read_bytes_per_second", at, "sda");
    track.point("disk.busy_percent", 1, "sda");
  }
  const query = (asked: HistoryQuery) => history.query(asked, NOW + 60_000);
  const series = ["disk.used_percent", "disk.read_bytes_per_second", "cpu.usage_percent"];
  assert.deepEqual(fleetRows(query, series, { fromMs: NOW, toMs: NOW + 60_000, stepMs: 10_000 }), [
    { timeMs: NOW, values: [90, 0, null] },
    { timeMs: NOW + 10_000, values: [80, 10_000, null] },
    { timeMs: NOW + 40_000, values: [70, 40_000, null] },
  ]);
  assert.deepEqual(fleetRows(query, series, { fromMs: NOW, toMs: NOW, stepMs: 10_000 }), []);
});

Deno.test("every series of the fleet is one that a collector has", () => {
  assert.deepEqual(FLEET_SERIES.filter((name) => describeSeries(name) === undefined), []);
});

Deno.test("collectors that run give a row of this host", () =>
  inTempDir(async (dir) => {
    const clock = new FakeClock(NOW);
    const { config } = await configIn(dir);
    const ports = { supervised: () => [], queues: () => ({}) };
    const collectors = new Collectors({
      config: config.collectors,
      clock,
      log: recordingLog().log,
      ports,
      onFailing: () => {},
    });
    assert.equal(collectors.fleetRow(FLEET_SERIES), null);
    await collectors.start(new AbortController().signal);
    for (let look = 0; collectors.fleetRow(FLEET_SERIES) === null && look < 1_000; look++) {
      await clock.advance(1);
      await settle();
    }
    const row = collectors.fleetRow(FLEET_SERIES);
    assert.equal(row?.values.length, FLEET_SERIES.length);
    await collectors.stop();
  }));
