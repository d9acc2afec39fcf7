import assert from "node:assert/strict";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { BeatRelay } from "./beat_relay.ts";
import { HeartbeatDesk } from "./desk.ts";
import type { Wire } from "./http_connection.ts";
import { HttpConnections, MAX_CONNECTIONS } from "./http_connections.ts";

const BODY = '{"agent_id":"wéb","pid":5}';
const POST = `POST /heartbeat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BODY.length + 1}\r\n\r\n${BODY}`;

function bench(find: (id: string) => "running" = () => "running") {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const beats: string[] = [];
  const ports = { find, beat: (id: string) => void beats.push(id) };
  const relay = new BeatRelay({ clock, log, ports });
  const desk = new HeartbeatDesk({ rateLimit: 100_000, clock, log, ports, relay });
  const connections = new HttpConnections({
    desk,
    clock,
    log,
    gate: ({ host }) => host === "evil" ? "not for you" : null,
  });
  const end = async () => {
    await connections.close();
    relay.stop();
    await settle();
    assert.equal(clock.sleeping, 0);
  };
  return { clock, beats, desk, records, connections, end };
}

/** The other side of a connection, which sends what the test says. */
function peer({ takesAnswers = true } = {}) {
  const pieces: Uint8Array[] = [];
  let wake = Promise.withResolvers<void>();
  const state = { answered: "", isClosed: false, isEnded: false };
  const wire: Wire = {
    async read(into) {
      while (pieces.length === 0 && !state.isEnded) await wake.promise;
      const piece = pieces.shift();
      if (piece === undefined) return null;
      into.set(piece.subarray(0, into.length));
      if (piece.length > into.length) pieces.unshift(piece.subarray(into.length));
      return Math.min(piece.length, into.length);
    },
    write(bytes) {
      if (!takesAnswers) return wake.promise.then(() => bytes.length);
      state.answered += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
    closeWrite: () => Promise.resolve(),
    close() {
      state.isClosed = true;
      wake.reject(new Deno.errors.Interrupted("closed"));
      wake.promise.catch(() => {}); // nobody may be waiting
    },
  };
  const send = async (data: string | Uint8Array) => {
    pieces.push(typeof data === "string" ? new TextEncoder().encode(data) : data);
    const before = wake;
    wake = Promise.withResolvers();
    before.resolve();
    await settle();
  };
  return {
    wire,
    state,
    send,
    statuses: () => [...state.answered.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, s]) => Number(s)),
  };
}

Deno.test("a request is answered when it is whole, in whatever pieces it comes, letters cut in two included", async () => {
  const { connections, beats, end } = bench();
  const { wire, send, state, statuses } = peer();
  connections.add(wire);
  const bytes = new TextEncoder().encode(POST);
  for (const byte of bytes.subarray(0, -1)) await send(new Uint8Array([byte]));
  assert.equal(state.answered, "");
  await send(bytes.subarray(-1));
  assert.deepEqual([statuses(), beats], [[200], ["wéb"]]);
  assert.match(state.answered, /\r\ncontent-length: (\d+)\r\n.*\r\nconnection: keep-alive\r\n\r\n\{"success":true/s);
  await end();
  assert.ok(state.isClosed);
});

Deno.test("many requests that come at once are answered in their order, whatever they are", async () => {
  const { connections, end } = bench();
  const { wire, send, statuses, state } = peer();
  connections.add(wire);
  const chunked = "POST /heartbeat HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
  await send(
    `${POST}GET /heartbeat/stats HTTP/1.1\r\n\r\n${chunked}${
      POST.repeat(50)
    }GET / HTTP/1.1\r\nConnection: close\r\n\r\n${POST}`,
  );
  assert.deepEqual(statuses(), [200, 200, 400, ...Array(50).fill(200), 404]);
  assert.equal(state.isClosed, false); // the other side may still have to read
  state.isEnded = true;
  await send("");
  assert.equal(state.isClosed, true);
  await end();
});

Deno.test("who must be asked to send the body is asked, once", async () => {
  const { connections, end } = bench();
  const { wire, send, statuses } = peer();
  connections.add(wire);
  await send(POST.replace("Host", "Expect: 100-continue\r\nHost").slice(0, -BODY.length));
  assert.deepEqual(statuses(), [100]);
  await send(BODY.slice(0, 5));
  await send(BODY.slice(5));
  assert.deepEqual(statuses(), [100, 200]);
  await end();
});

Deno.test("what is too large, no HTTP, or not for this host is refused, and the connection ends", async () => {
  const { connections, desk, end } = bench();
  const cases: readonly (readonly [string, number])[] = [
    ["POST /heartbeat HTTP/1.1\r\nContent-Length: 16385\r\n\r\n", 413],
    [`POST /heartbeat HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4001\r\n${"x".repeat(20_000)}`, 413],
    [`GET / HTTP/1.1\r\nX: ${"y".repeat(9_000)}`, 431],
    ["\x16\x03\x01 hello\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: evil\r\n\r\n", 403],
  ];
  for (const [text, status] of cases) {
    const { wire, send, statuses, state } = peer();
    connections.add(wire);
    await send(text);
    await send("more of it");
    assert.deepEqual(statuses(), [status]);
    state.isEnded = true;
    await send("");
    assert.ok(state.isClosed);
  }
  assert.deepEqual(desk.stats().rejected, { too_large: 2, bad_request: 2, forbidden: 1 });
  assert.equal(connections.size, 0);
  await end();
});

Deno.test("who is slow to ask, or does not take the answer, is cut off; who is only idle is left for two minutes", async () => {
  const { clock, connections, end } = bench();
  const [slow, deaf, idle, halfBody] = [peer(), peer({ takesAnswers: false }), peer(), peer()];
  for (const { wire } of [slow, deaf, idle, halfBody]) connections.add(wire);
  await deaf.send(POST);
  await idle.send(POST);
  await halfBody.send(POST.slice(0, -5));
  for (let second = 0; second < 20; second++) {
    if (!slow.state.isClosed) await slow.send("P");
    await clock.advance(1_000);
  }
  assert.deepEqual([slow, deaf, idle, halfBody].map(({ state }) => state.isClosed), [true, true, false, true]);
  await clock.advance(120_000);
  assert.deepEqual([idle.state.isClosed, connections.size], [true, 0]);
  await end();
});

Deno.test("when there are too many connections, the one that was idle for longest makes room", async () => {
  const { clock, connections, end } = bench();
  const peers = Array.from({ length: MAX_CONNECTIONS }, () => peer());
  for (const { wire } of peers) connections.add(wire);
  await clock.advance(1_000);
  await peers[0]?.send(POST);
  await peers[1]?.send("POST");
  for (let i = 0; i < 3; i++) connections.add(peer().wire);
  await settle();
  const closed = peers.flatMap(({ state }, at) => state.isClosed ? [at] : []);
  assert.deepEqual([closed, connections.size], [[2, 3, 4], MAX_CONNECTIONS]);
  await end();
});

Deno.test("a fault of our own ends that connection, is in the log, and nothing else suffers", async () => {
  const { connections, records, end } = bench((id) => {
    if (id === "wéb") throw new TypeError("oops");
    return "running";
  });
  const [one, two] = [peer(), peer()];
  for (const { wire } of [one, two]) connections.add(wire);
  await one.send(POST);
  await two.send(POST.replace("wéb", "abcd"));
  assert.deepEqual([one.state.isClosed, two.statuses()], [true, [200]]);
  assert.deepEqual(records.map(({ msg }) => msg), ["a heartbeat could not be answered"]);
  await end();
});
