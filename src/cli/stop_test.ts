import assert from "node:assert/strict";
import { join } from "node:path";
import { type Api, daemonIn, notRunning, statusOf, withProcess } from "../../tests/helpers/daemon_in.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { isSameProcess, readPidFile, writePidFile } from "../platform/mod.ts";
import { stopText, unstoppedText } from "./stop.ts";

const never = new AbortController().signal;
const ignore = Deno.build.os === "windows"; // the agents here are shell scripts

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
const stopping = (force: boolean, timeoutMs = 100) => ({ timeoutMs, force, signal: never });

Deno.test("stopping an agent that is not there says so", () =>
  inTempDir(async (dir) => {
    const daemon = daemonIn(dir, { api: () => Promise.reject(notRunning) });
    await assert.rejects(daemon.stop(stopping(true)), { code: "not_running" });
    await Deno.writeTextFile(join(dir, "agent.pid"), "999999999\n");
    await assert.rejects(daemon.stop(stopping(true)), { code: "not_running" });
  }));

Deno.test({
  name: "stop asks by the API, waits for the end of the process and tells what would not stop",
  ignore,
  fn: () =>
    inTempDir((dir) =>
      withProcess("", async (identity) => {
        await writePidFile(join(dir, "agent.pid"), identity);
        const asked: unknown[] = [];
        const stuck = { name: "uplink", state: "failed", sinceMs: 1, reason: "did not stop within 5s" } as const;
        const api: Api = (path, { method, body }) => {
          asked.push([method, path, body]);
          Deno.kill(identity.pid, "SIGKILL");
          return Promise.resolve({ components: [stuck, { name: "trim", state: "stopped", sinceMs: 1 }] });
        };
        const outcome = await daemonIn(dir, { api }).stop(stopping(false, 5_000));
        assert.deepEqual(outcome, { pid: identity.pid, unstopped: [stuck], killed: false });
        assert.deepEqual(asked, [["POST", "/v1/stop", '{"timeoutMs":5000}']]);
        assert.equal(isSameProcess(identity), false);
      })
    ),
});

Deno.test({
  name: "an agent whose API is broken is asked by a signal",
  ignore,
  fn: () =>
    inTempDir((dir) =>
      withProcess(`trap 'echo bye >"${dir}/bye"; exit 0' TERM`, async (identity) => {
        await writePidFile(join(dir, "agent.pid"), identity);
        const daemon = daemonIn(dir, { api: () => Promise.reject(notRunning) });
        assert.deepEqual(await daemon.stop(stopping(false, 10_000)), {
          pid: identity.pid,
          unstopped: [],
          killed: false,
        });
        assert.ok(await exists(join(dir, "bye")));
      })
    ),
});

Deno.test({
  name: "an agent that will not end is an error, or killed where that was asked for, with its pid file",
  ignore,
  fn: () =>
    inTempDir((dir) =>
      withProcess("trap '' TERM", async (identity) => {
        const pidFile = join(dir, "agent.pid");
        await writePidFile(pidFile, identity);
        const daemon = daemonIn(dir, { api: () => Promise.reject(notRunning) });
        await assert.rejects(daemon.stop(stopping(false)), {
          code: "timeout",
          message: new RegExp(`pid ${identity.pid}, has not ended within 0\\.1 s .*"agent stop --force" kills it$`),
        });
        assert.ok(isSameProcess(identity));
        assert.deepEqual(await daemon.stop(stopping(true)), { pid: identity.pid, unstopped: [], killed: true });
        assert.equal(isSameProcess(identity), false);
        assert.deepEqual(await readPidFile(pidFile), { state: "absent" });
      })
    ),
});

Deno.test({
  name: "without a pid file, whoever answers on the socket is stopped",
  ignore,
  fn: () =>
    inTempDir((dir) =>
      withProcess("", async (identity) => {
        const api: Api = (path) => {
          if (path === "/v1/status") return Promise.resolve(statusOf(identity.pid));
          Deno.kill(identity.pid, "SIGKILL");
          return Promise.resolve({ components: [] });
        };
        const outcome = await daemonIn(dir, { api }).stop(stopping(false, 10_000));
        assert.deepEqual(outcome, { pid: identity.pid, unstopped: [], killed: false });
      })
    ),
});

Deno.test({
  name: "processes are stopped with the agent where that is asked for, and it says what has become of them",
  ignore,
  fn: () =>
    inTempDir((dir) =>
      withProcess("", async (identity) => {
        await writePidFile(join(dir, "agent.pid"), identity);
        const processes = { left: 0, stopped: 3, unstopped: ["db"] };
        const bodies: unknown[] = [];
        const api: Api = (_, { body }) => {
          bodies.push(body);
          Deno.kill(identity.pid, "SIGKILL");
          return Promise.resolve({ components: [], processes });
        };
        const outcome = await daemonIn(dir, { api }).stop({ ...stopping(false, 5_000), withProcesses: true });
        assert.deepEqual(outcome, { pid: identity.pid, unstopped: [], killed: false, processes });
        assert.deepEqual(bodies, ['{"timeoutMs":5000,"withProcesses":true}']);
      })
    ),
});

Deno.test({
  name: "an agent that cannot be told to stop its processes is left alone with them, unless by force",
  ignore,
  fn: () =>
    inTempDir((dir) =>
      withProcess("trap 'exit 0' TERM", async (identity) => {
        await writePidFile(join(dir, "agent.pid"), identity);
        const daemon = daemonIn(dir, { api: () => Promise.reject(notRunning) });
        await assert.rejects(daemon.stop({ ...stopping(false, 5_000), withProcesses: true }), {
          code: "unavailable",
          message: /cannot be told to stop its processes: nothing there; "agent stop" without --with-processes/,
        });
        assert.ok(isSameProcess(identity));
        const outcome = await daemon.stop({ ...stopping(true, 5_000), withProcesses: true });
        assert.deepEqual(outcome, { pid: identity.pid, unstopped: [], killed: false });
      })
    ),
});

const outcome = { pid: 7, unstopped: [], killed: false };
const processes = { left: 0, stopped: 0, unstopped: [] };

Deno.test("a stop says what goes on running, and how to end it", () => {
  assert.equal(stopText(outcome), "agent stopped, pid 7");
  assert.equal(stopText({ ...outcome, killed: true, processes }, "advice"), "agent killed, pid 7");
  const left = (count: number) => ({ ...outcome, processes: { ...processes, left: count } });
  assert.equal(stopText(left(12), "advice"), "agent stopped, pid 7; 12 processes go on running (advice)");
  assert.equal(stopText(left(1)), "agent stopped, pid 7; 1 process goes on running");
  const stopped = { ...outcome, processes: { ...processes, stopped: 3 } };
  assert.equal(stopText(stopped, "advice"), "agent stopped, pid 7; 3 processes stopped with it");
});

Deno.test("what has not stopped is named, and what nobody knows of is told", () => {
  assert.equal(unstoppedText(outcome), "");
  assert.equal(unstoppedText({ ...outcome, processes }, { withProcesses: true }), "");
  const component = { name: "x", state: "failed", sinceMs: 1, reason: "busy" } as const;
  assert.equal(
    unstoppedText({ ...outcome, unstopped: [component], processes: { ...processes, unstopped: ["a", "b\x1b"] } }),
    "The agent has ended, but these would not stop in time: x (busy); these processes would not end: a, b?",
  );
  assert.equal(
    unstoppedText(outcome, { withProcesses: true }),
    "The agent has ended, but what it supervised may still run: it did not say",
  );
});
