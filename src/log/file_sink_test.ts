import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import { fileSink, type FileSinkOptions } from "./file_sink.ts";
import { createLogger } from "./root_logger.ts";

const strict = { sanitizeOps: true, sanitizeResources: true };
const posix = Deno.build.os !== "windows";

interface Bench extends AsyncDisposable {
  readonly dir: string;
  readonly path: string;
  readonly clock: FakeClock;
  /** A logger as a process would have it; the test closes it. */
  open(options?: Partial<FileSinkOptions>): ReturnType<typeof createLogger>;
}

async function bench(): Promise<Bench> {
  const dir = await Deno.makeTempDir();
  const path = join(dir, "agent.log");
  const clock = new FakeClock();
  return {
    dir,
    path,
    clock,
    open: (options = {}) => {
      const sink = fileSink({ path, maxBytes: 1e6, keep: 3, clock, ...options });
      return createLogger({ level: "info", sinks: [sink], clock });
    },
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

/** Every line of a file as JSON; fails on a torn or mixed one. */
function lines(path: string): Record<string, unknown>[] {
  return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
const messages = (path: string) => lines(path).map((line) => line.msg);
const files = (dir: string) => [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();

Deno.test("fileSink: appends JSON lines and makes the directory, closed to others", strict, async () => {
  await using at = await bench();
  const path = join(at.dir, "var", "log", "agent.log");
  for (const msg of ["one", "two"]) {
    const logger = at.open({ path });
    logger.info(msg);
    logger.flush();
    logger.close();
  }
  assert.deepEqual(messages(path), ["one", "two"]);
  if (!posix) return;
  const mode = (name: string) => (Deno.statSync(name).mode ?? 0) & 0o777;
  assert.equal(mode(path) & ~0o640, 0);
  assert.equal(mode(join(at.dir, "var", "log")) & ~0o750, 0);
});

Deno.test("fileSink: rotates by size, keeps the newest, and loses nothing that fits", strict, async () => {
  await using at = await bench();
  const logger = at.open({ maxBytes: 1_000, keep: 3 });
  for (let index = 0; index < 100; index++) logger.info("record", { index });
  logger.close();
  assert.deepEqual(files(at.dir), ["agent.log", "agent.log.1", "agent.log.2", "agent.log.3"]);
  const kept = ["agent.log.3", "agent.log.2", "agent.log.1", "agent.log"].flatMap((name) => lines(join(at.dir, name)));
  assert.deepEqual(kept.map((line) => line.index), Array.from(kept, (_, index) => 100 - kept.length + index));
  for (const name of files(at.dir)) assert.ok(Deno.statSync(join(at.dir, name)).size <= 1_000);
});

Deno.test(
  "fileSink: keeps no old file when told so, and writes a record larger than the limit whole",
  strict,
  async () => {
    await using at = await bench();
    const logger = at.open({ maxBytes: 200, keep: 0 });
    logger.info("first");
    logger.info("large", { text: "x".repeat(500) });
    logger.info("last");
    logger.close();
    assert.deepEqual(files(at.dir), ["agent.log"]);
    assert.deepEqual(messages(at.path), ["last"]);
  },
);

Deno.test("fileSink: the size of what was there before counts", strict, async () => {
  await using at = await bench();
  Deno.writeTextFileSync(at.path, `${JSON.stringify({ msg: "x".repeat(900) })}\n`);
  const logger = at.open({ maxBytes: 950 });
  logger.info("new");
  logger.close();
  assert.deepEqual(messages(at.path), ["new"]);
});

for (const how of ["renamed", "removed"] as const) {
  // Windows before 10, and Wine, keep the name of a removed file until whoever has it open closes it.
  const options = { ...strict, ignore: how === "removed" && !posix };
  Deno.test(`fileSink: notices within a second that its file was ${how}`, options, async () => {
    await using at = await bench();
    const logger = at.open();
    logger.info("before");
    if (how === "renamed") Deno.renameSync(at.path, `${at.path}.1`);
    else Deno.removeSync(at.path);
    await at.clock.advance(1_000);
    logger.info("after");
    logger.close();
    assert.deepEqual(messages(at.path), ["after"]);
    if (how === "renamed") assert.deepEqual(messages(`${at.path}.1`), ["before"]);
  });
}

Deno.test(
  "fileSink: follows its name to a file that somebody else has made",
  { ...strict, ignore: !posix },
  async () => {
    await using at = await bench();
    const logger = at.open();
    logger.info("before");
    Deno.renameSync(at.path, `${at.path}.1`);
    Deno.writeTextFileSync(at.path, '{"msg":"by logrotate"}\n');
    await at.clock.advance(1_000);
    logger.info("after");
    logger.close();
    assert.deepEqual(messages(at.path), ["by logrotate", "after"]);
  },
);

Deno.test("fileSink: reopen takes the new file at once", strict, async () => {
  await using at = await bench();
  const logger = at.open();
  logger.info("before");
  Deno.renameSync(at.path, `${at.path}.1`);
  logger.info("still in the old one");
  logger.reopen();
  logger.info("after");
  logger.close();
  assert.deepEqual(messages(`${at.path}.1`), ["before", "still in the old one"]);
  assert.deepEqual(messages(at.path), ["after"]);
});

Deno.test(
  "fileSink: truncation by logrotate's copytruncate leaves no hole and restarts the count",
  strict,
  async () => {
    await using at = await bench();
    const logger = at.open({ maxBytes: 400, keep: 1 });
    logger.info("before", { text: "x".repeat(200) });
    Deno.truncateSync(at.path, 0);
    await at.clock.advance(1_000);
    logger.info("after", { text: "x".repeat(200) });
    logger.close();
    assert.deepEqual(messages(at.path), ["after"]);
    assert.deepEqual(files(at.dir), ["agent.log"], "not rotated: there was room");
  },
);

Deno.test("fileSink: two writers share a file and its rotation without mixing lines", strict, async () => {
  await using at = await bench();
  const [a, b] = [at.open({ maxBytes: 5_000, keep: 50 }), at.open({ maxBytes: 5_000, keep: 50 })];
  for (let index = 0; index < 300; index++) {
    a.info("record", { by: "a", index });
    b.info("record", { by: "b", index });
    await at.clock.advance(100);
  }
  a.close();
  b.close();
  const all = files(at.dir).flatMap((name) => lines(join(at.dir, name)));
  for (const by of ["a", "b"]) assert.equal(all.filter((line) => line.by === by).length, 300, `all of ${by}`);
  assert.ok(files(at.dir).length >= 8 && files(at.dir).length < 20, "rotated once for each limit reached, not twice");
});

Deno.test("fileSink: does not rotate again what another writer has just rotated", strict, async () => {
  await using at = await bench();
  const [a, b] = [at.open({ maxBytes: 900 }), at.open({ maxBytes: 900 })];
  const large = { text: "x".repeat(400) };
  a.info("1", large);
  b.info("2");
  b.info("3", { text: "x".repeat(200) });
  a.info("4", large);
  b.info("5", { text: "x".repeat(300) });
  a.close();
  b.close();
  assert.deepEqual(files(at.dir), ["agent.log", "agent.log.1"]);
  assert.deepEqual([messages(`${at.path}.1`), messages(at.path)], [["1", "2", "3"], ["4", "5"]]);
});

Deno.test("fileSink: processes that write at the same time do not mix lines", strict, async () => {
  await using at = await bench();
  const root = new URL("../../", import.meta.url);
  const program = `
    import { createLogger, fileSink } from "${new URL("src/log/mod.ts", root)}";
    import { systemClock as clock } from "${new URL("src/core/mod.ts", root)}";
    const sink = fileSink({ path: ${JSON.stringify(at.path)}, maxBytes: 1e9, keep: 1, clock });
    const logger = createLogger({ level: "info", sinks: [sink], clock });
    for (let index = 0; index < 2000; index++) logger.info("record", { index, text: "x".repeat(index) });
    logger.close();`;
  const script = join(at.dir, "writer.ts");
  Deno.writeTextFileSync(script, program);
  const run = () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", fileURLToPath(new URL("deno.json", root)), script],
      stdout: "null",
      stderr: "inherit",
    }).output();
  const results = await Promise.all([run(), run(), run()]);
  assert.ok(results.every((result) => result.success));
  assert.equal(lines(at.path).length, 6_000);
});

Deno.test("fileSink: a line cut short by a crash does not spoil the next one", strict, async () => {
  await using at = await bench();
  Deno.writeTextFileSync(at.path, '{"msg":"whole"}\n{"msg":"cut sho');
  const logger = at.open();
  logger.info("after");
  logger.close();
  const [whole, cut, after] = Deno.readTextFileSync(at.path).split("\n");
  assert.deepEqual([whole, cut], ['{"msg":"whole"}', '{"msg":"cut sho']);
  assert.equal(JSON.parse(after ?? "").msg, "after");
});

Deno.test(
  "fileSink: while it cannot write it drops records, and tells of it once when it can again",
  strict,
  async () => {
    await using at = await bench();
    const blocked = join(at.dir, "blocked");
    Deno.writeTextFileSync(blocked, "a file where the directory should be");
    const path = join(blocked, "agent.log");
    const logger = at.open({ path });
    for (let index = 0; index < 5; index++) logger.info("lost");
    Deno.removeSync(blocked);
    logger.info("lost too: not yet tried again");
    await at.clock.advance(1_000);
    logger.info("written");
    logger.info("written");
    logger.close();
    const [told, ...rest] = lines(path);
    assert.deepEqual([told?.msg, told?.level, told?.count], ["log records were lost", "warn", 6]);
    assert.match(String(told?.reason), /directory|os error/i);
    assert.deepEqual(rest.map((line) => line.msg), ["written", "written"]);
  },
);

Deno.test(
  "fileSink: a full disk does not disturb the caller",
  { ...strict, ignore: Deno.build.os !== "linux" },
  async () => {
    await using at = await bench();
    Deno.symlinkSync("/dev/full", at.path);
    const logger = at.open();
    logger.info("lost");
    await at.clock.advance(1_000);
    logger.info("lost");
    Deno.removeSync(at.path);
    await at.clock.advance(1_000);
    logger.info("written");
    logger.close();
    const [told, written] = lines(at.path);
    assert.equal(told?.count, 2);
    assert.match(String(told?.reason), /No space left/);
    assert.equal(written?.msg, "written");
  },
);

Deno.test("fileSink: losses are told at close where nothing came after them", strict, async () => {
  await using at = await bench();
  Deno.mkdirSync(at.path);
  const logger = at.open();
  logger.info("lost");
  Deno.removeSync(at.path);
  logger.close();
  assert.deepEqual(messages(at.path), ["log records were lost"]);
});

Deno.test("fileSink: where it cannot rotate it writes on, says so once, and rotates when it can", strict, async () => {
  await using at = await bench();
  const obstacle = join(`${at.path}.1`, "in the way");
  Deno.mkdirSync(obstacle, { recursive: true });
  const logger = at.open({ maxBytes: 300, keep: 1 });
  const write = async (count: number) => {
    for (let index = 0; index < count; index++) {
      logger.info("record", { text: "x".repeat(100) });
      await at.clock.advance(400);
    }
  };
  await write(10);
  const told = messages(at.path).filter((msg) => msg === "the log file cannot be rotated and grows");
  assert.equal(told.length, 1);
  assert.equal(messages(at.path).length, 11);
  logger.info("record");
  Deno.removeSync(`${at.path}.1`, { recursive: true });
  logger.info("record");
  assert.deepEqual(files(at.dir), ["agent.log"], "tried again at intervals, not for each record");
  await write(4);
  logger.close();
  assert.ok(Deno.statSync(`${at.path}.1`).isFile);
});

Deno.test("fileSink: a device is written to and never rotated", { ...strict, ignore: !posix }, async () => {
  await using at = await bench();
  Deno.symlinkSync("/dev/null", at.path);
  const logger = at.open({ maxBytes: 100 });
  for (let index = 0; index < 50; index++) logger.info("record");
  logger.close();
  assert.deepEqual(files(at.dir), ["agent.log"]);
});
