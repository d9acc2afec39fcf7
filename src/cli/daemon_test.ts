import assert from "node:assert/strict";
import { join } from "node:path";
import { type Api, daemonIn, notRunning, statusOf } from "../../tests/helpers/daemon_in.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { ApiClient } from "../http/mod.ts";
import { processIdentity, writePidFile } from "../platform/mod.ts";
import { Daemon } from "./daemon.ts";

const never = new AbortController().signal;
const ignore = Deno.build.os === "windows"; // the agents here are shell scripts
const startIn = (dir: string, timeoutMs = 20_000, signal = never) => ({
  workDir: join(dir, "work"),
  timeoutMs,
  signal,
});

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);
const lines = async (path: string) => (await Deno.readTextFile(path)).trim().split("\n");

/** The API of an agent that is there once the script has written its pid into `$DIR/ready`. */
function readyByFile(dir: string): Api {
  return async (path) => {
    if (!await exists(join(dir, "ready"))) throw notRunning;
    const [pid] = await lines(join(dir, "ready"));
    return path === "/v1/status" ? statusOf(Number(pid)) : null;
  };
}

const READY = 'echo $$ >"$DIR/ready.new"; mv "$DIR/ready.new" "$DIR/ready"';

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
  name: "an agent that was ready and does not tell more is asked again, and another is started when it has gone",
  ignore,
  fn: () =>
    inTempDir(async (dir) => {
      let answers = 0;
      const ready = readyByFile(dir);
      const api: Api = (path, init) =>
        ++answers === 1 ? Promise.resolve(null) : answers < 4 ? Promise.reject(notRunning) : ready(path, init);
      const script = `echo once >>"$DIR/spawns"; ${READY}; sleep 60`;
      const outcome = await daemonIn(dir, { script, api }).start(startIn(dir));
      assert.equal(outcome.alreadyRunning, false);
      assert.deepEqual(await lines(join(dir, "spawns")), ["once"]);
      Deno.kill(-outcome.status.pid, "SIGKILL");
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

Deno.test("a question that takes its time may be given it, and no more", () =>
  inTempDir(async (dir) => {
    const client = new ApiClient((_, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)))
    );
    const paths = { pidFile: join(dir, "agent.pid"), socket: join(dir, "agent.sock") };
    const daemon = new Daemon({ client, paths, runCommand: ["/bin/false"], env: {} });
    await assert.rejects(daemon.ask("/v1/processes/actions", { timeoutMs: 20 }), { code: "not_running" });
  }));
