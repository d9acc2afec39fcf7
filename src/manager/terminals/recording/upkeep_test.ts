import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { memoryStore } from "../../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { recordingRecord } from "../../../../tests/helpers/store_records.ts";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { RecordingRecord } from "../ports.ts";
import { CastEvents, castHead } from "./cast.ts";
import type { Recorder } from "./recorder.ts";
import { castPath } from "./recorders.ts";
import { firstLine, mend } from "./tail.ts";
import { Upkeep } from "./upkeep.ts";

const ORIGIN = { hostId: "h-1", host: "web-1", terminalId: "t-1", actor: "ada" };
const DAY_MS = 24 * 3_600_000;
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const never = new AbortController().signal;

function castText(outputs: readonly string[], startedMs = 1_700_000_000_000): string {
  const events = new CastEvents({ position: 0, cols: 80, rows: 24 });
  const lines = [castHead({ cols: 80, rows: 24, startedMs, title: "ada@web-1", farhand: ORIGIN })];
  let at = 0;
  for (const [n, text] of outputs.entries()) {
    const bytes = new TextEncoder().encode(text);
    lines.push(...events.output((n + 1) * 1_500, at, bytes));
    at += bytes.length;
  }
  return lines.join("");
}

class World {
  readonly clock = new FakeClock();
  readonly index = memoryStore({ clock: this.clock }).recordings;
  readonly logged = recordingLog();
  readonly dir: string;
  readonly upkeep: Upkeep;
  running: Recorder[] = [];
  keepMs = 30 * DAY_MS;
  maxTotalBytes = 1e9;

  constructor(dir: string) {
    this.dir = dir;
    this.upkeep = new Upkeep({
      ...{ index: this.index, dir, clock: this.clock, log: this.logged.log },
      recorders: {
        all: () => this.running,
        isOurs: (id) => this.running.some((each) => each.id === id),
        repaired: () => {},
      },
      keepMs: () => this.keepMs,
      maxTotalBytes: () => this.maxTotalBytes,
    });
  }

  async add(n: number, values: Partial<RecordingRecord>, text: string | null = castText(["x"])): Promise<string> {
    const id = idOf(n);
    if (text !== null) await Deno.writeTextFile(castPath(this.dir, id), text);
    await this.index.add(recordingRecord(id, { startedMs: this.clock.nowMs(), ...values }));
    return id;
  }

  files(): string[] {
    return [...Deno.readDirSync(this.dir)].map(({ name }) => name).sort();
  }

  async ids(): Promise<string[]> {
    return (await this.index.list({ limit: 1_000 })).map(({ id }) => id).sort();
  }
}

const inWorld = (use: (world: World) => Promise<void>) => () => inTempDir((dir) => use(new World(dir)));

Deno.test(
  "what a killed manager has left ends in the index, without the line that was written by half",
  inWorld(async (world) => {
    const whole = castText(["one", "two", "three"]);
    const startedMs = world.clock.nowMs();
    const torn = await world.add(1, { startedMs, sizeBytes: 3 }, `${whole}[4.123456,"o","fo`);
    const headless = await world.add(2, { startedMs }, '{"version":2,"wid');
    const lost = await world.add(3, {}, null);
    const lostLongAgo = await world.add(4, { endedMs: 5 }, null);
    await world.upkeep.repair();
    assert.equal(await Deno.readTextFile(castPath(world.dir, torn)), whole);
    const { endedMs, durationMs, sizeBytes, reason, isCut } = await world.index.get(torn) ?? {};
    assert.deepEqual(
      [endedMs, durationMs, sizeBytes, reason, isCut],
      [startedMs + 4_500, 4_500, whole.length, "the manager has ended meanwhile", false],
    );
    assert.equal((await world.index.get(headless))?.sizeBytes, 0);
    for (const id of [lost, lostLongAgo]) assert.equal(await world.index.get(id), null);
    assert.deepEqual(await world.index.open(), []);
    assert.deepEqual(world.logged.records.map(({ msg }) => msg), []);
  }),
);

Deno.test(
  "files that the index does not know are taken in by what stands in them, and what is none is left alone",
  inWorld(async (world) => {
    const text = castText(["a", "b"], 1_700_000_123_000);
    await Deno.writeTextFile(castPath(world.dir, idOf(7)), `${text}[9,`);
    await Deno.writeTextFile(castPath(world.dir, idOf(8)), '{"version":2}\n');
    await Deno.writeTextFile(`${world.dir}/notes.txt`, "mine");
    await world.upkeep.repair();
    await world.upkeep.repair();
    assert.deepEqual(await world.ids(), [idOf(7)]);
    const record = await world.index.get(idOf(7));
    assert.deepEqual(
      { ...record, reason: "" },
      recordingRecord(idOf(7), {
        ...{ ...ORIGIN, startedMs: 1_700_000_123_000, endedMs: 1_700_000_126_000, durationMs: 3_000 },
        sizeBytes: text.length,
      }),
    );
    assert.deepEqual(world.files(), [`${idOf(7)}.cast`, `${idOf(8)}.cast`, "notes.txt"]);
  }),
);

Deno.test(
  "recordings that go on are not touched",
  inWorld(async (world) => {
    const id = await world.add(1, {}, '{"version":2');
    world.running = [{ id } as Recorder];
    await world.upkeep.repair();
    assert.equal(await Deno.readTextFile(castPath(world.dir, id)), '{"version":2');
    assert.equal((await world.index.get(id))?.endedMs, null);
  }),
);

Deno.test(
  "what is too old is forgotten, then the oldest of what is too much",
  inWorld(async (world) => {
    const nowMs = world.clock.nowMs();
    for (let n = 0; n < 6; n++) {
      await world.add(n, { startedMs: nowMs - n * DAY_MS, endedMs: nowMs, sizeBytes: 100_000 });
    }
    await world.upkeep.trim(never);
    assert.equal((await world.ids()).length, 6);
    world.keepMs = 4.5 * DAY_MS;
    await world.upkeep.trim(never);
    assert.deepEqual(await world.ids(), [0, 1, 2, 3, 4].map(idOf));
    world.maxTotalBytes = 320_000;
    await world.upkeep.trim(never);
    assert.deepEqual(await world.ids(), [0, 1, 2].map(idOf));
    assert.deepEqual(world.files(), [0, 1, 2].map((n) => `${idOf(n)}.cast`));
  }),
);

Deno.test(
  "hundreds go in one round, and when none is left to go the largest that goes on has to end",
  inWorld(async (world) => {
    for (let n = 0; n < 450; n++) await world.add(n, { startedMs: n, endedMs: n }, null);
    await world.add(900, { sizeBytes: 50_000_000 });
    let cut = "";
    const running = (id: string, sizeBytes: number) => ({
      ...{ id, file: { sizeBytes } },
      cut: (reason: string) => void (cut = `${id}: ${reason}`),
    });
    world.running = [running("small", 1), running("large", 9), running("middle", 5)] as unknown as Recorder[];
    world.maxTotalBytes = 1_000_000;
    await world.upkeep.trim(never);
    assert.deepEqual(await world.ids(), [idOf(900)]);
    assert.match(cut, /^large: .*max_total_bytes/);
  }),
);

Deno.test(
  "what cannot be removed is told of once, and tried again",
  inWorld(async (world) => {
    await world.add(1, { startedMs: 1, endedMs: 2 }, null);
    Deno.mkdirSync(castPath(world.dir, idOf(1)));
    await Deno.writeTextFile(`${castPath(world.dir, idOf(1))}/in_the_way`, "");
    for (let round = 0; round < 3; round++) await world.upkeep.trim(never);
    assert.deepEqual(await world.ids(), [idOf(1)]);
    assert.deepEqual(world.logged.records.map(({ msg }) => msg), ["upkeep of recordings failed"]);
    Deno.removeSync(castPath(world.dir, idOf(1)), { recursive: true });
    await world.upkeep.trim(never);
    assert.deepEqual(await world.ids(), []);
  }),
);

Deno.test("wherever a file was cut off, what is left of it are its whole lines", () =>
  inTempDir(async (dir) => {
    const text = castText(["plain", "é\u{1f600}\u001b[31m", "x".repeat(3_000), "end"]);
    const bytes = new TextEncoder().encode(text);
    const path = `${dir}/a`;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length }), async (length) => {
        await Deno.writeFile(path, bytes.slice(0, length));
        const { sizeBytes, durationMs } = await mend(path);
        const left = await Deno.readTextFile(path);
        const whole = new TextDecoder().decode(bytes.slice(0, length)).split("\n").length - 1;
        assert.equal(left.split("\n").length - 1, whole);
        assert.ok(text.startsWith(left));
        assert.equal(sizeBytes, new TextEncoder().encode(left).length);
        assert.equal(durationMs, Math.max(0, whole - 1) * 1_500);
        assert.equal(await firstLine(path), whole === 0 ? null : text.split("\n")[0]);
      }),
      { numRuns: 60 },
    );
  }));
