import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { type Answers, detailsOf, type Question, withFakeSupervisor } from "../../tests/helpers/fake_supervisor.ts";
import { type CliOptions, type CliResult, runCli } from "../../tests/helpers/run_cli.ts";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";

type Run = (args: string[], options?: CliOptions) => Promise<CliResult>;

function withAnswers(
  answers: Answers,
  use: (run: Run, questions: readonly Question[], dir: string) => Promise<void>,
): Promise<void> {
  return inPlainTempDir((dir) =>
    withFakeSupervisor(dir, answers, async (questions) => {
      await use((args, options) => runCli(["process", "--work-dir", dir, ...args], options), questions, dir);
    })
  );
}

const ACTIONS = "POST /v1/processes/actions";
const result = (id: string, ok: boolean, message: string) => ({ id, ok, state: ok ? "running" : "failed", message });

Deno.test("an action is asked for as the command line says, and each process has a line", () => {
  const results = [result("web-0", true, "started, pid 71"), result("db", true, "runs already")];
  return withAnswers({ [ACTIONS]: () => ({ results }) }, async (run, questions) => {
    const { code, stdout, stderr } = await run(["start", "web", "db", "--timeout", "1m"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, "ok    web-0  running    started, pid 71\nok    db     running    runs already\n");
    await run(["stop", "--all", "--no-wait"]);
    await run(["restart", "--label", "tier=web", "--label", "zone=a"]);
    await run(["signal", "sighup", "web", "--tree"]);
    await run(["signal", "1", "web"]);
    assert.deepEqual(questions.map(({ body }) => body), [
      { action: "start", select: { ids: ["web", "db"] }, waitMs: 60_000 },
      { action: "stop", select: { all: true }, waitMs: 0 },
      { action: "restart", select: { labels: { tier: "web", zone: "a" } }, waitMs: 30_000 },
      { action: "signal", waitMs: 0, select: { ids: ["web"] }, signal: "SIGHUP", tree: true },
      { action: "signal", waitMs: 0, select: { ids: ["web"] }, signal: "1" },
    ]);
  });
});

Deno.test("where one has failed, the command fails with a summary after all results", () => {
  const results = [result("a", true, "stopped"), result("b", false, "does not\x1b[2J end")];
  return withAnswers({ [ACTIONS]: () => ({ results }) }, async (run) => {
    const { code, stdout, stderr } = await run(["stop", "--all"]);
    assert.deepEqual([code, stderr], [1, "error: 1 of 2 processes could not be stopped\n"]);
    assert.match(stdout, /\nFAIL {2}b {2}failed {5}does not\?\[2J end\n$/);
    const json = await run(["stop", "--all", "--json"]);
    assert.deepEqual([json.code, JSON.parse(json.stdout)], [1, { results }]);
  });
});

Deno.test("what the agent refuses is said in its own words", () => {
  const refuse = () => {
    throw new AppError("not_found", 'There is no process "wbe"; did you mean web?');
  };
  return withAnswers({ [ACTIONS]: refuse }, async (run) => {
    const { code, stderr } = await run(["start", "wbe"]);
    assert.deepEqual([code, stderr], [1, 'error: There is no process "wbe"; did you mean web?\n']);
  });
});

Deno.test("a mistyped command line does nothing to any process", () =>
  withAnswers({}, async (run, questions) => {
    const mistakes: [string[], RegExp][] = [
      [["stop"], /Say which processes: by their ids, with --label name=value, or --all/],
      [["stop", "web", "--all"], /exclude each other/],
      [["signal", "HUP"], /Say which processes/],
      [["signal", "hang up", "web"], /A signal such as SIGHUP, HUP or 1 is needed/],
      [["start", "web", "--timeout", "2h"], /at most 1h/],
      [["stpo", "web"], /Did you mean stop\?/],
      [["add", "web", "--restart", "sometimes", "--", "x"], /always, on-failure, never/],
      [["add", "web", "--replicas", "0", "--", "x"], /--replicas must be a number from 1 on/],
      [["add", "web", "--label", "a=b"], /What "web" runs is missing: agent process add web … -- \/usr\/bin\/program/],
      [["remove"], /missing required argument/],
      [["show", "web", "--usage", "soon"], /duration/],
    ];
    for (const [args, message] of mistakes) {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, message);
    }
    assert.deepEqual(questions, []);
  }));

const ADD = "POST /v1/processes";
const added = (pid?: number) => ({ body }: Question) => {
  const { process } = body as { process: { id: string } };
  return detailsOf({ id: process.id, state: "starting", ...(pid === undefined ? {} : { pid }) });
};

Deno.test("a process is added by its command, whose options are its own", () =>
  withAnswers({ [ADD]: added(71) }, async (run, questions) => {
    const options = ["--label", "tier=web", "--restart", "on-failure", "--env-file", "web.env", "--replicas", "2"];
    const command = ["--", "./server", "--json", "-c", "x y"];
    const { code, stdout } = await run(["add", "web", ...options, ...command]);
    assert.deepEqual([code, stdout], [0, "added web: starting, pid 71\n"]);
    await run(["add", "job", "--oneshot", "--cwd", "sub", "--user", "www", "--", "node", "./a.js"]);
    assert.deepEqual(questions.map(({ body }) => body), [
      {
        process: {
          id: "web",
          command: [resolve("server"), "--json", "-c", "x y"],
          env_file: resolve("web.env"),
          labels: { tier: "web" },
          restart: { policy: "on-failure" },
          replicas: 2,
        },
      },
      { process: { id: "job", command: ["node", "./a.js"], work_dir: resolve("sub"), user: "www", kind: "oneshot" } },
    ]);
  }));

Deno.test("processes are added from a file; one that is refused does not keep the others out", () => {
  const answer = (question: Question) => {
    const details = added()(question);
    if (details.id === "b") throw new AppError("conflict", "It is in the config already");
    return details;
  };
  return withAnswers({ [ADD]: answer }, async (run, questions, dir) => {
    const file = join(dir, "processes.yaml");
    await Deno.writeTextFile(file, "processes:\n- { id: a, command: [x], env: { TOKEN: secret } }\n- id: b\n- id: c\n");
    const { code, stdout, stderr } = await run(["add", file]);
    assert.deepEqual([code, stdout], [1, "added a: starting\nadded c: starting\n"]);
    assert.equal(stderr, "FAIL b: It is in the config already\nerror: 1 of 3 processes were not added\n");
    assert.deepEqual(questions[0]?.body, { process: { id: "a", command: ["x"], env: { TOKEN: "secret" } } });
    const { added: all, failed } = JSON.parse((await run(["add", file, "--json"])).stdout);
    assert.deepEqual([all.length, failed], [2, [{ id: "b", message: "It is in the config already" }]]);
    await Deno.writeTextFile(file, "id: b\n");
    assert.deepEqual(await run(["add", file]), {
      code: 1,
      stdout: "",
      stderr: "error: It is in the config already\n",
    });
  });
});

Deno.test("a file that is not there or holds no process is explained", () =>
  withAnswers({}, async (run, _, dir) => {
    const missing = await run(["add", "nothing"]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /There is no file "nothing"; .*: agent process add nothing -- \/usr\/bin\/program/);
    const file = join(dir, "bad.yaml");
    await Deno.writeFile(file, Uint8Array.of(0xff, 0xfe));
    assert.match((await run(["add", file])).stderr, /it is not text in UTF-8/);
    await Deno.writeTextFile(file, "x".repeat(1024 * 1024 + 1));
    assert.match((await run(["add", file])).stderr, /it has more than 1 MiB/);
    await Deno.writeTextFile(file, "processes: [web]\n");
    assert.match((await run(["add", file])).stderr, /line 1: a process must be a mapping/);
  }));

Deno.test("processes are removed one by one, and what is refused is told", () => {
  const answers = {
    "DELETE /v1/processes/web": () => ({ removed: ["web-0", "web-1"] }),
    "DELETE /v1/processes/a%2Fb": () => ({ removed: ["a/b"] }),
    "DELETE /v1/processes/db": () => {
      throw new AppError("conflict", "db is of the config: remove it there");
    },
  };
  return withAnswers(answers, async (run) => {
    const { code, stdout, stderr } = await run(["remove", "web", "db", "a/b"]);
    assert.equal(code, 1);
    assert.equal(stdout, ["web-0", "web-1", "a/b"].map((id) => `removed ${id}: stopped, and forgotten\n`).join(""));
    assert.equal(stderr, "FAIL db: db is of the config: remove it there\nerror: 1 of 3 could not be removed\n");
    assert.deepEqual(JSON.parse((await run(["remove", "web", "--json"])).stdout), {
      removed: ["web-0", "web-1"],
      failed: [],
    });
    assert.equal((await run(["remove", "db"])).stderr, "error: db is of the config: remove it there\n");
  });
});

Deno.test("show tells of one process, with --usage of what it has used", () => {
  const details = detailsOf({ id: "web" });
  const usage = [1, 2, 3].map((cpuPercent) => ({ timeMs: cpuPercent, cpuPercent, processes: 1 }));
  const answers = {
    "GET /v1/processes/web": () => details,
    "GET /v1/processes/web/usage": () => ({ id: "web", intervalMs: 10_000, usage }),
  };
  return withAnswers(answers, async (run, questions) => {
    const { code, stdout } = await run(["show", "web"]);
    assert.equal(code, 0);
    assert.match(stdout, /^web is running since [^]*\nHOW IT IS RUN\n {2}command +\/usr\/bin\/web\n/);
    assert.match((await run(["show", "web", "--usage"])).stdout, /\nUSE OF THE LAST 15m, EVERY 10s\n {2}cpu +▃▆█ /);
    assert.deepEqual(questions.at(-1)?.query, { duration: "15m" });
    assert.deepEqual(JSON.parse((await run(["show", "web", "--json"])).stdout), details);
    const { usageReport } = JSON.parse((await run(["show", "web", "--usage", "1h", "--json"])).stdout);
    assert.deepEqual([usageReport.usage, questions.at(-1)?.query], [usage, { duration: "1h" }]);
  });
});
