import assert from "node:assert/strict";
import type { Pattern } from "../../../core/mod.ts";
import { join } from "node:path";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { LogLine } from "../../../protocol/mod.ts";
import { keepLogs, type KeptForTest, KIB, numberedLines, regex } from "./testing.ts";

const signal = new AbortController().signal;

function test(name: string, use: (dir: string) => Promise<void>, ignore = false): void {
  Deno.test({ name, ignore, fn: () => inPlainTempDir(use) });
}

function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}

async function texts(
  kept: KeptForTest,
  query: { lines?: number; grep?: Pattern; file?: string; sinceMs?: number } = {},
) {
  return (await kept.logs.read("p", { lines: 100, ...query }, signal)).lines.map(({ text }) => text);
}

/** What a follower has seen so far, in the background. */
function follow(kept: KeptForTest, query: { lines?: number; grep?: Pattern; file?: string } = {}) {
  const stopped = new AbortController();
  const seen: LogLine[] = [];
  const ended = (async () => {
    for await (const line of kept.logs.follow("p", { lines: 0, ...query }, stopped.signal)) seen.push(line);
  })();
  return {
    seen: () => seen.map(({ text }) => text),
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await ended;
    },
  };
}

test("a log has the directory that it needs, and is read before and after it is there", async (dir) => {
  await using kept = keepLogs(join(dir, "a", "b"));
  assert.deepEqual(await texts(kept), []);
  assert.deepEqual(kept.logs.files("p"), [{ name: "stdout", path: kept.path, rotated: 0 }]);
  append(kept.path, "one\ntwo");
  assert.deepEqual(await texts(kept), ["one", "two"]);
  assert.deepEqual(kept.logs.files("p"), [{ name: "stdout", path: kept.path, sizeBytes: 7, rotated: 0 }]);
});

test("lines of both streams come in the order in which they were seen, or of one alone", async (dir) => {
  const stderr = join(dir, "err.log");
  await using kept = keepLogs(dir, { stderr });
  for (const [path, text] of [[kept.path, "o1\n"], [stderr, "e1\n"], [kept.path, "o2\n"]] as const) {
    append(path, text);
    await texts(kept); // which looks at both
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual(await texts(kept), ["o1", "e1", "o2"]);
  assert.deepEqual(await texts(kept, { file: "stderr" }), ["e1"]);
  assert.deepEqual(await texts(kept, { lines: 2 }), ["e1", "o2"]);
  assert.deepEqual(await texts(kept, { lines: 0 }), []);
  await assert.rejects(kept.logs.read("p", { lines: 1, file: "/etc/passwd" }, signal), { code: "not_found" });
  await assert.rejects(kept.logs.read("q", { lines: 1 }, signal), { code: "not_found" });
});

test("where both streams go to one file it is shown once", async (dir) => {
  await using kept = keepLogs(dir, { stderr: join(dir, "out.log") });
  append(kept.path, "both\n");
  assert.deepEqual(await texts(kept), ["both"]);
  assert.deepEqual(kept.logs.files("p").map(({ name }) => name), ["stdout"]);
  assert.deepEqual(await texts(kept, { file: "stderr" }), ["both"]);
});

test("lines since a time are told, also across rotations and after the agent was away", async (dir) => {
  let afterFirst = 0;
  {
    await using kept = keepLogs(dir);
    append(kept.path, numberedLines(1, 3_000));
    await until(() => (kept.logs.files("p")[0]?.rotated ?? 0) > 0, "it is rotated");
    await new Promise((resolve) => setTimeout(resolve, 20));
    afterFirst = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    append(kept.path, "second\n");
    assert.deepEqual(await texts(kept, { sinceMs: afterFirst }), ["second"]);
  }
  append(join(dir, "out.log"), "while nobody watched\n");
  await using kept = keepLogs(dir);
  append(kept.path, "third\n");
  assert.deepEqual(await texts(kept, { sinceMs: afterFirst }), ["second", "while nobody watched", "third"]);
  const { lines } = await kept.logs.read("p", { lines: 4 }, signal);
  assert.deepEqual(lines.map(({ timeMs }) => timeMs !== undefined), [true, true, false, true]);
  assert.ok(Math.abs((lines.at(-1)?.timeMs ?? 0) - Date.now()) < 60_000);
});

test("damage to what lies beside a log costs times, never lines", async (dir) => {
  {
    await using kept = keepLogs(dir);
    append(kept.path, numberedLines(1, 5_000));
    await until(() => (kept.logs.files("p")[0]?.rotated ?? 0) > 1, "it is rotated");
  }
  for (const name of ["out.log.times", "out.log.rotation"]) Deno.writeTextFileSync(join(dir, name), "damaged");
  await using kept = keepLogs(dir);
  assert.deepEqual(await texts(kept, { lines: 5_000 }), numberedLines(1, 5_000).trimEnd().split("\n"));
  const rotated = kept.logs.files("p")[0]?.rotated ?? 0;
  append(kept.path, numberedLines(5_001, 8_000));
  await until(() => (kept.logs.files("p")[0]?.rotated ?? 0) > rotated, "it is rotated as ever");
  assert.deepEqual(await texts(kept, { lines: 8_000 }), numberedLines(1, 8_000).trimEnd().split("\n"));
});

test("a file that was deleted or replaced is reported once, and its followers go on with the new one", async (dir) => {
  await using kept = keepLogs(dir);
  append(kept.path, "old\n");
  assert.deepEqual(await texts(kept), ["old"]);
  await using following = follow(kept);
  append(kept.path, "more\n");
  await until(() => following.seen().length === 1, "it is seen");
  Deno.removeSync(kept.path);
  await until(() => kept.events.length === 1, "it is noticed");
  assert.match(kept.events[0]?.reason ?? "", /was deleted: what it prints is lost until it is restarted$/);
  append(kept.path, "new\n");
  await until(() => following.seen().length === 2, "it is seen");
  assert.deepEqual(await texts(kept), ["new"]);
  assert.equal(kept.events.length, 1);
});

test("a log that somebody has emptied begins anew, without a word", async (dir) => {
  await using kept = keepLogs(dir);
  append(kept.path, "a long line of the past\n");
  assert.deepEqual(await texts(kept), ["a long line of the past"]);
  Deno.truncateSync(kept.path);
  append(kept.path, "new\n");
  assert.deepEqual(await texts(kept), ["new"]);
  assert.deepEqual(kept.events, []);
});

test("a log that leads elsewhere is left alone, and that is told once", async (dir) => {
  const precious = join(dir, "precious");
  Deno.writeTextFileSync(precious, numberedLines(1, 5_000));
  Deno.symlinkSync(precious, join(dir, "out.log"));
  await using kept = keepLogs(dir);
  await until(() => kept.events.length > 0, "it is told");
  assert.match(kept.events[0]?.reason ?? "", /link/);
  assert.equal(Deno.readTextFileSync(precious), numberedLines(1, 5_000));
}, Deno.build.os === "windows");

test("a line that is waited for is told once, if it comes from now on", async (dir) => {
  await using kept = keepLogs(dir);
  append(kept.path, "listening on 80\n");
  const found: string[] = [];
  kept.logs.awaitLine("p", /listening/g, (line) => found.push(line));
  const cancel = kept.logs.awaitLine("p", /listening/, () => found.push("cancelled"));
  cancel();
  append(kept.path, "something else\nliste");
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(found.length, 0);
  append(kept.path, "ning on 81"); // and no line feed
  await until(() => found.length > 0, "it is found");
  append(kept.path, "\nlistening on 82\n");
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(found, ["listening on 81"]);
  kept.logs.awaitLine("p", /again/, (line) => found.push(line));
  append(kept.path, "again\n");
  await until(() => found.length === 2, "the next one is found too");
});

test("a follower that reads slowly misses nothing, though its lines are compressed meanwhile", async (dir) => {
  await using kept = keepLogs(dir, { compress: true });
  append(kept.path, "");
  const stopped = new AbortController();
  const lines = kept.logs.follow("p", { lines: 0 }, stopped.signal)[Symbol.asyncIterator]();
  const first = lines.next();
  append(kept.path, "begin\n");
  assert.equal((await first).value?.text, "begin");
  append(kept.path, numberedLines(1, 9_000));
  const packed = () => [...Deno.readDirSync(dir)].filter(({ name }) => name.endsWith(".gz")).length;
  await until(() => packed() >= 3, "some are compressed");
  for (let number = 1; number <= 9_000; number++) {
    assert.equal((await lines.next()).value?.text, `line ${number} of a program that prints`);
  }
  stopped.abort();
  assert.equal((await lines.next()).done, true);
});

test("the program's own logs are found by their patterns, read and followed through its rotation", async (dir) => {
  const app = join(dir, "app-1.log");
  append(app, "first\nsecond\n");
  await using kept = keepLogs(dir);
  kept.keep({}, [join(dir, "app-*.log")]);
  assert.deepEqual(kept.logs.files("p").at(-1), { name: app, path: app, sizeBytes: 13, rotated: 0 });
  assert.deepEqual(await texts(kept, { file: app }), ["first", "second"]);
  assert.deepEqual(await texts(kept, { file: "app-1.log", grep: regex("^s") }), ["second"]);
  assert.deepEqual(await texts(kept, { file: app, sinceMs: Date.now() + 60_000 }), []);
  await using following = follow(kept, { file: app, lines: 1 });
  await until(() => following.seen().length === 1, "the last line comes first");
  append(app, "third\n");
  await until(() => following.seen().length === 2, "what is new is seen");
  Deno.renameSync(app, `${app}.old`);
  append(`${app}.old`, "fourth\n");
  append(app, "fifth\n");
  await until(() => following.seen().length === 4, "the new file is read");
  Deno.truncateSync(app);
  await until(() => Deno.statSync(app).size === 0, "it is empty");
  await new Promise((resolve) => setTimeout(resolve, 100));
  append(app, "6\n");
  await until(() => following.seen().length === 5, "it is read from its new beginning");
  assert.deepEqual(following.seen(), ["second", "third", "fourth", "fifth", "6"]);
}, Deno.build.os === "windows");

test("followers see only what matches, and bytes that are no text do no harm", async (dir) => {
  await using kept = keepLogs(dir);
  append(kept.path, "");
  await using following = follow(kept, { grep: regex("x") });
  await new Promise((resolve) => setTimeout(resolve, 30));
  Deno.writeFileSync(kept.path, Uint8Array.of(0x61, 0x0a, 0xff, 0x78, 0xc3, 0x0a), { append: true });
  await until(() => following.seen().length === 1, "it is seen");
  assert.deepEqual(following.seen(), ["\ufffdx\ufffd"]);
});

test("the files of a removed process are deleted, and no others", async (dir) => {
  await using kept = keepLogs(dir, { compress: true });
  append(kept.path, numberedLines(1, 6_000));
  await until(
    () => [...Deno.readDirSync(dir)].some(({ name }) => name.endsWith(".gz")),
    "there are files of all kinds",
  );
  for (const name of ["out.log.mine", "err.log"]) append(join(dir, name), "x");
  kept.logs.remove("p");
  const names = () => [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
  await until(() => names().length === 2, "they are gone");
  assert.deepEqual(names(), ["err.log", "out.log.mine"]);
});

test("files stay when they are looked after no more, and one that two processes share stays with the other", async (dir) => {
  await using kept = keepLogs(dir);
  const log = { stdout: kept.path, stderr: null, maxBytes: 64 * KIB, maxAgeMs: 0, maxFiles: 2, compress: false };
  kept.logs.keep({ id: "q", log, logPaths: [] });
  append(kept.path, "x\n");
  kept.logs.remove("p");
  assert.deepEqual((await kept.logs.read("q", { lines: 1 }, signal)).lines.length, 1);
  kept.logs.forget("q");
  assert.equal(Deno.readTextFileSync(kept.path), "x\n");
});

test("there is one timer for all logs, none without any, and none after the stop", async (dir) => {
  const clock = new FakeClock();
  const kept = keepLogs(dir, {}, { clock });
  for (let number = 0; number < 20; number++) {
    const stdout = join(dir, `${number}.log`);
    append(stdout, "x\n");
    kept.logs.keep({
      id: `p${number}`,
      log: { stdout, stderr: null, maxBytes: 99, maxAgeMs: 0, maxFiles: 2, compress: false },
      logPaths: [],
    });
  }
  await clock.advance(5_000);
  assert.equal(clock.sleeping, 1);
  await kept.logs.stop();
  assert.equal(clock.sleeping, 0);
  kept.logs.start();
  await clock.advance(1_000);
  assert.equal(clock.sleeping, 1);
  for (let number = 0; number < 20; number++) kept.logs.forget(`p${number}`);
  kept.logs.forget("p");
  await clock.advance(3_000);
  assert.equal(clock.sleeping, 0);
  await kept.logs.stop();
});
