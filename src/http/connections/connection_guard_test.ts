import assert from "node:assert/strict";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import type { OwnConnections } from "../../platform/mod.ts";
import { ConnectionGuard } from "./connection_guard.ts";
import { FIRST_REQUEST_MS, IDLE_MS, MAX_FIRST_MESSAGE_BYTES, MAX_MESSAGE_BYTES } from "./judgement.ts";
import { boundMessages, dropSocket, vouchFor } from "./visitor.ts";

const MIB = 1024 * 1024;

/** Connections that are imagined: each with a number, who is at its other end, and what was read of it. */
function imagined() {
  const open = new Map<number, { peer: string; readBytes: number }>();
  const cut: number[] = [];
  let others = 0;
  let isListening = true;
  let next = 10;
  const connections: OwnConnections = {
    openFiles: () => open.size + others,
    mostFiles: () => 1_000,
    visit: (_, see) => [...open].forEach(([fd, { peer }]) => see(fd, peer)),
    listens: () => isListening,
    readBytes: (fd) => open.get(fd)?.readBytes ?? null,
    cut(fd) {
      cut.push(fd);
      open.delete(fd);
    },
  };
  return {
    connections,
    cut,
    open,
    listen: (does: boolean) => isListening = does,
    othersOpen: (files: number) => others = files,
    connect(address: string, port = next): { fd: number; remote: Deno.NetAddr } {
      open.set(next, { peer: `${address} ${port}`, readBytes: 0 });
      return { fd: next++, remote: { transport: "tcp", hostname: address, port } };
    },
  };
}

function guarded() {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const world = imagined();
  let memoryBytes = 100 * MIB;
  const guard = new ConnectionGuard({ clock, log, connections: world.connections, memoryBytes: () => memoryBytes });
  guard.start(() => 443);
  /** A request that is answered at once. */
  const ask = (remote: Deno.NetAddr, { isSocket = false, isKnown = false } = {}) => {
    const request = new Request("http://manager/");
    const visitor = guard.began(request, remote);
    if (isKnown) vouchFor(request);
    const socket = new EventTarget() as WebSocket;
    if (isSocket) boundMessages(request, socket);
    if (visitor !== null) guard.ended(visitor, isSocket);
    return socket;
  };
  return { ...world, guard, clock, records, ask, grow: (bytes: number) => memoryBytes += bytes };
}

Deno.test("who connects and asks for nothing is cut after a while, who asks is left alone for longer", async () => {
  const { connect, ask, clock, cut, guard } = guarded();
  const [silent, asker, socket, waiting] = [1, 2, 3, 4].map((at) => connect(`192.0.2.${at}`));
  assert.ok(silent && asker && socket && waiting);
  await clock.advance(100);
  ask(asker.remote);
  ask(socket.remote, { isSocket: true });
  guard.began(new Request("http://manager/"), waiting.remote);
  await clock.advance(FIRST_REQUEST_MS - 200);
  assert.deepEqual(cut, []);
  await clock.advance(10_000);
  assert.deepEqual(cut, [silent.fd]);
  await clock.advance(IDLE_MS);
  assert.deepEqual([cut, guard.cut], [[silent.fd, asker.fd], { unwanted: 0, late: 2, greedy: 0, crowded: 0 }]);
  await guard.stop();
  assert.equal(clock.sleeping, 0);
});

Deno.test("addresses are the same in every spelling", async () => {
  const { connect, ask, clock, cut, guard } = guarded();
  const spellings = [
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1", "::ffff:127.0.0.1"],
    ["127.0.0.1", "::ffff:7f00:1"],
    ["::1", "::1"],
    ["2001:db8::1", "2001:DB8:0::1"],
    ["fe80::1", "fe80::1%eth0"],
  ] as const;
  for (const [peer, hostname] of spellings) ask({ ...connect(peer).remote, hostname });
  await clock.advance(FIRST_REQUEST_MS * 2);
  assert.deepEqual(cut, []);
  await guard.stop();
});

Deno.test("when memory grows, the connection whose message has no end is cut, and those that are whole are not", async () => {
  const { connect, ask, clock, cut, open, guard, grow, records } = guarded();
  const [endless, whole, first] = [connect("192.0.2.1"), connect("192.0.2.2"), connect("192.0.2.3")];
  const sockets = [endless, whole, first].map(({ remote }) => ask(remote, { isSocket: true }));
  const read = (fd: number, bytes: number) => {
    const entry = open.get(fd);
    if (entry !== undefined) entry.readBytes += bytes;
  };
  for (const socket of sockets.slice(0, 2)) socket.dispatchEvent(new Event("message"));
  grow(50 * MIB);
  await clock.advance(100); // from here on they are counted
  read(endless.fd, MAX_MESSAGE_BYTES + 1);
  read(whole.fd, MAX_MESSAGE_BYTES + 1);
  sockets[1]?.dispatchEvent(new Event("message"));
  read(first.fd, MAX_FIRST_MESSAGE_BYTES + 1);
  await clock.advance(100);
  assert.deepEqual(cut, [], "nothing is scarce");
  grow(50 * MIB);
  await clock.advance(5_000);
  assert.deepEqual(cut, [endless.fd, first.fd]);
  assert.deepEqual(records.map(({ msg }) => msg), ["serving all who have connected failed"]);
  await clock.advance(10_000);
  assert.equal(records.at(-1)?.msg, "serving all who have connected works again");
  await guard.stop();
});

Deno.test("when memory grows, who asks for much without saying who he is is cut", async () => {
  const { connect, ask, clock, cut, guard, grow } = guarded();
  const [stranger, known, modest] = [connect("192.0.2.1"), connect("192.0.2.2"), connect("192.0.2.3")];
  for (let at = 0; at < 200; at++) {
    ask(stranger.remote);
    ask(known.remote, { isKnown: true });
  }
  ask(modest.remote);
  await clock.advance(1_000);
  assert.deepEqual(cut, []);
  grow(50 * MIB);
  await clock.advance(1_000);
  assert.deepEqual(cut, [stranger.fd]);
  await guard.stop();
});

Deno.test("when files are scarce strangers make room at once, and neither hosts nor who is known", async () => {
  const { connect, ask, clock, cut, guard, othersOpen } = guarded();
  othersOpen(100);
  for (let at = 0; at < 100; at++) ask(connect("198.51.100.1").remote, { isSocket: at % 2 === 0, isKnown: true });
  for (let at = 0; at < 600; at++) connect("203.0.113.9");
  const other = connect("192.0.2.1");
  await clock.advance(100);
  assert.equal(cut.length, 301);
  assert.ok(!cut.includes(other.fd));
  assert.equal(guard.cut.crowded, 301);
  await guard.stop();
});

Deno.test("a WebSocket that has closed is a stranger again, whoever has its address and port by then", async () => {
  const { connect, ask, clock, cut, guard } = guarded();
  const { fd, remote } = connect("192.0.2.1");
  const socket = ask(remote, { isSocket: true });
  await clock.advance(IDLE_MS * 2);
  assert.deepEqual(cut, []);
  socket.dispatchEvent(new Event("close"));
  await clock.advance(10_000);
  assert.deepEqual(cut, [fd]);
  await guard.stop();
});

Deno.test("a WebSocket that is let go of is cut with the next look, which is soon", async () => {
  const { connect, ask, clock, cut, guard } = guarded();
  const [wanted, unwanted] = [connect("192.0.2.1"), connect("192.0.2.2")];
  ask(wanted.remote, { isSocket: true });
  const socket = ask(unwanted.remote, { isSocket: true });
  await clock.advance(1_000);
  assert.equal(dropSocket(socket), true);
  await clock.advance(1_000);
  assert.deepEqual([cut, guard.cut.unwanted], [[unwanted.fd], 1]);
  assert.equal(dropSocket(new EventTarget() as WebSocket), false);
  await guard.stop();
});

Deno.test("where connections cannot be looked at nothing is guarded, and a failure to look harms nobody", async () => {
  const { log, records } = recordingLog();
  const clock = new FakeClock();
  const none = new ConnectionGuard({ clock, log, connections: null });
  none.start(() => 443);
  const remote: Deno.NetAddr = { transport: "tcp", hostname: "192.0.2.1", port: 1 };
  assert.deepEqual([none.began(new Request("http://manager/"), remote), clock.sleeping], [null, 0]);
  await none.stop();

  const { connections } = imagined();
  const broken = { ...connections, visit: () => assert.fail("no such call") };
  const guard = new ConnectionGuard({ clock, log, connections: broken });
  guard.start(() => 443);
  await clock.advance(20_000);
  assert.deepEqual(records.map(({ fields }) => fields["reason"]), ["no such call"]);
  await guard.stop();
});

Deno.test("that nothing listens any more is told until something does", async () => {
  const { guard, clock, listen } = guarded();
  let told = 0;
  guard.onDeaf(() => told++);
  await clock.advance(1_000);
  assert.equal(told, 0);
  listen(false);
  await clock.advance(300);
  assert.ok(told > 0);
  listen(true);
  const before = told;
  await clock.advance(10_000);
  assert.equal(told, before);
  await guard.stop();
  assert.equal(clock.sleeping, 0);
});
