import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { keptSettingsPath, loadManagedConfig, readKeptSettings } from "./kept_settings.ts";
import type { LoadOptions } from "./load.ts";

const KEPT = { managerId: "m-1", version: 3, values: { "collectors.interval": "7s", manager: { timeout: "9s" } } };

/** An agent in this directory, with a manager unless it is to have none. */
function optionsIn(dir: string, hasManager = true): LoadOptions {
  const at = (name: string) => join(dir, name);
  return {
    file: null,
    fileRequired: false,
    env: {},
    flags: { set: [...hasManager ? ["manager.address=wss://m.example"] : [], "collectors.interval=1m"] },
    defaults: { workDir: dir, pidFile: at("pid"), logFile: at("log"), socket: at("sock") },
    cwd: dir,
  };
}

const keep = (dir: string, value: unknown) => Deno.writeTextFile(keptSettingsPath(dir), JSON.stringify(value));

Deno.test("what the manager has set is in force without it, and its origin is told", () =>
  inTempDir(async (dir) => {
    assert.equal(await readKeptSettings(dir), null);
    assert.equal((await loadManagedConfig(optionsIn(dir))).config.collectors.interval.ms, 60_000);
    await keep(dir, KEPT);
    assert.deepEqual(await readKeptSettings(dir), KEPT);
    const { config, origins, warnings } = await loadManagedConfig(optionsIn(dir));
    assert.deepEqual([config.collectors.interval.ms, config.manager.timeout.ms, warnings], [7_000, 9_000, []]);
    assert.equal(origins.get("collectors.interval")?.kind, "manager");
  }));

Deno.test("a host that has left its manager is its own again", () =>
  inTempDir(async (dir) => {
    await keep(dir, KEPT);
    assert.equal((await loadManagedConfig(optionsIn(dir, false))).config.collectors.interval.ms, 60_000);
  }));

Deno.test("settings that are bad or cannot be read are left out with a warning, and the agent can start", () =>
  inTempDir(async (dir) => {
    for (const bad of [{ ...KEPT, values: { "collectors.interval": "soon" } }, { ...KEPT, values: [] }, null, "x"]) {
      await keep(dir, bad);
      const { config, warnings } = await loadManagedConfig(optionsIn(dir));
      assert.equal(config.collectors.interval.ms, 60_000);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", /^the manager's settings are ignored: /);
    }
    await Deno.writeTextFile(keptSettingsPath(dir), "{");
    assert.equal((await loadManagedConfig(optionsIn(dir))).warnings.length, 1);
  }));

Deno.test("settings that are tried are taken instead of the kept ones, and a bad one is refused", () =>
  inTempDir(async (dir) => {
    await keep(dir, KEPT);
    const tried = await loadManagedConfig({ ...optionsIn(dir), dynamic: { "collectors.interval": "3s" } });
    assert.deepEqual([tried.config.collectors.interval.ms, tried.config.manager.timeout.ms], [3_000, 30_000]);
    const bad = loadManagedConfig({ ...optionsIn(dir), dynamic: { "collectors.interval": "soon" } });
    await assert.rejects(bad, { code: "invalid_config", message: /manager: collectors\.interval must be a duration/ });
  }));
