import assert from "node:assert/strict";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import { configIn } from "../../tests/helpers/loaded_config.ts";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { createLifecycle } from "../lifecycle/mod.ts";
import { agentStatus } from "../protocol/mod.ts";
import { createReloader } from "./reload.ts";
import { statusOf } from "./status.ts";

const never = new AbortController().signal;

async function sourcesIn(dir: string, ...sets: string[]) {
  const clock = new FakeClock();
  const { log } = recordingLog();
  const initial = await configIn(dir, ...sets);
  const reloader = createReloader({
    initial,
    load: () => Promise.resolve(initial),
    live: [],
    nowMs: () => clock.nowMs(),
    log,
  });
  const supervisor = { counts: () => ({ total: 2, byState: { running: 2 } }) };
  const managed = null;
  return { lifecycle: createLifecycle({ clock }), reloader, supervisor, managed, log, clock, startedMs: clock.nowMs() };
}

Deno.test("the status has what the protocol asks for, and the time that has passed", () =>
  inTempDir(async (dir) => {
    const sources = await sourcesIn(dir);
    await sources.clock.advance(90_000);
    const status = await statusOf(sources, never);
    assert.deepEqual(agentStatus.parse(status), status);
    assert.equal(status.uptimeMs, 90_000);
    assert.equal(status.config.loadedMs, status.startedMs);
    assert.equal("id" in status, false);
    assert.deepEqual(status.processes, { total: 2, byState: { running: 2 } });
    assert.equal(status.listen, null);
    assert.equal(status.paths.workDir, dir);
  }));

Deno.test("an agent with a manager is managed, however its address is written, and says where it is seen from", () =>
  inTempDir(async (dir) => {
    const standalone = await statusOf(await sourcesIn(dir), never);
    for (const address of ["127.0.0.1:8443", "wss://127.0.0.1:8443", "https://[::1]:8443", "[::1]:8443"]) {
      const status = await statusOf(await sourcesIn(dir, `manager.address=${address}`), never);
      assert.equal(status.mode, "managed", address);
      // The manager is this very host, whose loopback address tells nothing: the default route counts.
      assert.deepEqual(status.addresses.primary, standalone.addresses.primary, address);
    }
  }));

Deno.test("a status that nobody waits for any more is given up", () =>
  inTempDir(async (dir) => {
    const sources = await sourcesIn(dir, "manager.address=manager.invalid:8443");
    const reason = new Error("gone");
    await assert.rejects(statusOf(sources, AbortSignal.abort(reason)), reason);
  }));
