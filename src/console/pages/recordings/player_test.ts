import assert from "node:assert/strict";
import fc from "fast-check";
import { settle } from "../../../../tests/helpers/fake_clock.ts";
import type { CastEvent } from "./cast.ts";
import { type Schedule, scheduleOf } from "./playback.ts";
import { Player } from "./player.ts";

/** A screen that shows what it was given, and frames that come when the test says so. */
class Scene {
  readonly player: Player;
  shown = "";
  resets = 0;
  size = "";
  #nowMs = 0;
  #waiting: (() => void)[] = [];
  readonly ended: Promise<void>;

  constructor(schedule: Schedule) {
    this.player = new Player({
      schedule,
      size: { cols: 80, rows: 24 },
      screen: {
        write: async (text) => {
          await Promise.resolve();
          this.shown += text;
        },
        resize: (cols, rows) => this.size = `${cols}x${rows}`,
        reset: (cols, rows) => {
          this.resets++;
          this.shown = "";
          this.size = `${cols}x${rows}`;
        },
      },
      nextFrame: () => new Promise((resolve) => this.#waiting.push(() => resolve(this.#nowMs))),
    });
    this.ended = this.player.run();
  }

  async frame(ms: number): Promise<void> {
    this.#nowMs += ms;
    await settle();
    for (const go of this.#waiting.splice(0)) go();
    await settle();
  }

  async end(): Promise<void> {
    this.player.end();
    await this.frame(0);
    await this.ended;
  }
}

const output = (timeMs: number, text: string): CastEvent => ({ kind: "output", timeMs, text });
const schedule = (...events: CastEvent[]) =>
  scheduleOf({ header: { cols: 80, rows: 24, title: "" }, events, badLines: 0, isCut: false }, Infinity);
const ABC = schedule(
  output(0, "a"),
  output(100, "b"),
  { kind: "resize", timeMs: 150, cols: 100, rows: 30 },
  output(200, "c"),
);

Deno.test("what is due is shown as the time goes by, and it stops at the end", async () => {
  const scene = new Scene(ABC);
  await scene.frame(0);
  assert.deepEqual([scene.shown, scene.player.isPlaying.value], ["a", false], "the first picture, not yet playing");
  scene.player.play();
  await scene.frame(0);
  await scene.frame(120);
  assert.deepEqual([scene.shown, scene.size, scene.player.position.value], ["ab", "80x24", 120]);
  await scene.frame(100);
  assert.deepEqual([scene.shown, scene.size, scene.player.position.value], ["abc", "100x30", 200]);
  assert.equal(scene.player.isPlaying.value, false);
  scene.player.play();
  await scene.frame(10);
  assert.deepEqual([scene.shown, scene.resets, scene.player.position.value], ["a", 2, 0], "again, from the beginning");
  await scene.end();
});

Deno.test("a speed of four plays four times as much in a frame", async () => {
  const scene = new Scene(ABC);
  scene.player.speed = 4;
  await scene.frame(0);
  scene.player.play();
  await scene.frame(30);
  assert.deepEqual([scene.shown, scene.player.position.value], ["ab", 120]);
  await scene.end();
});

Deno.test("going forth shows what lies between, going back begins anew", async () => {
  const scene = new Scene(ABC);
  await scene.frame(0);
  scene.player.seek(500);
  await scene.frame(1);
  assert.deepEqual([scene.shown, scene.resets, scene.player.position.value], ["abc", 1, 200]);
  scene.player.seek(100);
  await scene.frame(1);
  assert.deepEqual([scene.shown, scene.size, scene.resets], ["ab", "80x24", 2]);
  await scene.end();
});

Deno.test("a tab that was hidden for long goes on from where it was", async () => {
  const scene = new Scene(schedule(output(0, "a"), output(10_000, "b")));
  await scene.frame(0);
  scene.player.play();
  await scene.frame(60_000);
  assert.deepEqual([scene.shown, scene.player.position.value], ["a", 250]);
  await scene.end();
});

Deno.test("silences of another length change the time, and not what is shown", async () => {
  const events = [output(0, "a"), output(10_000, "b"), output(10_100, "c")];
  const scene = new Scene(schedule(...events));
  await scene.frame(0);
  scene.player.seek(10_000);
  await scene.frame(1);
  scene.player.setSchedule(
    scheduleOf({ header: { cols: 1, rows: 1, title: "" }, events, badLines: 0, isCut: false }, 50),
  );
  assert.deepEqual([scene.shown, scene.player.position.value, scene.player.durationMs], ["ab", 50, 100]);
  await scene.end();
});

Deno.test("wherever somebody goes, the screen shows all up to there", async () => {
  const events = Array.from({ length: 26 }, (_, at) => output(at * 10, String.fromCharCode(97 + at)));
  const move = fc.oneof(
    fc.record({ seek: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ frame: fc.integer({ min: 0, max: 60 }) }),
    fc.constant({ toggle: true }),
  );
  await fc.assert(fc.asyncProperty(fc.array(move, { maxLength: 20 }), async (moves) => {
    const scene = new Scene(schedule(...events));
    for (const each of moves) {
      if ("seek" in each) scene.player.seek(each.seek);
      else if ("frame" in each) await scene.frame(each.frame);
      else scene.player.toggle();
    }
    scene.player.pause();
    await scene.frame(0);
    const due = Math.min(26, Math.floor(scene.player.position.value / 10) + 1);
    assert.equal(scene.shown, "abcdefghijklmnopqrstuvwxyz".slice(0, due));
    await scene.end();
  }));
});
