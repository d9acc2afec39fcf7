import assert from "node:assert/strict";
import { settle } from "../../../tests/helpers/fake_clock.ts";
import { until } from "../../../tests/helpers/host.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { inWorld, never, TerminalsWorld } from "../../../tests/helpers/terminals_world.ts";
import { LinkEnd, tunnelPair } from "../../../tests/helpers/tunnel_pair.ts";
import { AppError } from "../../core/mod.ts";
import { TERMINAL_CLOSE_CODES, TERMINAL_WINDOW_BYTES, terminalMessage, terminalResize } from "../../protocol/mod.ts";
import { MAX_BUFFERED_BYTES } from "./guest.ts";
import type { HostsPort } from "./ports.ts";

Deno.test(
  "what is typed comes to the host, what it prints comes back, and the end ends it with its reason",
  inWorld(async (world) => {
    const terminal = world.host.terminal("t-1");
    terminal.print("welcome\r\n");
    const ada = world.attach({ from: 3 });
    await until(() => ada.socket.text === "come\r\n", "what came since is shown");
    assert.equal(terminal.attaches[0], "ada mode=control&cols=100&rows=30&from=3");
    assert.deepEqual(ada.told, ["begun recorded"]);
    assert.deepEqual(terminal.resizes, ["100x30"]);
    const [state] = ada.socket.states;
    assert.deepEqual([state?.mode, state?.isRecorded, state?.terminal.shell], ["control", true, "/bin/fake"]);
    ada.type("l");
    ada.type("s\n");
    ada.attached.received(terminalResize(120, 40).buffer);
    await until(() => terminal.typed === "ls\n" && terminal.resizes.length === 2, "the host has it");
    terminal.print("file\r\n");
    await until(() => ada.socket.text.endsWith("file\r\n"), "it is shown");
    await world.clock.advance(5_000);
    terminal.exit({ exitCode: 7, reason: "the shell has ended" });
    await ada.attached.over;
    assert.deepEqual(ada.socket.exits, [{ exitCode: 7, reason: "the shell has ended" }]);
    assert.deepEqual(ada.socket.closedWith, { code: 1000, reason: "the shell has ended" });
    const { durationMs, ...rest } = ada.end() ?? { durationMs: 0 };
    assert.deepEqual(rest, { shownBytes: 12, typedBytes: 3, reason: "the shell has ended" });
    assert.ok(durationMs >= 5_000);
    await until(async () => (await world.index.open()).length === 0, "the recording has ended");
    assert.equal(await world.cast(), "come\r\nfile\r\n");
    await until(() => terminal.guests.size === 0, "the host knows that he has left");
  }),
);

Deno.test(
  "a view shows and never types, is not recorded, and says whether others are",
  inWorld(async (world) => {
    const terminal = world.host.terminal("t-1");
    const bob = world.attach({ mode: "view", actor: "bob" });
    await until(() => bob.socket.states.length > 0, "the state is told");
    bob.type("rm -rf /\n");
    bob.attached.received(terminalResize(1, 1).buffer);
    terminal.print("quiet");
    await until(() => bob.socket.text === "quiet", "it is shown");
    bob.acknowledge(5);
    await until(() => [...terminal.guests][0]?.acknowledged === 5, "it is acknowledged");
    assert.deepEqual([terminal.typed, terminal.resizes], ["", []]);
    assert.deepEqual([bob.told, bob.socket.states[0]?.isRecorded], [["begun unrecorded"], false]);
    const ada = world.attach();
    await until(() => ada.socket.text === "quiet", "she sees it too");
    const eve = world.attach({ mode: "view", actor: "eve" });
    await until(() => eve.socket.states.length > 0, "the state is told");
    assert.equal(eve.socket.states[0]?.isRecorded, true);
    for (const each of [bob, ada, eve]) each.attached.closed();
    await Promise.all([bob, ada, eve].map(({ attached }) => attached.over));
    await until(() => terminal.guests.size === 0, "all have left");
  }),
);

Deno.test(
  "a guest who reads nothing holds the host back by a window, whatever it prints, and is left at last",
  inWorld(async (world) => {
    const terminal = world.host.terminal("t-1");
    const ada = world.attach();
    await until(() => ada.socket.states.length > 0, "she is attached");
    ada.socket.isStuck = true;
    terminal.print(new Uint8Array(4_000_000).fill(97));
    // He acknowledges what he has not read: so it is the bridge alone that bounds.
    const guest = [...terminal.guests][0];
    await until(() => (guest?.sentPosition ?? 0) > 0 && ada.socket.bufferedAmount >= MAX_BUFFERED_BYTES, "it is stuck");
    for (let round = 0; round < 20; round++) {
      ada.acknowledge(guest?.sentPosition ?? 0);
      await world.clock.advance(100);
    }
    assert.ok(ada.socket.bufferedAmount < MAX_BUFFERED_BYTES + 128 * 1024, `${ada.socket.bufferedAmount} bytes wait`);
    assert.ok((guest?.sentPosition ?? 0) < 1_000_000, `the host has sent ${guest?.sentPosition}`);
    ada.socket.onClosed = null;
    await world.clock.advance(61_000);
    assert.equal(ada.socket.closedWith?.code, TERMINAL_CLOSE_CODES.too_slow);
    assert.equal(ada.socket.wasDropped, false);
    await world.clock.advance(11_000);
    assert.equal(ada.socket.wasDropped, true);
    await ada.attached.over;
    await until(() => terminal.guests.size === 0, "the host knows");
  }),
);

Deno.test(
  "a guest who reads again is sent the rest, and nothing of it is missing or doubled",
  inWorld(async (world) => {
    const terminal = world.host.terminal("t-1");
    const ada = world.attach();
    await until(() => ada.socket.states.length > 0, "she is attached");
    ada.socket.isStuck = true;
    const text = Array.from({ length: 120_000 }, (_, n) => `${n}\n`).join("");
    terminal.print(text);
    await until(() => ada.socket.bufferedAmount >= MAX_BUFFERED_BYTES || ada.socket.position > 200_000, "it is full");
    await settle();
    const before = ada.socket.position;
    assert.ok(before <= TERMINAL_WINDOW_BYTES);
    ada.socket.release();
    await until(async () => {
      ada.acknowledge(ada.socket.position);
      await world.clock.advance(40);
      return ada.socket.position === text.length;
    }, "all is shown");
    assert.equal(ada.socket.text, text);
    ada.attached.closed();
    await ada.attached.over;
    await world.component.stop(never());
    assert.equal(await world.cast(), text);
  }),
);

Deno.test(
  "a guest who floods the host is cut off, and keeps nothing",
  inWorld(async (world) => {
    world.pair.clientLink.hold(); // the host's side neither reads nor grants
    const ada = world.attach();
    const part = "x".repeat(50_000);
    for (let sent = 0; sent < 20 && ada.socket.closedWith === null; sent++) ada.type(part);
    assert.deepEqual(ada.socket.closedWith, {
      code: TERMINAL_CLOSE_CODES.too_much,
      reason: "more was typed or pasted than the host takes in",
    });
    await ada.attached.over;
    world.pair.clientLink.release();
    for (
      const bad of [
        "text",
        new Uint8Array().buffer,
        terminalMessage(2, new Uint8Array(1)).buffer,
        new ArrayBuffer(70_000),
      ]
    ) {
      const other = world.attach();
      other.attached.received(bad);
      await other.attached.over;
      assert.equal(other.socket.closedWith?.code, TERMINAL_CLOSE_CODES.too_much);
    }
  }),
);

Deno.test(
  "when the tunnel breaks he is asked to come again, and coming again goes on where it was",
  inWorld(async (world) => {
    const terminal = world.host.terminal("t-1");
    const ada = world.attach();
    terminal.print("before ");
    await until(() => ada.socket.text === "before ", "it is shown");
    LinkEnd.cut(world.pair.serverLink);
    await ada.attached.over;
    assert.equal(ada.socket.closedWith?.code, TERMINAL_CLOSE_CODES.try_again);
    assert.match(ada.socket.closedWith?.reason ?? "", /broke/);
    const later = world.attach({ from: 7 });
    await later.attached.over;
    assert.equal(later.socket.closedWith?.code, TERMINAL_CLOSE_CODES.try_again);
    assert.match(later.told[0] ?? "", /^failed unavailable/);
    using pair = tunnelPair({ serve: world.host.serve });
    Object.assign(world.pair, { server: pair.server });
    terminal.print("and after");
    const again = world.attach({ from: 7 });
    await until(() => again.socket.text === "and after", "what came since is shown");
    again.attached.closed();
    await again.attached.over;
    await world.component.stop(never());
    assert.equal((await world.index.list({ limit: 9 })).length, 1);
    assert.equal(await world.cast(), "before and after");
  }),
);

for (
  const [status, code, word] of [
    [403, TERMINAL_CLOSE_CODES.refused, "host_refuses"],
    [404, TERMINAL_CLOSE_CODES.gone, "not_found"],
    [429, TERMINAL_CLOSE_CODES.refused, "rate_limited"],
    [501, TERMINAL_CLOSE_CODES.refused, "unsupported"],
    [503, TERMINAL_CLOSE_CODES.try_again, "unavailable"],
  ] as const
) {
  Deno.test(
    `a host that answers with ${status} is believed, in its own words`,
    inWorld(async (world) => {
      world.host.refusal = { status, msg: "set policy.terminal: on\u001b[31m in the host's config" };
      const ada = world.attach();
      await ada.attached.over;
      const reason = "set policy.terminal: on [31m in the host's config";
      assert.deepEqual(ada.socket.closedWith, { code, reason });
      assert.deepEqual(ada.told, [`failed ${word}: ${reason}`]);
      assert.deepEqual(await world.index.list({ limit: 9 }), []);
    }),
  );
}

Deno.test("a host that never answers, or is not there, is not waited for", () =>
  inTempDir(async (dir) => {
    let left = 0;
    const silent: HostsPort = {
      duplex: (hostId, request) => {
        if (hostId === "away") return Promise.reject(new AppError("host_offline", "web-1 is not connected"));
        return new Promise((_, reject) =>
          request.signal.addEventListener("abort", () => {
            left++;
            reject(request.signal.reason);
          })
        );
      },
    };
    await using world = await new TerminalsWorld(dir, silent).start();
    const away = world.attach({ hostId: "away" });
    await away.attached.over;
    assert.deepEqual(away.socket.closedWith, {
      code: TERMINAL_CLOSE_CODES.try_again,
      reason: "web-1 is not connected",
    });
    const ada = world.attach();
    await world.clock.advance(31_000);
    await ada.attached.over;
    assert.equal(ada.socket.closedWith?.code, TERMINAL_CLOSE_CODES.try_again);
    const leaving = world.attach();
    leaving.attached.closed();
    await leaving.attached.over;
    assert.equal(left, 2);
    assert.match(leaving.told[0] ?? "", /^failed cancelled/);
  }));

Deno.test(
  "what is not in the audit never begins",
  inWorld(async (world) => {
    const terminal = world.host.terminal("t-1");
    terminal.print("secret");
    world.begins = () => Promise.reject(new AppError("unavailable", "the audit cannot be written"));
    const ada = world.attach();
    ada.type("x");
    await ada.attached.over;
    assert.deepEqual(ada.socket.closedWith, {
      code: TERMINAL_CLOSE_CODES.try_again,
      reason: "the audit cannot be written",
    });
    assert.deepEqual([ada.socket.sent, terminal.typed, ada.end()], [[], "", null]);
    await until(() => terminal.guests.size === 0, "the host knows");
  }),
);

Deno.test(
  "a recording that cannot go on does not end the terminal, and he is told",
  inWorld(async (world) => {
    world.settings = { ...world.settings, maxBytes: 400 };
    const terminal = world.host.terminal("t-1");
    const ada = world.attach();
    await until(() => ada.socket.states.length > 0, "she is attached");
    terminal.print("x".repeat(500));
    await until(() => ada.socket.text.length === 500, "it is shown");
    await until(() => ada.socket.states.at(-1)?.isRecorded === false, "she is told");
    assert.equal(ada.socket.states[0]?.isRecorded, true);
    ada.attached.close(TERMINAL_CLOSE_CODES.unauthorized, "the session has ended");
    await ada.attached.over;
    assert.equal(ada.end()?.reason, "the session has ended");
  }),
);

Deno.test("the manager's stop asks all to come again, and drops who does not answer", () =>
  inTempDir(async (dir) => {
    const world = await new TerminalsWorld(dir).start();
    const terminal = world.host.terminal("t-1");
    const [ada, deaf] = [world.attach(), world.attach()];
    deaf.socket.onClosed = null;
    terminal.print("hello");
    await until(() => ada.socket.text === "hello" && deaf.socket.text === "hello", "both are attached");
    const stopping = world[Symbol.asyncDispose]();
    assert.throws(() => world.terminals.admit(), /stops/);
    await world.clock.advance(600);
    await stopping;
    for (const { socket } of [ada, deaf]) assert.equal(socket.closedWith?.code, TERMINAL_CLOSE_CODES.try_again);
    assert.deepEqual([ada.socket.wasDropped, deaf.socket.wasDropped], [false, true]);
    assert.equal(await world.cast(), "hello");
    assert.equal((await world.index.list({ limit: 1 }))[0]?.reason, "the manager has stopped");
  }));
