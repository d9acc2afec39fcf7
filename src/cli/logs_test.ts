import assert from "node:assert/strict";
import {
  type Answers,
  eventText,
  type Question,
  viewOf,
  withFakeSupervisor,
} from "../../tests/helpers/fake_supervisor.ts";
import { type CliOptions, type CliResult, runCli } from "../../tests/helpers/run_cli.ts";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import type { LogLine } from "../protocol/mod.ts";
import { main } from "./mod.ts";
import { merged } from "./logs.ts";

type Run = (args: string[], options?: CliOptions) => Promise<CliResult>;

const WEB = ["web-0", "web-1"].map((id) => viewOf({ id, group: "web" }));
const LIST = { "GET /v1/processes": () => ({ processes: [viewOf({ id: "db" }), ...WEB] }) };

function withAnswers(
  answers: Answers,
  use: (run: Run, questions: readonly Question[], dir: string) => Promise<void>,
): Promise<void> {
  return inPlainTempDir((dir) =>
    withFakeSupervisor(dir, { ...LIST, ...answers }, async (questions) => {
      await use((args, options) => runCli(["logs", "--work-dir", dir, ...args], options), questions, dir);
    })
  );
}

const linesOf = (...lines: LogLine[]) => () => ({ lines, incomplete: false });
const DB = "GET /v1/processes/db/logs";

Deno.test("logs prints what a process has written, as it wrote it", () => {
  const lines = linesOf({ file: "stdout", text: "\x1b[32mready\x1b[0m\t1" }, { file: "stderr", text: "bad\x07" });
  return withAnswers({ [DB]: lines }, async (run, questions) => {
    assert.deepEqual(await run(["db"]), { code: 0, stdout: "\x1b[32mready\x1b[0m\t1\nbad\x07\n", stderr: "" });
    const shown = await run(["db"], { isTerminal: true });
    assert.equal(shown.stdout, "\x1b[32mready\x1b[0m\t1\x1b[0m\n\x1b[31mbad?\x1b[0m\n");
    const [first, second] = (await run(["db", "--json"])).stdout.trimEnd().split("\n");
    assert.deepEqual(JSON.parse(first ?? ""), { process: "db", file: "stdout", text: "\x1b[32mready\x1b[0m\t1" });
    assert.equal(JSON.parse(second ?? "").file, "stderr");
    assert.deepEqual(questions[1]?.query, { lines: "100" });
  });
});

Deno.test("what is wanted of the log is asked of the agent", () =>
  withAnswers({ [DB]: linesOf() }, async (run, questions) => {
    const asked = async (...args: string[]) => {
      assert.deepEqual(await run(["db", ...args]), { code: 0, stdout: "", stderr: "" });
      return questions.at(-1)?.query;
    };
    assert.deepEqual(await asked("-n", "5", "--grep", "a|b c"), { lines: "5", grep: "a|b c" });
    assert.deepEqual(await asked("--since", "15m", "--stderr"), { lines: "10000", since: "15m", file: "stderr" });
    assert.deepEqual(await asked("--since", "2026-02-28T09:30:00Z", "-n", "0"), {
      lines: "0",
      since: "2026-02-28T09:30:00.000Z",
    });
    assert.deepEqual(await asked("--stdout"), { lines: "100", file: "stdout" });
    assert.deepEqual(await asked("--file", "/var/log/x&y.log"), { lines: "100", file: "/var/log/x&y.log" });
  }));

Deno.test("the logs of several processes come by time, each line with its process", () => {
  const answers = {
    [DB]: linesOf({ file: "stdout", text: "b", timeMs: 2_000 }, { file: "stdout", text: "more" }),
    "GET /v1/processes/web-0/logs": linesOf({ file: "stdout", text: "a", timeMs: 1_000 }),
    "GET /v1/processes/web-1/logs": linesOf({ file: "stderr", text: "c", timeMs: 3_000 }),
  };
  return withAnswers(answers, async (run) => {
    assert.equal((await run(["web", "db"])).stdout, "web-0 | a\ndb    | b\ndb    | more\nweb-1 | c\n");
  });
});

Deno.test("a log that is not all there, and a process that is not, are told", () => {
  const answers = {
    [DB]: () => ({ lines: [{ file: "stdout", text: "a" }], incomplete: true }),
    "GET /v1/processes/bd/logs": () => {
      throw new AppError("not_found", 'There is no process "bd"; did you mean db?');
    },
  };
  return withAnswers(answers, async (run) => {
    const { stdout, stderr } = await run(["db"]);
    assert.deepEqual([stdout, stderr], ["a\n", "warning: db: there is more than one answer can hold\n"]);
    assert.deepEqual(await run(["bd"]), {
      code: 1,
      stdout: "",
      stderr: 'error: There is no process "bd"; did you mean db?\n',
    });
  });
});

Deno.test("--files lists the log files", () => {
  const file = { name: "stdout", path: "/l/db.out", sizeBytes: 1_234, rotated: 2 };
  const answer = () => ({ files: [file, { name: "/v/*.log", path: "/v/a.log", rotated: 0 }] });
  return withAnswers({ [`${DB}/files`]: answer }, async (run) => {
    assert.equal(
      (await run(["db", "--files"])).stdout,
      `PROCESS  NAME      SIZE    ROTATED  PATH
db       stdout    1.2 kB  2        /l/db.out
db       /v/*.log  -       0        /v/a.log
`,
    );
    const [first = ""] = (await run(["db", "--files", "--json"])).stdout.split("\n");
    assert.deepEqual(JSON.parse(first), { process: "db", ...file });
  });
});

for (
  const [args, message] of [
    [[], /missing required argument/],
    [["db", "-n", "many"], /--lines must be a number/],
    [["db", "--since", "soon"], /--since takes a duration/],
    [["db", "--stdout", "--stderr"], /exclude each other/],
    [["db", "--stderr", "--file", "x"], /exclude each other/],
  ] as const
) {
  Deno.test(`agent logs ${args.join(" ")} is a mistake that is explained`, () =>
    withAnswers({}, async (run) => {
      const { code, stdout, stderr } = await run([...args]);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    }));
}

const streamOf = (...lines: LogLine[]) => () => {
  const start = (to: ReadableStreamDefaultController<Uint8Array>) =>
    to.enqueue(new TextEncoder().encode(eventText("line", ...lines))); // and it goes on, silently
  return new Response(new ReadableStream({ start }), { headers: { "content-type": "text/event-stream" } });
};

/** Runs a command whose reader goes away once it has seen so many lines. */
async function untilSeen(count: number, args: readonly string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const terminal = {
    stdout: (text: string) => void lines.push(text.trimEnd()),
    stderr: (text: string) => assert.fail(text),
    isTerminal: false,
    isClosed: () => lines.length >= count,
  };
  return { code: await main({ args, env: {}, terminal }), lines };
}

Deno.test("-f goes on with what is written, and ends when nobody reads it any more", () => {
  const answers = {
    [DB]: linesOf({ file: "stdout", text: "1" }, { file: "stdout", text: "2" }),
    [`${DB}/stream`]: streamOf({ file: "stdout", text: "1" }, { file: "stdout", text: "2" }, {
      file: "stdout",
      text: "3",
    }),
    "GET /v1/processes/web-0/logs/stream": streamOf({ file: "stdout", text: "a" }),
    "GET /v1/processes/web-1/logs/stream": streamOf({ file: "stdout", text: "b" }),
  };
  return withAnswers(answers, async (_, questions, dir) => {
    const flags = ["--work-dir", dir];
    const plain = await untilSeen(3, ["logs", "db", "-f", "-n", "3", "--stdout", ...flags]);
    assert.deepEqual(plain, { code: 0, lines: ["1", "2", "3"] });
    assert.deepEqual(questions.at(-1)?.query, { lines: "3", file: "stdout" });
    // With a time, what was since then comes first, and the stream only goes on from there.
    const since = await untilSeen(3, ["logs", "db", "-f", "--since", "15m", "--grep", ".", ...flags]);
    assert.deepEqual(since, { code: 0, lines: ["1", "2", "3"] });
    assert.deepEqual(questions.at(-1)?.query, { lines: "1000", grep: "." });
    const both = await untilSeen(2, ["logs", "web", "-f", ...flags]);
    assert.deepEqual([both.code, both.lines.toSorted()], [0, ["web-0 | a", "web-1 | b"]]);
  });
});

Deno.test("logs are merged by time, each in its own order", () => {
  const line = (process: string, text: string, timeMs?: number) => {
    return { process, file: "stdout", text, ...(timeMs === undefined ? {} : { timeMs }) };
  };
  const a = [line("a", "1", 1), line("a", "5", 5), line("a", "back", 2), line("a", "9", 9)];
  const b = [line("b", "0"), line("b", "4", 4), line("b", "6", 6)];
  assert.deepEqual(merged([a, b]).map(({ text }) => text), ["0", "1", "4", "5", "back", "6", "9"]);
  assert.deepEqual(merged([a]), a);
  assert.deepEqual(merged([]), []);
});
