import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { memoryStore } from "../../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { AppError } from "../../../core/mod.ts";
import type { TerminalView } from "../../../protocol/mod.ts";
import type { RecordingIndexPort } from "../ports.ts";
import { castPath, Recorders, type RecorderSeat } from "./recorders.ts";
import { Upkeep } from "./upkeep.ts";

const TERMINAL = { hostId: "h-1", host: "web-1", terminalId: "t-1", actor: "ada", cols: 80, rows: 24 };
const VIEW: TerminalView = {
  ...{ id: "t-1", actor: "ada", user: "www", shell: "/bin/bash", title: "vim", cols: 80, rows: 24 },
  ...{ createdMs: 1, activeMs: 1, guests: [], outputBytes: 0 },
};
const bytesOf = (text: string) => new TextEncoder().encode(text);

class World {
  readonly clock = new FakeClock();
  readonly index: RecordingIndexPort = memoryStore({ clock: this.clock }).recordings;
  readonly recorders: Recorders;
  readonly logged = recordingLog();
  readonly dir: string;
  isOn = true;
  maxBytes = 1_000_000;
  #ids = 0;

  constructor(dir: string, index?: (real: RecordingIndexPort) => RecordingIndexPort) {
    this.dir = dir;
    if (index !== undefined) this.index = index(this.index);
    this.recorders = new Recorders({
      ...{ index: this.index, dir, clock: this.clock, log: this.logged.log, onGrown: () => {} },
      isOn: () => this.isOn,
      maxBytes: () => this.maxBytes,
      newId: () => `r-${++this.#ids}`,
    });
  }

  async join(more: Partial<typeof TERMINAL> = {}, onChange = () => {}): Promise<RecorderSeat> {
    const seat = await this.recorders.join({ ...TERMINAL, ...more }, onChange);
    assert.ok(seat !== null, "it is not recorded");
    return seat;
  }

  async events(id: string): Promise<[number, string, string][]> {
    const [, ...lines] = (await Deno.readTextFile(castPath(this.dir, id))).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  async output(id: string): Promise<string> {
    return (await this.events(id)).filter(([, code]) => code === "o").map(([, , text]) => text).join("");
  }

  async ended(id: string) {
    await until(async () => (await this.index.get(id))?.endedMs !== null, `${id} has ended in the index`);
    return await this.index.get(id);
  }
}

const inWorld = (use: (world: World) => Promise<void>) => () => inTempDir((dir) => use(new World(dir)));

Deno.test(
  "a terminal has one recording, however many use it and however often they come back",
  inWorld(async (world) => {
    const [first, second] = await Promise.all([world.join(), world.join({ actor: "bob" })]);
    assert.equal(first.recorder, second.recorder);
    first.recorder.take(0, bytesOf("hello "));
    second.recorder.take(0, bytesOf("hello wor"));
    first.leave();
    first.leave();
    second.leave();
    await world.clock.advance(60_000);
    const third = await world.join();
    assert.equal(third.recorder, first.recorder);
    third.recorder.take(3, bytesOf("lo world"));
    third.recorder.show({ ...VIEW, cols: 100 });
    third.recorder.finish("the shell has ended");
    const record = await world.ended("r-1");
    assert.equal(await world.output("r-1"), "hello world");
    assert.deepEqual((await world.events("r-1")).at(-1), [60, "r", "100x24"]);
    assert.deepEqual(
      { ...record, startedMs: 0, endedMs: 0, sizeBytes: 0 },
      {
        ...{ id: "r-1", ...TERMINAL, user: "www", shell: "/bin/bash", title: "vim", startedMs: 0, endedMs: 0 },
        ...{ reason: "the shell has ended", durationMs: 60_000, sizeBytes: 0, isCut: false, position: 11 },
      },
    );
    assert.equal(record?.sizeBytes, (await Deno.stat(castPath(world.dir, "r-1"))).size);
    assert.equal(world.clock.sleeping, 1, "one timer for all");
    await world.recorders.end();
    assert.equal(world.clock.sleeping, 0);
  }),
);

Deno.test(
  "what was shown is on the disk within a second, and the index knows of it soon",
  inWorld(async (world) => {
    const { recorder } = await world.join();
    recorder.take(0, bytesOf("soon"));
    await world.clock.advance(1_000);
    await until(async () => await world.output("r-1") === "soon", "it is written");
    assert.equal((await world.index.get("r-1"))?.position, 0);
    await world.clock.advance(10_000);
    await until(async () => (await world.index.get("r-1"))?.position === 4, "the index knows");
    assert.deepEqual((await world.index.open()).map(({ id }) => id), ["r-1"]);
    await world.recorders.end();
    assert.equal((await world.index.get("r-1"))?.reason, "the manager has stopped");
  }),
);

Deno.test(
  "a terminal that nobody comes back to is recorded no longer, and a later recording goes on where it was",
  inWorld(async (world) => {
    const seat = await world.join();
    seat.recorder.take(0, bytesOf("one"));
    await world.clock.advance(20 * 60_000);
    assert.equal(seat.recorder.isRecording, true, "somebody is there");
    seat.leave();
    await world.clock.advance(16 * 60_000);
    assert.equal((await world.ended("r-1"))?.reason, "nobody came back to it");
    await world.clock.advance(2_000);
    assert.equal(world.clock.sleeping, 0, "no timer without recordings");
    const later = await world.join();
    later.recorder.take(0, bytesOf("one two"));
    later.recorder.finish("done");
    await world.ended("r-2");
    assert.equal(await world.output("r-2"), " two");
    await world.recorders.end();
  }),
);

Deno.test(
  "a recording that is long enough is cut and says so to all, and none is begun in its place",
  inWorld(async (world) => {
    world.maxBytes = 2_000;
    let told = 0;
    const seats = [await world.join({}, () => told++), await world.join({}, () => told++)];
    for (let at = 0; at < 100; at++) seats[at % 2]?.recorder.take(at * 50, bytesOf("x".repeat(50)));
    assert.equal(told, 2);
    const record = await world.ended("r-1");
    assert.deepEqual([record?.isCut, record?.reason], [
      true,
      "the recording is as large as terminals.max_bytes allows",
    ]);
    assert.ok((record?.sizeBytes ?? 0) < 2_200, String(record?.sizeBytes));
    assert.match(String((await world.events("r-1")).at(-1)), /m,not recorded from here on/);
    assert.equal(await world.recorders.isRecorded("h-1", "t-1"), false);
    const again = await world.join();
    assert.equal(again.recorder.isRecording, false);
    assert.equal(world.recorders.running("r-1"), null);
    for (const seat of [...seats, again]) seat.leave();
    await world.clock.advance(16 * 60_000);
    assert.equal((await world.join()).recorder.isRecording, true);
    await world.recorders.end();
  }),
);

Deno.test("one that is being begun while the start puts things in order is not taken for what was left behind", () =>
  inTempDir(async (dir) => {
    let repairing = Promise.resolve();
    const world: World = new World(dir, (real) => ({
      ...real,
      add: async (record) => {
        await real.add(record);
        await (repairing = upkeep.repair()); // its file is not there yet
      },
    }));
    const { index, recorders, clock } = world;
    const upkeep = new Upkeep({
      ...{ index, recorders, dir, clock, log: world.logged.log, keepMs: () => 1e9, maxTotalBytes: () => 1e9 },
    });
    const seat = await world.join();
    await repairing;
    assert.deepEqual((await index.list({ limit: 5 })).map(({ id, endedMs }) => [id, endedMs]), [["r-1", null]]);
    seat.leave();
    await recorders.end();
  }));

Deno.test(
  "of nothing there is no recording, nor while it is switched off",
  inWorld(async (world) => {
    const seat = await world.join();
    seat.recorder.finish("left at once");
    await until(async () => (await world.index.usage()).count === 0, "the index has forgotten it");
    assert.deepEqual([...Deno.readDirSync(world.dir)], []);
    world.isOn = false;
    assert.equal(await world.recorders.join(TERMINAL, () => {}), null);
    assert.equal(await world.recorders.isRecorded("h-1", "t-1"), false);
    await world.recorders.end();
    world.isOn = true;
    assert.equal(await world.recorders.join(TERMINAL, () => {}), null, "the manager stops");
    world.recorders.begin();
    assert.ok(await world.recorders.join(TERMINAL, () => {}));
    await world.recorders.end();
  }),
);

Deno.test("where no recording can be begun the terminal goes without, the log says so once, and later ones are", () =>
  inTempDir(async (dir) => {
    const world = new World(`${dir}/not/there`);
    for (let tries = 0; tries < 3; tries++) assert.equal(await world.recorders.join(TERMINAL, () => {}), null);
    assert.deepEqual(await world.index.list({ limit: 9 }), []);
    const told = world.logged.records.filter(({ msg }) => msg === "recording of terminals failed");
    assert.equal(told.length, 1);
    Deno.mkdirSync(`${dir}/not/there`, { recursive: true });
    assert.ok(await world.recorders.join(TERMINAL, () => {}));
    await world.recorders.end();
  }));

Deno.test("an index that cannot be written keeps nobody from a terminal, and is told the end when it can be", () =>
  inTempDir(async (dir) => {
    let isAway = false;
    const world = new World(dir, (real) => ({
      ...real,
      change: (id, change) => isAway ? Promise.reject(new AppError("unavailable", "no disk")) : real.change(id, change),
    }));
    const { recorder } = await world.join();
    recorder.take(0, bytesOf("x"));
    isAway = true;
    recorder.finish("the shell has ended");
    await settle();
    await world.clock.advance(30_000);
    assert.equal((await world.index.get("r-1"))?.endedMs, null);
    isAway = false;
    await until(async () => {
      await world.clock.advance(10_000);
      return (await world.index.get("r-1"))?.reason === "the shell has ended";
    }, "the index is told");
    await world.recorders.end();
    assert.equal(world.clock.sleeping, 0);
  }));
