import assert from "node:assert/strict";
import { join } from "node:path";
import { Duration, systemClock } from "../../../core/mod.ts";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { CollectorDeps } from "../contract.ts";
import { createTreeReader } from "../reading/tree_reader.ts";
import { LagMeter } from "../runner/lag_meter.ts";
import { createTextfile } from "./collect.ts";
import { MAX_FILE_BYTES } from "./prom_file.ts";

const LONG_AGO = new Date("2023-01-02T03:04:05.678Z");
const posix = Deno.build.os !== "windows";

function textfileOf(directory: string, clock = new FakeClock()) {
  const deps: CollectorDeps = {
    tree: createTreeReader({ proc: "/proc", sys: "/sys", root: "/" }),
    clock,
    log: recordingLog().log,
    ports: { supervised: () => [], queues: () => ({}) },
    lag: new LagMeter(),
  };
  const collector = createTextfile({ enabled: true, interval: new Duration(60_000), directory }, deps);
  return async () => await collector.collect(new AbortController().signal);
}

/** Writes a file that seems to be older than any step of the file system's clock. */
async function write(path: string, text: string | Uint8Array, time = LONG_AGO): Promise<void> {
  await Deno.writeFile(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
  await Deno.utime(path, time, time);
}

Deno.test("the metrics of all files are there, with the files and their times", () =>
  inPlainTempDir(async (dir) => {
    await write(join(dir, "b.prom"), "b 2\n");
    await write(join(dir, "a.prom"), "# HELP a Some.\n# TYPE a gauge\na 1\n");
    await write(join(dir, "c.txt"), "c 3\n");
    await Deno.mkdir(join(dir, "d.prom"));
    const { sample, problems } = await textfileOf(dir)();
    assert.deepEqual(sample.files, [
      { name: join(dir, "a.prom"), modifiedMs: LONG_AGO.getTime() },
      { name: join(dir, "b.prom"), modifiedMs: LONG_AGO.getTime() },
    ]);
    assert.deepEqual(sample.families, [
      { name: "a", type: "gauge", help: "Some.", values: [{ labels: {}, value: 1 }] },
      { name: "b", type: "untyped", help: `Read from ${join(dir, "b.prom")}.`, values: [{ labels: {}, value: 2 }] },
    ]);
    assert.deepEqual([sample.error, problems], [undefined, []]);
  }));

Deno.test("a broken file says what is wrong with it and hides no other", () =>
  inPlainTempDir(async (dir) => {
    await write(join(dir, "good.prom"), "good 1\n");
    await write(join(dir, "bad.prom"), "fine 1\nnot fine\n");
    await write(join(dir, "cut.prom"), "cut 1");
    await write(join(dir, "latin.prom"), new Uint8Array([0x61, 0x7b, 0xe9, 0x0a]));
    await write(join(dir, "large.prom"), "#".repeat(MAX_FILE_BYTES) + "\n");
    const { sample, problems } = await textfileOf(dir)();
    assert.deepEqual(sample.families.map(({ name }) => name), ["good"]);
    const expected = [
      ["bad.prom", 'line 2: "fine" is not a number'],
      ["cut.prom", "line 1: the last line has no newline; is it cut?"],
      ["good.prom", undefined],
      ["large.prom", "it is larger than 1048576 bytes"],
      ["latin.prom", "it is not UTF-8"],
    ].map(([name = "", error]) => [join(dir, name), error]);
    assert.deepEqual(sample.files.map(({ name, error }) => [name, error]), expected);
    assert.deepEqual(
      problems,
      expected.filter(([, error]) => error !== undefined).map(([name, error]) => `${name}: ${error}`),
    );
  }));

Deno.test("files that do not agree: the first one counts, and the others say why not", () =>
  inPlainTempDir(async (dir) => {
    await write(join(dir, "1.prom"), '# HELP a One.\n# TYPE a gauge\na{f="1"} 1\nb 1\n');
    await write(join(dir, "2.prom"), '# HELP a Two.\n# TYPE a gauge\na{f="2"} 1\nc 1\n');
    await write(join(dir, "3.prom"), '# TYPE a counter\na{f="3"} 1\n');
    await write(join(dir, "4.prom"), '# TYPE a gauge\na{f="4"} 1\nb 2\n');
    const { sample, problems } = await textfileOf(dir)();
    assert.deepEqual(
      sample.families.map(({ name, help, values }) => [name, help, values.map(({ labels }) => labels.f)]),
      [
        ["a", "One.", ["1", "4"]],
        ["b", `Read from ${join(dir, "1.prom")}.`, [undefined]],
        ["c", `Read from ${join(dir, "2.prom")}.`, [undefined]],
      ],
    );
    const [one, two, three, four] = ["1", "2", "3", "4"].map((name) => join(dir, `${name}.prom`));
    assert.deepEqual(problems, [
      `${two}: a is left out: its HELP is another in ${one}`,
      `${three}: a is left out: it is a gauge in ${one}, and a counter here`,
      `${four}: b is left out: ${one} has the same labels`,
    ]);
    assert.equal(sample.error, problems.join("; "));
    assert.ok(sample.files.every(({ error }) => error === undefined));
  }));

Deno.test("a file is parsed again when its time or size changes, and only then", () =>
  inPlainTempDir(async (dir) => {
    const path = join(dir, "a.prom");
    await write(path, "a 1\n");
    const collect = textfileOf(dir);
    const first = (await collect()).sample.families;
    assert.equal((await collect()).sample.families, first);
    await write(path, "a 2\n"); // the same size and time: not noticed, by design
    assert.equal((await collect()).sample.families, first);
    await write(path, "a 3\n", new Date(LONG_AGO.getTime() - 10_000));
    assert.equal((await collect()).sample.families[0]?.values[0]?.value, 3);
    await write(path, "a 14\n", new Date(LONG_AGO.getTime() - 10_000));
    assert.equal((await collect()).sample.families[0]?.values[0]?.value, 14);
    await Deno.remove(path);
    assert.deepEqual((await collect()).sample, { files: [], families: [] });
  }));

Deno.test("a file that was changed a moment ago is read again, because its time may not tell of the next change", () =>
  inPlainTempDir(async (dir) => {
    const [path, clock] = [join(dir, "a.prom"), new FakeClock(LONG_AGO.getTime() + 1_000)];
    await write(path, "a 1\n");
    const collect = textfileOf(dir, clock);
    await collect();
    await write(path, "a 2\n");
    assert.equal((await collect()).sample.families[0]?.values[0]?.value, 2);
  }));

Deno.test("a directory that is not there is a problem with its reason, and so is one that becomes it", () =>
  inPlainTempDir(async (dir) => {
    const missing = join(dir, "missing");
    const collect = textfileOf(missing);
    const reading = await collect();
    assert.equal(reading.problems.length, 1);
    assert.ok(reading.problems[0]?.startsWith(`${missing}: `), reading.problems[0]);
    assert.deepEqual(reading.sample, { files: [], families: [], error: reading.problems[0] });
    await Deno.mkdir(missing);
    assert.deepEqual(await collect(), { sample: { files: [], families: [] }, problems: [] });
  }));

Deno.test(
  { name: "links are followed, dangling ones reported, pipes left alone", ignore: !posix },
  () =>
    inPlainTempDir(async (dir) => {
      await write(join(dir, "real"), "a 1\n");
      await Deno.symlink("real", join(dir, "link.prom"));
      await Deno.symlink("nowhere", join(dir, "lost.prom"));
      const made = await new Deno.Command("mkfifo", { args: [join(dir, "pipe.prom")] }).output();
      assert.ok(made.success);
      const { sample, problems } = await textfileOf(dir)();
      assert.deepEqual(sample.families.map(({ name }) => name), ["a"]);
      assert.deepEqual(problems, [`${join(dir, "lost.prom")}: No such file or directory`]);
    }),
);

Deno.test("no more than a thousand files are read, and the problems are few", () =>
  inPlainTempDir(async (dir) => {
    const name = (i: number) => join(dir, `${String(i).padStart(4, "0")}.prom`);
    for (let i = 0; i < 1_001; i++) Deno.writeTextFileSync(name(i), i < 30 ? "bad\n" : `a${i} 1\n`);
    const { sample, problems } = await textfileOf(dir)();
    assert.equal(sample.files.length, 1_000);
    assert.equal(sample.error, `${dir}: only the first 1000 files are read`);
    assert.equal(problems.length, 21);
    assert.equal(problems.at(-1), "and 11 more");
  }));

Deno.test("an aborted collection ends", () =>
  inPlainTempDir(async (dir) => {
    await write(join(dir, "a.prom"), "a 1\n");
    const deps = { clock: systemClock } as CollectorDeps;
    const collector = createTextfile({ enabled: true, interval: new Duration(1), directory: dir }, deps);
    await assert.rejects(async () => await collector.collect(AbortSignal.abort(new Error("stop"))), /stop/);
  }));
