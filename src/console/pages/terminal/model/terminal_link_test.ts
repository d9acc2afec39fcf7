import assert from "node:assert/strict";
import { settle } from "../../../../../tests/helpers/fake_clock.ts";
import { TERMINAL_FRAMES, terminalJson, terminalOutput } from "../../../../protocol/mod.ts";
import { LinkRefusal, type LinkSocket, type LinkState, TerminalLink } from "./terminal_link.ts";

class FakeSocket implements LinkSocket {
  binaryType = "";
  readyState = 0;
  bufferedAmount = 0;
  onopen: LinkSocket["onopen"] = null;
  onmessage: LinkSocket["onmessage"] = null;
  onclose: LinkSocket["onclose"] = null;
  readonly sent: Uint8Array[] = [];
  isClosed = false;

  send(data: Uint8Array): void {
    this.sent.push(data);
  }
  close(): void {
    this.isClosed = true;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.({});
  }
  tell(message: Uint8Array<ArrayBuffer>): void {
    this.onmessage?.({ data: message.slice().buffer });
  }
  drop(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

class World {
  readonly sockets: FakeSocket[] = [];
  readonly asked: { from: number; failures: number }[] = [];
  readonly states: LinkState[] = [];
  readonly output: [number, number][] = [];
  readonly told: unknown[] = [];
  readonly timers = new Set<{ run: () => void; dueMs: number }>();
  received = 0;
  now = 0;
  refusal: Error | null = null;
  readonly link = new TerminalLink({
    open: (from, failures) => {
      this.asked.push({ from, failures });
      if (this.refusal !== null) return Promise.reject(this.refusal);
      const socket = new FakeSocket();
      this.sockets.push(socket);
      return Promise.resolve(socket);
    },
    received: () => this.received,
    onState: (state) => this.states.push(state),
    onAttached: () => {},
    onOutput: (position, bytes) => this.output.push([position, bytes.length]),
    onTold: (state) => this.told.push(state),
    later: (run, ms) => {
      const timer = { run, dueMs: this.now + ms };
      this.timers.add(timer);
      return () => this.timers.delete(timer);
    },
    now: () => this.now,
    random: () => 1,
  });

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("no socket was opened");
    return last;
  }
  get kind(): string {
    return this.link.state.kind;
  }
  async attach(): Promise<void> {
    this.link.connect();
    await settle();
    this.socket.accept();
  }
  async advance(ms: number): Promise<void> {
    this.now += ms;
    for (const timer of [...this.timers].filter(({ dueMs }) => dueMs <= this.now)) {
      this.timers.delete(timer);
      timer.run();
    }
    await settle();
  }
}

const STATE = { mode: "control", terminal: { id: "t", cols: 80, rows: 24, outputBytes: 5, guests: [] } };

Deno.test("once attached, output and state come through and what is typed goes out", async () => {
  const world = new World();
  await world.attach();
  world.socket.tell(terminalJson(TERMINAL_FRAMES.state, STATE));
  world.socket.tell(terminalOutput(7, new Uint8Array(3)));
  world.link.input(new Uint8Array([65]));
  assert.deepEqual(world.states.map(({ kind }) => kind), ["connecting", "attached"]);
  assert.deepEqual(world.told, [STATE]);
  assert.deepEqual(world.output, [[7, 3]]);
  assert.deepEqual(world.socket.sent, [new Uint8Array([TERMINAL_FRAMES.input, 65])]);
});

Deno.test("frames that are none, or of an unknown type, are passed over", async () => {
  const world = new World();
  await world.attach();
  world.socket.tell(new Uint8Array([]));
  world.socket.tell(new Uint8Array([0x7f, 1, 2]));
  world.socket.tell(new Uint8Array([TERMINAL_FRAMES.output, 0]));
  world.socket.tell(new Uint8Array([TERMINAL_FRAMES.state, 123]));
  world.socket.tell(terminalJson(TERMINAL_FRAMES.state, { terminal: { cols: "x" } }));
  world.socket.onmessage?.({ data: "text" });
  assert.deepEqual([world.told, world.output, world.kind], [[], [], "attached"]);
});

Deno.test("a broken way is made anew from where it broke, each time later", async () => {
  const world = new World();
  await world.attach();
  world.received = 1_234;
  world.socket.drop(4010, "the way to the host broke");
  assert.deepEqual(world.link.state, {
    kind: "waiting",
    dueMs: 1_000,
    failures: 1,
    reason: "the way to the host broke",
  });
  await world.advance(1_000);
  assert.deepEqual(world.asked.at(-1), { from: 1_234, failures: 1 });
  world.socket.drop();
  assert.equal(world.link.state.kind === "waiting" && world.link.state.dueMs - world.now, 2_000);
  for (let count = 0; count < 10; count += 1) {
    await world.advance(15_000);
    world.socket.drop();
  }
  assert.equal(world.link.state.kind === "waiting" && world.link.state.dueMs - world.now, 15_000);
});

Deno.test("a connection that lasted begins the waiting anew", async () => {
  const world = new World();
  await world.attach();
  world.socket.drop();
  await world.advance(1_000);
  world.socket.accept();
  await world.advance(20_000);
  world.socket.drop();
  assert.equal(world.link.state.kind === "waiting" && world.link.state.failures, 1);
});

for (
  const [code, why] of [[4001, "unauthorized"], [4003, "refused"], [4004, "gone"]] as const
) {
  Deno.test(`closed with ${code} it is ${why}, and not tried again by itself`, async () => {
    const world = new World();
    await world.attach();
    world.socket.drop(code, "why");
    assert.deepEqual(world.link.state, { kind: "closed", why, reason: "why" });
    assert.equal(world.timers.size, 0);
    world.link.connect();
    await settle();
    assert.equal(world.sockets.length, 2);
  });
}

Deno.test("what makes no sense to try again is not", async () => {
  const world = new World();
  world.refusal = new LinkRefusal("gone", "it has ended");
  world.link.connect();
  await settle();
  assert.deepEqual(world.link.state, { kind: "closed", why: "gone", reason: "it has ended" });
  assert.equal(world.timers.size, 0);
});

Deno.test("the end of the shell is the end, with what it said", async () => {
  const world = new World();
  await world.attach();
  world.socket.tell(terminalJson(TERMINAL_FRAMES.exit, { exitCode: 3, reason: "the shell has ended" }));
  world.socket.drop(1000);
  assert.deepEqual(world.link.state, { kind: "ended", exit: { exitCode: 3, reason: "the shell has ended" } });
  world.link.connect();
  await settle();
  assert.equal(world.sockets.length, 1);
});

Deno.test("a connection that never opens is given up after a while", async () => {
  const world = new World();
  world.link.connect();
  await settle();
  await world.advance(15_000);
  assert.equal(world.kind, "waiting");
  assert.equal(world.socket.isClosed, true);
});

Deno.test("a suspected connection is replaced at once, and the old one says nothing more", async () => {
  const world = new World();
  await world.attach();
  const old = world.socket;
  world.link.suspect();
  await settle();
  assert.equal(old.isClosed, true);
  assert.equal(old.onmessage, null);
  world.socket.accept();
  assert.equal(world.kind, "attached");
  assert.equal(world.sockets.length, 2);
});

Deno.test("leaving ends it, even while it opens, and leaves no timer", async () => {
  const world = new World();
  world.link.connect();
  world.link.leave();
  await settle();
  assert.equal(world.socket.isClosed, true);
  assert.equal(world.kind, "left");
  assert.equal(world.timers.size, 0);

  const waiting = new World();
  await waiting.attach();
  waiting.socket.drop();
  waiting.link.leave();
  assert.equal(waiting.timers.size, 0);
});
