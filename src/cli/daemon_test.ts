import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { ApiClient } from "../http/mod.ts";
import { isSameProcess, type ProcessIdentity, processIdentity, readPidFile, writePidFile } from "../platform/mod.ts";
import type { AgentStatus } from "../protocol/mod.ts";
import { Daemon } from "./daemon.ts";

const never = new AbortController().signal;
const ignore = Deno.build.os === "windows"; // the agents here are shell scripts
const notRunning = new AppError("not_running", "nothing there");

type Api = (path: string, init: RequestInit) => Promise<unknown>;

/** A daemon whose agent is a shell script that has `$DIR`, and whose control API is a function. */
function daemonIn(dir: string, { script = "exit 9", api }: { script?: string; api: Api }) {
  const client = new ApiClient(async (path, init) =>
    Response.json({ code: 0, msg: "ok", data: await api(path, init) })
  );
  const paths = { pidFile: join(dir, "agent.pid"), socket: join(dir, "agent.sock") };
  const env = { DIR: dir, PATH: "/usr/bin:/bin" };
  return new Daemon({ client, paths, runCommand: ["/bin/sh", "-c", script], env, stopGraceMs: 100 });
}

const startIn = (dir: string, timeoutMs = 20_000, signal = never) => ({
  workDir: join(dir, "work"),
  timeoutMs,
  signal,
});

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
const lines = async (path: string) => (await Deno.readTextFile(path)).trim().split("\n");

function statusOf(pid: number): AgentStatus {
  return {
    state: "ok",
    pid,
    version: "1.0.0",
    commit: "c",
    target: "t",
    startedMs: 1,
    uptimeMs: 1,
    hostname: "h",
    mode: "standalone",
    logLevel: "info",
    config: { file: null, loadedMs: 1, warnings: [] },
    paths: { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" },
    listen: null,
    addresses: { primary: {}, all: [] },
    memory: { rssBytes: 1, heapUsedBytes: 1 },
    components: [],
  };
}

/** The API of an agent that is there once the script has written its pid into `$DIR/ready`. */
function readyByFile(dir: string): Api {
  return async (path) => {
    if (!await exists(join(dir, "ready"))) throw notRunning;
    const [pid] = await lines(join(dir, "ready"));
    return path === "/v1/status" ? statusOf(Number(pid)) : null;
  };
}

const READY = 'echo $$ >"$DIR/ready.new"; mv "$DIR/ready.new" "$DIR/ready"';

/** A script that runs as long as the test does, and who it is. */
async function withProcess(script: string, use: (identity: ProcessIdentity) => Promise<void>): Promise<void> {
  const args = ["-c", `${script}\necho ready; while :; do sleep 0.01; done`];
  const child = new Deno.Command("/bin/sh", { args, stdout: "piped" }).spawn();
  try {
    await child.stdout.getReader().read();
    const identity = processIdentity(child.pid);
    assert.ok(identity);
    await use(identity);
  } finally {
    const identity = processIdentity(child.pid);
    if (identity !== null) child.kill("SIGKILL");
    await child.status;
  }
}

Deno.test({
  name: "start finds the agent that runs already, and spawns none",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const api: Api = (path) => Promise.resolve(path === "/v1/status" ? statusOf(7) : null);
      const outcome = await daemonIn(dir, { script: 'touch "$DIR/spawned"', api }).start(startIn(dir));
      assert.deepEqual([outcome.alreadyRunning, outcome.status.pid], [true, 7]);
      assert.deepEqual([...Deno.readDirSync(dir)], []);
    }),
});

Deno.test({
  name: "start spawns an agent and waits until it is ready",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const script = `echo once >>"$DIR/spawns"; sleep 0.1; ${READY}; sleep 60`;
      const outcome = await daemonIn(dir, { script, api: readyByFile(dir) }).start(startIn(dir));
      assert.equal(outcome.alreadyRunning, false);
      assert.deepEqual(await lines(join(dir, "spawns")), ["once"]);
      Deno.kill(-outcome.status.pid, "SIGKILL");
    }),
});

const FAILURES: readonly (readonly [what: string, script: string, code: string, message: RegExp])[] = [
  ["says why", "echo 'error: no room' >&2; exit 1", "unavailable", /^The agent did not start: no room$/],
  ["has a bad config", "echo 'error: line 7: no' >&2; exit 2", "invalid_config", /did not start: line 7: no$/],
  ["says nothing", "exit 1", "unavailable", /ended with exit code 1 and said nothing/],
  ["is killed", "kill -9 $$", "unavailable", /ended with SIGKILL and said nothing/],
];
for (const [what, script, code, message] of FAILURES) {
  Deno.test({
    name: `an agent that ${what} makes the start fail at once`,
    ignore,
    fn: () =>
      inTempDir(async (dir) => {
        const started = daemonIn(dir, { script, api: () => Promise.reject(notRunning) }).start(startIn(dir));
        await assert.rejects(started, { name: "AppError", code, message });
      }),
  });
}

Deno.test({
  name: "a start that has lost the race finds the winner, once its own agent has ended",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      // As if another had become ready meanwhile.
      const script = `echo 1 >"$DIR/ready"; sleep 0.2; touch "$DIR/ended"; exit 7`;
      const outcome = await daemonIn(dir, { script, api: readyByFile(dir) }).start(startIn(dir));
      assert.deepEqual([outcome.alreadyRunning, outcome.status.pid], [true, 1]);
      assert.equal(await exists(join(dir, "ended")), true);
    }),
});

Deno.test({
  name: "a race that is always lost ends with the loser's words, and is not run too often",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const script = `echo once >>"$DIR/spawns"; echo 'error: Another agent runs on /x' >&2; exit 7`;
      const started = daemonIn(dir, { script, api: () => Promise.reject(notRunning) }).start(startIn(dir, 500));
      await assert.rejects(started, {
        code: "timeout",
        message: "The agent was not ready within 0.5 s: Another agent runs on /x",
      });
      assert.ok((await lines(join(dir, "spawns"))).length <= 5);
    }),
});

Deno.test({
  name: "an agent that is not ready in time is killed, and the message says what kept it",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const api: Api = (path) => Promise.reject(new AppError("unavailable", `The agent is starting: uplink (${path})`));
      const started = daemonIn(dir, { script: 'echo $$ >"$DIR/pid"; exec sleep 60', api }).start(startIn(dir, 300));
      await assert.rejects(started, {
        code: "timeout",
        message: "The agent was not ready within 0.3 s: The agent is starting: uplink (/readyz)",
      });
      await untilGone(Number(await Deno.readTextFile(join(dir, "pid"))));
    }),
});

async function untilGone(pid: number): Promise<void> {
  while (processIdentity(pid) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test({
  name: "an interrupted start kills what it has spawned and says that it was interrupted",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const interrupt = new AbortController();
      const reason = new AppError("cancelled", "Interrupted");
      const api: Api = async () => {
        if (await exists(join(dir, "ready"))) interrupt.abort(reason);
        throw notRunning;
      };
      const script = `${READY}; exec sleep 60`;
      const started = daemonIn(dir, { script, api }).start(startIn(dir, 20_000, interrupt.signal));
      await assert.rejects(started, reason);
      await untilGone(Number(await Deno.readTextFile(join(dir, "ready"))));
    }),
});

Deno.test({
  name: "an agent that belongs to somebody else is neither started again nor waited for",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      const denied = new AppError("forbidden", "Not allowed to use the control socket");
      await assert.rejects(daemonIn(dir, { api: () => Promise.reject(denied) }).start(startIn(dir)), denied);
      assert.deepEqual([...Deno.readDirSync(dir)], []);
    }),
});

Deno.test("an agent that is not there is told from one that is there and silent", () =>
  inTempDir(async (dir) => {
    const silent = new DOMException("Signal timed out.", "TimeoutError");
    for (const error of [notRunning, silent]) {
      const daemon = daemonIn(dir, { api: () => Promise.reject(error) });
      await Deno.remove(join(dir, "agent.pid")).catch(() => {}); // there is none in the first round
      await assert.rejects(daemon.status(), {
        code: "not_running",
        message: /^The agent is not running: .*agent\.sock$/,
      });
      const self = processIdentity(Deno.pid);
      assert.ok(self);
      await writePidFile(join(dir, "agent.pid"), self);
      const message = new RegExp(
        `^The agent, pid ${Deno.pid}, runs but does not answer on .*agent\\.sock; see its log$`,
      );
      await assert.rejects(daemon.status(), { code: "unavailable", message });
    }
  }));

Deno.test("what the agent itself answers to a question is passed on", () =>
  inTempDir(async (dir) => {
    const refusal = new AppError("invalid_config", "Cannot read config a.yaml: line 7: no");
    const daemon = daemonIn(dir, { api: () => Promise.reject(refusal) });
    await assert.rejects(daemon.ask("/v1/reload", { method: "POST" }), refusal);
    const reason = new AppError("cancelled", "Interrupted");
    await assert.rejects(daemon.ask("/v1/reload", { signal: AbortSignal.abort(reason) }), reason);
  }));

/** A daemon whose agent streams what the function gives. */
function streamingIn(dir: string, stream: (signal: AbortSignal | null) => ReadableStream<string>): Daemon {
  const client = new ApiClient((_, { signal = null }) => {
    const body = stream(signal).pipeThrough(new TextEncoderStream());
    return Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
  });
  const paths = { pidFile: join(dir, "agent.pid"), socket: join(dir, "agent.sock") };
  return new Daemon({ client, paths, runCommand: ["/bin/false"], env: {} });
}

Deno.test("an agent is followed until it ends, or until one has seen enough", () =>
  inTempDir(async (dir) => {
    const daemon = streamingIn(dir, () => ReadableStream.from(["event: sample\ndata: 1\n\n", "data: 2\n\n"]));
    const events = await Array.fromAsync(daemon.follow("/v1/samples/stream", never));
    assert.deepEqual(events, [{ event: "sample", data: "1" }, { event: "message", data: "2" }]);
    const reason = new AppError("cancelled", "Interrupted");
    const abort = new AbortController();
    const endless = streamingIn(dir, (signal) =>
      new ReadableStream({
        start(controller) {
          controller.enqueue("data: 1\n\n");
          signal?.addEventListener("abort", () => controller.error(signal.reason));
        },
      }));
    const follow = async () => {
      for await (const { data } of endless.follow("/v1/samples/stream", abort.signal)) {
        assert.equal(data, "1");
        abort.abort(reason);
      }
    };
    await assert.rejects(follow(), reason);
  }));

Deno.test("to follow an agent that is not there, that refuses or that has gone is explained", () =>
  inTempDir(async (dir) => {
    const refusal = new AppError("invalid_input", "interval: no");
    const cases: readonly [AppError, object][] = [
      [notRunning, { code: "not_running", message: /^The agent is not running: .*agent\.sock$/ }],
      [refusal, refusal],
    ];
    for (const [error, expected] of cases) {
      const refused = daemonIn(dir, { api: () => Promise.reject(error) });
      await assert.rejects(Array.fromAsync(refused.follow("/x", never)), expected);
      const broken = streamingIn(dir, () => new ReadableStream({ pull: (controller) => controller.error(error) }));
      await assert.rejects(Array.fromAsync(broken.follow("/x", never)), expected);
    }
  }));

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
