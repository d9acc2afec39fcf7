import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../tests/helpers/fake_clock.ts";
import { allReadings, reading } from "../../../tests/helpers/host_readings.ts";
import { Duration } from "../../core/mod.ts";
import type { ServerEvent } from "../../http/mod.ts";
import type { CollectorReading, CollectorStatus } from "../../protocol/mod.ts";
import type { TerminalSize } from "../output.ts";
import { LiveView } from "./live.ts";
import { Screen } from "./screen.ts";

/** Something to be awaited one by one, fed from outside. */
class Feed<T> {
  #waiting: ((value: T) => void)[] = [];
  #values: T[] = [];

  push(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#values.push(value);
    else waiting(value);
  }

  next(): Promise<T> {
    const value = this.#values.shift();
    return value === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(value);
  }
}

// deno-lint-ignore no-control-regex -- the codes of a terminal are what is looked for
const DRAWN = /\x1b\[(2J)|\x1b\[(\d+);1H\x1b\[2K([^\x1b]*)/g;
const LEAVE = "\x1b[?25h\x1b[?1049l";

/** A view on a terminal that keeps what stands on it. */
class Stage {
  readonly clock = new FakeClock();
  readonly keys = new Feed<Uint8Array | null>();
  readonly events = new Feed<ServerEvent | null>();
  readonly abort = new AbortController();
  readonly raw: boolean[] = [];
  size: TerminalSize = { columns: 100, rows: 30 };
  states: readonly CollectorStatus[] = [];
  resized: () => void = () => {};
  written = "";
  rows: string[] = [];
  readonly ended: Promise<void>;

  constructor() {
    const keyboard = {
      setRaw: (raw: boolean) => void this.raw.push(raw),
      read: () => this.keys.next(),
      onResize: (act: () => void) => {
        this.resized = act;
        return () => void (this.resized = () => {});
      },
    };
    const terminal = {
      stdout: (text: string) => this.#write(text),
      stderr() {},
      isTerminal: true,
      size: () => this.size,
    };
    this.ended = new LiveView({
      screen: new Screen(terminal, keyboard, { colour: false }),
      clock: this.clock,
      interval: new Duration(2_000),
      sort: "cpu",
      rows: Infinity,
      signal: this.abort.signal,
      events: () => this.#told(),
      collectors: () => Promise.resolve(this.states),
    }).run();
  }

  get text(): string {
    return this.rows.join("\n");
  }

  async tell(readings: readonly CollectorReading[]): Promise<void> {
    for (const each of readings) this.events.push({ event: "sample", data: JSON.stringify(each) });
    await settle();
    await this.clock.advance(50);
  }

  async press(text: string): Promise<void> {
    this.keys.push(new TextEncoder().encode(text));
    await settle();
  }

  async *#told(): AsyncGenerator<ServerEvent> {
    for (let event = await this.events.next(); event !== null; event = await this.events.next()) yield event;
  }

  #write(text: string): void {
    this.written += text;
    for (const [, erase, row, line] of text.matchAll(DRAWN)) {
      if (erase !== undefined) this.rows = [];
      else this.rows[Number(row) - 1] = line ?? "";
    }
  }
}

Deno.test("readings are shown as they come, until a key ends it and the terminal is as it was", async () => {
  const stage = new Stage();
  assert.match(stage.text, /^Waiting for the agent/);
  await stage.tell(allReadings());
  assert.match(stage.text, /^web-1 {2}up 3d4h/);
  assert.match(stage.rows[29] ?? "", /^q quit {2}c by CPU {2}m by memory {2}p pause {2}\? help +every 2s$/);
  await stage.tell([reading("load", { load1: 7.5, load5: 1, load15: 1 })]);
  assert.match(stage.text, /load 7\.50 1\.00 1\.00/);
  await stage.press("q");
  await stage.ended;
  assert.ok(stage.written.endsWith(LEAVE));
  assert.deepEqual(stage.raw, [true, false]);
  assert.equal(stage.clock.sleeping, 0);
});

Deno.test("keys change the order, hold what is shown, and explain themselves", async () => {
  const stage = new Stage();
  await stage.tell(allReadings());
  assert.match(stage.text, /PROCESS \(by CPU\)\n.*worker-0/);
  await stage.press("m");
  assert.match(stage.text, /PROCESS \(by memory\)\n.*worker-9/);
  await stage.press("c");
  assert.match(stage.text, /PROCESS \(by CPU\)/);
  await stage.press("p");
  await stage.tell([reading("load", { load1: 7.5, load5: 1, load15: 1 })]);
  assert.match(stage.text, /load 0\.52[^]*held; p goes on$/);
  await stage.press("p");
  assert.match(stage.text, /load 7\.50[^]*every 2s$/);
  await stage.press("?");
  assert.match(stage.text, /^agent top {2}shows how this host does\n[^]*any key goes back/);
  await stage.press("m");
  assert.match(stage.text, /^web-1[^]*PROCESS \(by CPU\)/);
  await stage.press("\x1b[A");
  await stage.press("\x03");
  await stage.ended;
});

Deno.test("a new size is drawn at once with what is known", async () => {
  const stage = new Stage();
  await stage.tell(allReadings());
  stage.size = { columns: 40, rows: 5 };
  stage.resized();
  assert.equal(stage.rows.length, 5);
  assert.match(stage.text, /^web-1[^]*\nCPU [^]*\nMem [^]*\n.*every 2s/);
  stage.size = { columns: 40, rows: 1 };
  stage.resized();
  assert.equal(stage.rows.length, 1);
  await stage.press("q");
  await stage.ended;
});

Deno.test("collectors that fail are told of, as soon as the agent says so", async () => {
  const stage = new Stage();
  await stage.tell(allReadings());
  assert.doesNotMatch(stage.text, /agent collectors/);
  stage.states = [{ name: "disk", state: "failed", runs: 1, failures: 1 }];
  await stage.clock.advance(3_000);
  assert.match(stage.text, /\n1 collector reports problems: agent collectors/);
  await stage.press("q");
  await stage.ended;
});

Deno.test("readings that do not come any more are not shown as if they were new", async () => {
  const stage = new Stage();
  await stage.tell(allReadings());
  await stage.clock.advance(8_000);
  assert.match(stage.text, /no reading for 8s$/);
  await stage.tell(allReadings());
  assert.match(stage.text, /every 2s$/);
  await stage.press("q");
  await stage.ended;
});

const ENDINGS: readonly (readonly [what: string, act: (stage: Stage) => void, error: object])[] = [
  ["the agent stops", ({ events }) => events.push(null), { code: "not_running", message: "The agent has stopped" }],
  ["the terminal is closed", ({ keys }) => keys.push(null), { code: "cancelled", message: /terminal/ }],
  ["it is interrupted", ({ abort }) => abort.abort(new Error("Interrupted")), { message: "Interrupted" }],
  ["what comes is no reading", ({ events }) => events.push({ event: "sample", data: "{" }), { code: "unavailable" }],
];
for (const [what, act, error] of ENDINGS) {
  Deno.test(`when ${what}, the terminal is as it was and the error says why`, async () => {
    const stage = new Stage();
    await stage.tell(allReadings());
    act(stage);
    await assert.rejects(stage.ended, error);
    assert.ok(stage.written.endsWith(LEAVE));
    assert.deepEqual(stage.raw, [true, false]);
    assert.equal(stage.clock.sleeping, 0);
  });
}

Deno.test("a failure while drawing ends it like any other", async () => {
  const stage = new Stage();
  await stage.tell(allReadings());
  Object.defineProperty(stage, "size", {
    get() {
      throw new Error("no size");
    },
  });
  stage.resized();
  await assert.rejects(stage.ended, /no size/);
  assert.ok(stage.written.endsWith(LEAVE));
});
