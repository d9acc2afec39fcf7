import assert from "node:assert/strict";
import { join } from "node:path";
import { exists, IS_LINUX, IS_ROOT, NOBODY, processesNaming, until } from "../../../tests/helpers/host.ts";
import { openApiProblems } from "../../../tests/helpers/openapi.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { systemClock } from "../../core/mod.ts";
import { ApiClient, buildApp, trustedGate } from "../../http/mod.ts";
import { type ExecEnd, execEnd, type ExecReport, execReport, type ExecRequest } from "../../protocol/mod.ts";
import { Commands, MAX_COMMANDS } from "./commands.ts";
import { execRoutes } from "./routes.ts";

const never = new AbortController().signal;
const posix = { ignore: Deno.build.os === "windows" };

interface Exec {
  readonly records: ReturnType<typeof recordingLog>["records"];
  readonly client: ApiClient;
  readonly app: ReturnType<typeof buildApp>;
  run(request: ExecRequest, signal?: AbortSignal): Promise<ExecReport>;
  stream(request: ExecRequest, signal?: AbortSignal): Promise<Response>;
  stop(): Promise<void>;
}

async function withExec(use: (exec: Exec) => Promise<void>): Promise<void> {
  const { log, records } = recordingLog();
  const commands = new Commands({ clock: systemClock, log });
  const component = commands.component([]);
  const app = buildApp({ title: "t", version: "1", routes: execRoutes(commands), gate: trustedGate, log });
  const client = new ApiClient((path, init) => Promise.resolve(app.request(path, init)));
  await component.start(never);
  try {
    await use({
      records,
      client,
      app,
      run: async (request, signal) =>
        execReport().parse(await client.call("/v1/exec", { method: "POST", body: request, signal })),
      stream: (request, signal = never) =>
        Promise.resolve(app.request("/v1/exec/stream", {
          method: "POST",
          body: JSON.stringify(request),
          headers: { "content-type": "application/json" },
          signal,
        })),
      stop: () => component.stop(never),
    });
  } finally {
    await component.stop(never);
  }
}

const sh = (script: string, more: Partial<ExecRequest> = {}): ExecRequest => ({
  argv: ["/bin/sh", "-c", script],
  ...more,
});

/** The events of a stream: outputs joined as text, and how it ended. */
async function eventsOf(response: Response) {
  const text = await response.text();
  const got = { stdout: "", stderr: "", end: null as ExecEnd | null, failed: "" };
  for (const [, event, data = ""] of text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)) {
    if (event === "stdout" || event === "stderr") {
      got[event] += new TextDecoder().decode(Uint8Array.fromBase64(data));
    } else if (event === "end") got.end = execEnd().parse(JSON.parse(data));
    else got.failed = data;
  }
  return got;
}

Deno.test({
  ...posix,
  name: "a command's outputs and exit code are told, and arguments are given as they are",
  fn: () =>
    withExec(async ({ run, records }) => {
      const report = await run({
        argv: ["/bin/sh", "-c", 'printf %s "$1"; echo bad >&2; exit 3', "x", "a b; $(c) 'd'"],
      });
      assert.equal(report.stdout, "a b; $(c) 'd'");
      assert.equal(report.stderr, "bad\n");
      assert.deepEqual([report.code, report.signal, report.timedOut, report.truncated], [3, undefined, false, false]);
      assert.doesNotMatch(JSON.stringify(records), /a b;/, "arguments are not logged");
      assert.equal((await run(sh("kill -9 $$"))).signal, "SIGKILL");
    }),
});

Deno.test({
  ...posix,
  name: "a command gets its input, its directory, and an environment without the agent's own",
  fn: () =>
    withExec(async ({ run }) => {
      Deno.env.set("FARHAND_TEST_SECRET", "do-not-leak");
      try {
        const report = await run(sh("cat; pwd; env", { stdin: "héllo\n", cwd: "/", env: { OWN: "1=2" } }));
        const [first, second, ...env] = report.stdout.trim().split("\n");
        assert.deepEqual([first, second], ["héllo", "/"]);
        assert.ok(env.includes("OWN=1=2") && env.some((line) => line.startsWith("PATH=")), report.stdout);
        assert.doesNotMatch(report.stdout, /do-not-leak/);
      } finally {
        Deno.env.delete("FARHAND_TEST_SECRET");
      }
      assert.equal((await run(sh("exit 0", { stdin: "x".repeat(900_000) }))).code, 0, "nobody must read the input");
    }),
});

Deno.test({
  ...posix,
  name: "of a long output the beginning is kept, and the command runs to its end",
  fn: () =>
    withExec(async ({ run }) => {
      const report = await run(sh("yes | head -c 3000000; echo done >&2", { maxOutputBytes: 1_000 }));
      assert.deepEqual([report.stdout.length, report.stderr, report.truncated, report.code], [
        1_000,
        "done\n",
        true,
        0,
      ]);
      assert.equal((await run(sh("yes | head -c 70000"))).stdout.length, 64 * 1024);
    }),
});

Deno.test({
  name: "when its time is over the whole tree is ended, those included who have left it",
  ignore: !IS_LINUX,
  fn: () =>
    withExec(async ({ run }) => {
      const mark = `mark-${crypto.randomUUID()}`;
      const script = `setsid sh -c 'trap "" TERM; sleep 600; : ${mark}' & sleep 600; : ${mark}`;
      const report = await run(sh(script, { timeoutMs: 300 }));
      assert.deepEqual([report.timedOut, report.code], [true, undefined]);
      assert.deepEqual(await processesNaming(mark), []);
    }),
});

Deno.test({
  name: "when its caller leaves the whole tree is ended",
  ignore: !IS_LINUX,
  fn: () =>
    withExec(async ({ run, stream }) => {
      const mark = `mark-${crypto.randomUUID()}`;
      const script = sh(`setsid sh -c 'sleep 600; : ${mark}' & echo up; sleep 600; : ${mark}`);
      const caller = new AbortController();
      const running = assert.rejects(run(script, caller.signal));
      await until(async () => (await processesNaming(mark)).length >= 2, "it runs");
      caller.abort();
      await running;
      await until(async () => (await processesNaming(mark)).length === 0, "all of it has ended");
      const response = await stream(script);
      const reader = response.body?.getReader();
      assert.match(new TextDecoder().decode((await reader?.read())?.value), /event: stdout/);
      await reader?.cancel();
      await until(async () => (await processesNaming(mark)).length === 0, "all of the other has ended");
    }),
});

Deno.test({
  name: "a service that a command has started lives on when the command has ended, even with its outputs open",
  ignore: !IS_LINUX,
  fn: () =>
    withExec(async ({ run }) => {
      const mark = `mark-${crypto.randomUUID()}`;
      const report = await run(sh(`sh -c 'sleep 600; : ${mark}' & echo started`));
      assert.deepEqual([report.code, report.stdout], [0, "started\n"]);
      const left = await processesNaming(mark);
      for (const { pid } of left) Deno.kill(pid, "SIGKILL");
      assert.ok(left.length > 0);
    }),
});

Deno.test({
  ...posix,
  name: "a stream sends outputs as they come, then the end",
  fn: () =>
    withExec(async ({ stream }) => {
      const got = await eventsOf(await stream(sh("echo one; echo two >&2; yes | head -c 200000; exit 4")));
      assert.equal(got.stdout.length, 4 + 200_000);
      assert.ok(got.stdout.startsWith("one\ny\n"));
      assert.deepEqual([got.stderr, got.end?.code, got.end?.timedOut], ["two\n", 4, false]);
    }),
});

Deno.test({
  name: "a slow listener holds the command back, and nothing is lost",
  ignore: !IS_LINUX,
  fn: () =>
    withExec(({ stream }) =>
      inTempDir(async (dir) => {
        const done = join(dir, "done");
        const response = await stream(sh(`yes | head -c 8000000; touch ${done}`));
        // A command that was not held back would be over long before this one, which takes its time.
        await new Deno.Command("/bin/sh", { args: ["-c", "yes | head -c 80000000 | cksum"], stdout: "null" }).output();
        assert.ok(!await exists(done), "it was not held back");
        const got = await eventsOf(response);
        assert.deepEqual([got.stdout.length, got.end?.code], [8_000_000, 0]);
      })
    ),
});

Deno.test({
  ...posix,
  name: "what cannot be started says why, streamed or not",
  fn: () =>
    withExec(async ({ client, stream }) => {
      const bad: readonly (readonly [ExecRequest, string, RegExp])[] = [
        [
          { argv: ["no-such-program-here", "secret"] },
          "not_found",
          /run no-such-program-here: there is no such program/,
        ],
        [{ argv: ["/etc"] }, "forbidden", /run etc/],
        [{ argv: [""] }, "invalid_input", /no name/],
        [{ argv: ["true\0"] }, "invalid_input", /zero byte/],
        [{ argv: ["true"], env: { "A=B": "" } }, "invalid_input", /has = in it/],
        [{ argv: ["true"], cwd: "/no/such/dir" }, "not_found", /no\/such\/dir/],
        [{ argv: ["true"], user: "no-such-user" }, IS_LINUX ? "not_found" : "unsupported", /no-such-user/],
      ];
      for (const [body, code, message] of bad) {
        await assert.rejects(client.call("/v1/exec", { method: "POST", body }), { code, message });
        const answer = await (await stream(body)).json();
        assert.match(answer.msg, message);
      }
      const malformed = await stream({ argv: [] });
      assert.equal(malformed.status, 400);
      await malformed.body?.cancel();
    }),
});

Deno.test({
  name: "root can have a command run as somebody else, with that one's groups and home",
  ignore: !IS_LINUX || !IS_ROOT,
  fn: () =>
    withExec(async ({ run }) => {
      const report = await run({ ...sh("id -u; id -G; echo $USER"), user: String(NOBODY) });
      const [uid, groups, user] = report.stdout.trim().split("\n");
      assert.equal(uid, String(NOBODY));
      assert.doesNotMatch(groups ?? "", /\b0\b/);
      assert.notEqual(user, "root");
    }),
});

Deno.test({
  ...posix,
  name: "there is a limit to how many run, and a stop ends them",
  fn: () =>
    withExec(async ({ run, stop, client }) => {
      const running = Array.from({ length: MAX_COMMANDS }, () => run(sh("sleep 600")).catch((error) => error.code));
      await assert.rejects(client.call("/v1/exec", { method: "POST", body: sh("true") }), { code: "rate_limited" });
      await stop();
      assert.deepEqual(new Set(await Promise.all(running)), new Set(["unavailable"]));
      await assert.rejects(client.call("/v1/exec", { method: "POST", body: sh("true") }), { code: "unavailable" });
    }),
});

Deno.test("the routes describe themselves by the rules of OpenAPI 3.1", () =>
  withExec(async ({ app }) => {
    assert.deepEqual(openApiProblems(await (await app.request("/openapi.json")).json()), []);
  }));
