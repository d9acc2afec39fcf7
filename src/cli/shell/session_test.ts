import assert from "node:assert/strict";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { until } from "../../../tests/helpers/host.ts";
import { AppError } from "../../core/mod.ts";
import {
  acknowledgedBy,
  type AttachMode,
  TERMINAL_CLOSE_CODES,
  TERMINAL_FRAMES,
  terminalJson,
  terminalOutput,
} from "../../protocol/mod.ts";
import type { Link, LinkEnd } from "./link.ts";
import type { ShellScreen } from "./screen.ts";
import { type AttachWish, type ShellEnd, ShellSession } from "./session.ts";

/** A connection whose other end is the test. */
class FakeLink implements Link {
  readonly sent: Uint8Array[] = [];
  end: LinkEnd | null = null;
  wasClosed = false;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #news = Promise.withResolvers<void>();

  get isDrained(): boolean {
    return this.#waiting.length === 0;
  }

  async *messages() {
    for (;;) {
      const message = this.#waiting.shift();
      if (message !== undefined) yield message;
      else if (this.end !== null) return;
      else {
        this.#news = Promise.withResolvers();
        await this.#news.promise;
      }
    }
  }

  put(...messages: Uint8Array<ArrayBuffer>[]): void {
    this.#waiting.push(...messages);
    this.#news.resolve();
  }

  print(position: number, text: string): void {
    this.put(terminalOutput(position, new TextEncoder().encode(text)));
  }

  break(code: number, reason = ""): void {
    this.end = { code, reason };
    this.#news.resolve();
  }

  send(message: Uint8Array<ArrayBuffer>): void {
    this.sent.push(message);
  }

  close(): void {
    this.wasClosed = true;
  }

  get typed(): string {
    const input = this.sent.filter((message) => message[0] === TERMINAL_FRAMES.input);
    return input.map((message) => new TextDecoder().decode(message.subarray(1))).join("");
  }

  get acknowledged(): number {
    return acknowledgedBy(this.sent.findLast((message) => message[0] === 0x03) ?? new Uint8Array()) ?? 0;
  }

  get sizes(): number {
    return this.sent.filter((message) => message[0] === TERMINAL_FRAMES.resize).length;
  }
}

class World implements ShellScreen {
  readonly clock = new FakeClock();
  readonly ending = new AbortController();
  readonly links: FakeLink[] = [];
  readonly wishes: AttachWish[] = [];
  readonly notes: string[] = [];
  readonly run: Promise<ShellEnd>;
  shown = "";
  size = { columns: 100, rows: 30 };
  isGone = false;
  looked = 0;
  lookError: AppError | null = null;
  attachError: AppError | null = null;
  onSize: (() => void) | null = null;
  readonly #keys: (Uint8Array<ArrayBuffer> | null)[] = [];
  #pressed = Promise.withResolvers<void>();

  constructor(mode: AttachMode = "control") {
    this.run = new ShellSession({
      ...{ screen: this, mode, clock: this.clock, random: () => 0.5, signal: this.ending.signal },
      attach: (wish) => {
        this.wishes.push(wish);
        if (this.attachError !== null) return Promise.reject(this.attachError);
        const link = new FakeLink();
        this.links.push(link);
        return Promise.resolve(link);
      },
      look: () => {
        this.looked++;
        return this.lookError === null ? Promise.resolve() : Promise.reject(this.lookError);
      },
    }).run();
    this.run.catch(() => {}); // each test looks at it
  }

  get link(): FakeLink {
    const link = this.links.at(-1);
    assert.ok(link !== undefined, "nobody has attached");
    return link;
  }

  write(bytes: Uint8Array): Promise<boolean> {
    this.shown += new TextDecoder().decode(bytes);
    return Promise.resolve(!this.isGone);
  }

  note(text: string): void {
    this.notes.push(text);
  }

  press(text: string | null): void {
    this.#keys.push(text === null ? null : new TextEncoder().encode(text));
    this.#pressed.resolve();
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    for (;;) {
      const keys = this.#keys.shift();
      if (keys !== undefined) return keys;
      this.#pressed = Promise.withResolvers();
      await this.#pressed.promise;
    }
  }

  onResize(act: () => void): () => void {
    this.onSize = act;
    return () => void (this.onSize = null);
  }

  async attached(count = 1): Promise<void> {
    await until(() => this.links.length === count, `it has attached ${count} times`);
  }

  async showing(text: string): Promise<void> {
    await until(() => this.shown === text, `it shows ${text}`);
  }
}

const VIEW = {
  ...{ id: "t", actor: "ada", user: "root", shell: "sh", title: "", cols: 80, rows: 24, createdMs: 1, activeMs: 1 },
  ...{ guests: [], outputBytes: 0 },
};
const state = (isRecorded: boolean) =>
  terminalJson(TERMINAL_FRAMES.state, { terminal: VIEW, mode: "control", isRecorded });
const exit = (value: object) => terminalJson(TERMINAL_FRAMES.exit, value);

Deno.test("keys go to the shell, its output to the screen, which acknowledges what it has shown; its end ends it", async () => {
  const world = new World();
  await world.attached();
  assert.deepEqual(world.wishes, [{ from: 0, size: { columns: 100, rows: 30 } }]);
  world.link.put(state(true));
  world.link.print(0, "$ ");
  await world.showing("$ ");
  world.press("ls\r");
  await until(() => world.link.typed === "ls\r", "it is typed");
  world.onSize?.();
  world.link.print(2, "file\r\n");
  await until(() => world.link.acknowledged === 8, "it is acknowledged");
  assert.equal(world.link.sizes, 1);
  world.link.put(state(true), exit({ exitCode: 3, reason: "the shell has ended" }));
  assert.deepEqual(await world.run, { kind: "exit", exit: { exitCode: 3, reason: "the shell has ended" } });
  assert.deepEqual(world.notes, ["what this terminal shows is recorded; ~. leaves, ~? helps"]);
  assert.deepEqual([world.link.wasClosed, world.onSize, world.clock.sleeping], [true, null, 0]);
});

Deno.test("~. leaves, ~? helps, and neither comes to the shell", async () => {
  const world = new World();
  await world.attached();
  world.press("a\r~?b\r~.c");
  assert.deepEqual(await world.run, { kind: "left" });
  assert.equal(world.link.typed, "a\rb\r");
  assert.match(world.notes.join("\n"), /~\. +leave/);
});

Deno.test("a connection that breaks is made again, from where it was, and nothing is shown twice", async () => {
  const world = new World();
  await world.attached();
  world.link.print(0, "one ");
  await world.showing("one ");
  for (const [n, code] of [TERMINAL_CLOSE_CODES.try_again, 1006, 1001, TERMINAL_CLOSE_CODES.too_slow].entries()) {
    world.link.break(code, n === 0 ? "the tunnel broke" : "");
    await until(() => world.clock.sleeping > 0, "it waits");
    world.press("lost");
    await world.clock.advance(10_200);
    await world.attached(n + 2);
    assert.equal(world.wishes.at(-1)?.from, 4 + 2 * n);
    world.link.print(2 + 2 * n, `..${n} `);
    await until(() => world.shown.endsWith(`${n} `), "what is new is shown");
  }
  assert.equal(world.shown, "one 0 1 2 3 ");
  assert.equal(world.looked, 4);
  assert.equal(world.notes[0], "the tunnel broke; attaching again, what is typed meanwhile is lost; ~. leaves");
  assert.equal(world.notes.filter((note) => note === "attached again").length, 4);
  assert.equal(world.link.typed, "");
  world.press("\r~.");
  assert.deepEqual(await world.run, { kind: "left" });
});

Deno.test("while nothing can be reached it goes on trying, says so once, and can be left", async () => {
  const world = new World();
  await world.attached();
  world.link.break(1006);
  await until(() => world.clock.sleeping > 0, "it waits");
  for (const code of ["unavailable", "host_offline", "timeout", "rate_limited"] as const) {
    world.lookError = new AppError(code, "not now");
    await world.clock.advance(11_000);
  }
  assert.equal(world.notes.length, 1);
  assert.ok(world.looked >= 4 && world.looked < 20, `it was looked ${world.looked} times`);
  world.press("~.");
  assert.deepEqual(await world.run, { kind: "left" });
  assert.equal(world.clock.sleeping, 0);
});

Deno.test("what no waiting helps against ends it with its reason", async () => {
  for (
    const [act, code] of [
      [(world: World) => world.link.break(TERMINAL_CLOSE_CODES.unauthorized, "the session has ended"), "unauthorized"],
      [(world: World) => world.link.break(TERMINAL_CLOSE_CODES.refused, "policy.terminal: on"), "host_refuses"],
      [(world: World) => world.link.break(TERMINAL_CLOSE_CODES.gone, "no such terminal"), "not_found"],
      [(world: World) => {
        world.lookError = new AppError("not_found", "There is no terminal t");
        world.link.break(1006);
      }, "not_found"],
    ] as const
  ) {
    const world = new World();
    await world.attached();
    let hasEnded = false;
    world.run.catch(() => hasEnded = true);
    act(world);
    await until(async () => {
      await world.clock.advance(2_000);
      return hasEnded;
    }, "it ends");
    await assert.rejects(world.run, { code });
  }
  const ended = new World();
  await ended.attached();
  ended.link.break(TERMINAL_CLOSE_CODES.normal, "ended by bob");
  assert.deepEqual(await ended.run, { kind: "exit", exit: { reason: "ended by bob" } });
});

Deno.test("who views types nothing, and leaves by Ctrl-C too", async () => {
  const world = new World("view");
  await world.attached();
  world.press("rm -rf /\r");
  world.onSize?.();
  world.link.print(0, "x");
  await until(() => world.link.acknowledged === 1, "it is shown");
  assert.deepEqual([world.link.typed, world.link.sizes], ["", 0]);
  world.press("\x03");
  assert.deepEqual(await world.run, { kind: "left" });
});

Deno.test("a signal, or a terminal that is closed, ends it at once", async () => {
  const interrupted = new World();
  await interrupted.attached();
  interrupted.ending.abort(new AppError("cancelled", "Interrupted"));
  await assert.rejects(interrupted.run, { code: "cancelled" });
  assert.deepEqual([interrupted.link.wasClosed, interrupted.onSize], [true, null]);
  const closed = new World();
  await closed.attached();
  closed.press(null);
  assert.deepEqual(await closed.run, { kind: "left" });
  const unseen = new World();
  await unseen.attached();
  unseen.isGone = true;
  unseen.link.print(0, "x");
  assert.deepEqual(await unseen.run, { kind: "left" });
});

Deno.test("a recording that ends is told of", async () => {
  const world = new World();
  await world.attached();
  world.link.put(state(true), state(true), state(false));
  await until(() => world.notes.length === 2, "both are told");
  assert.match(world.notes[1] ?? "", /not recorded any more/);
  world.press("~.");
  await world.run;
});
