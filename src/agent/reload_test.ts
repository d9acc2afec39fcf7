import assert from "node:assert/strict";
import { configIn } from "../../tests/helpers/loaded_config.ts";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import type { LoadedConfig } from "../config/mod.ts";
import { AppError } from "../core/mod.ts";
import { createReloader, type LiveKey } from "./reload.ts";

/** A reloader that reads whatever `next` gives, and what it has put in force. */
async function bench(dir: string, next: () => Promise<LoadedConfig>) {
  const { log, records } = recordingLog();
  const applied: string[] = [];
  const live: LiveKey[] = [
    { key: "agent.log.level", apply: (config) => void applied.push(config.agent.log.level) },
    { key: "agent.trim_interval", apply: (config) => void applied.push(String(config.agent.trim_interval)) },
  ];
  let nowMs = 1_000;
  const initial = await configIn(dir);
  const reloader = createReloader({ initial, load: next, live, nowMs: () => nowMs++, log });
  return { initial, reloader, applied, records };
}

Deno.test("a reload puts in force what is live and names what needs a restart", () =>
  inTempDir(async (dir) => {
    const next = await configIn(dir, "agent.log.level=debug", "agent.id=web-1");
    const { reloader, applied } = await bench(dir, () => Promise.resolve(next));
    assert.equal(reloader.loadedMs(), 1_000);
    const report = await reloader.reload();
    assert.deepEqual(report, { file: null, applied: ["agent.log.level"], needsRestart: ["agent.id"], warnings: [] });
    assert.deepEqual(applied, ["debug"]);
    assert.equal(reloader.current(), next);
    assert.equal(reloader.loadedMs(), 1_001);
  }));

Deno.test("what needs a restart is named until it is undone; what is live is applied when it changes, and only then", () =>
  inTempDir(async (dir) => {
    const sets = [
      ["agent.id=web-1", "agent.log.level=warn"],
      ["agent.id=web-1", "agent.log.level=warn", "agent.trim_interval=20s"],
      ["agent.log.level=warn"],
    ];
    const { reloader, applied } = await bench(dir, () => configIn(dir, ...sets.shift() ?? []));
    const reports = [await reloader.reload(), await reloader.reload(), await reloader.reload()];
    assert.deepEqual(reports.map(({ needsRestart }) => needsRestart), [["agent.id"], ["agent.id"], []]);
    assert.deepEqual(reports.map((report) => report.applied), [
      ["agent.log.level"],
      ["agent.trim_interval"],
      ["agent.trim_interval"],
    ]);
    assert.deepEqual(applied, ["warn", "20s", "10s"]);
  }));

Deno.test("a bad config changes nothing, is logged, and does not stand in the way of the next", () =>
  inTempDir(async (dir) => {
    const good = await configIn(dir, "agent.log.level=error");
    let bad = true;
    const { initial, reloader, applied, records } = await bench(
      dir,
      () => bad ? configIn(dir, "agent.log.level=loud") : Promise.resolve(good),
    );
    await assert.rejects(reloader.reload(), { code: "invalid_config", message: /loud/ });
    assert.equal(reloader.current(), initial);
    assert.equal(reloader.loadedMs(), 1_000);
    assert.deepEqual(applied, []);
    assert.deepEqual(records.map(({ level, msg }) => `${level} ${msg}`), [
      "error config not reloaded; the old one stays in force",
    ]);
    bad = false;
    await reloader.reload();
    assert.deepEqual(applied, ["error"]);
  }));

Deno.test("of reloads at once the last one decides, however long the first takes to read", () =>
  inTempDir(async (dir) => {
    const slow = Promise.withResolvers<LoadedConfig>();
    const loads = [slow.promise, configIn(dir, "agent.log.level=error")];
    const { reloader, applied } = await bench(dir, () => loads.shift() ?? Promise.reject(new AppError("internal", "")));
    const both = Promise.all([reloader.reload(), reloader.reload()]);
    slow.resolve(await configIn(dir, "agent.log.level=debug"));
    await both;
    assert.deepEqual(applied, ["debug", "error"]);
    assert.equal(reloader.current().config.agent.log.level, "error");
  }));
