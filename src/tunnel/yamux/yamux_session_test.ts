import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { cut, LinkEnd, settle } from "../../../tests/helpers/tunnel_pair.ts";
import { DONE, frame, headersIn, twoSides } from "../../../tests/helpers/yamux_sides.ts";
import { FLAG, FRAME, GO_AWAY } from "./frame.ts";

Deno.test("a larger window is granted with the opening, and no less than half of it at a time", () =>
  twoSides(async (client, server) => {
    const stream = client.session.open();
    await settle();
    assert.deepEqual(client.link.sent, [frame(FRAME.window_update, FLAG.syn, 1, 256 * 1024)]);
    server.stream().write(new Uint8Array(600 * 1024));
    await settle(20);
    assert.equal(stream.unreadBytes, 512 * 1024);
    for (let taken = 0; taken < 300 * 1024; taken += stream.take()?.length ?? Infinity);
    await settle();
    assert.deepEqual(headersIn(client.link.sent).slice(1).map(({ type }) => type), [FRAME.window_update]);
  }, { client: { windowBytes: 512 * 1024 }, server: { windowBytes: 512 * 1024 } }));

Deno.test("a ping tells the time of its round trip; an abort and the end stop the waiting", async () => {
  const clock = new FakeClock();
  await twoSides(async (client, server) => {
    server.link.hold();
    const answer = client.session.ping();
    await settle();
    await clock.advance(40);
    server.link.release();
    assert.equal(await answer, 40);

    server.link.hold();
    const abort = new AbortController();
    const aborted = client.session.ping(abort.signal);
    abort.abort(new Error("no patience"));
    await assert.rejects(aborted, /no patience/);
    const lost = client.session.ping();
    client.session.close(DONE);
    await assert.rejects(lost, DONE);
    await assert.rejects(client.session.ping(), DONE);
  }, { client: { clock } });
});

Deno.test("pings that nobody answers do not pile up", () =>
  twoSides(async (client, server) => {
    server.link.hold();
    const pings = Array.from({ length: 17 }, () => client.session.ping());
    await assert.rejects(pings[16] ?? Promise.resolve(), { code: "rate_limited" });
    server.link.release();
    assert.equal((await Promise.all(pings.slice(0, 16))).length, 16);
  }));

Deno.test("streams beyond the limit are refused by the side that opens, and room is made by ends", () =>
  twoSides(async (client, server) => {
    const streams = [client.session.open(), client.session.open(), client.session.open()];
    assert.throws(() => client.session.open(), { code: "rate_limited", retryable: true });
    await settle();
    for (let stream = 0; stream < 3; stream++) server.session.open(); // the limit is one for each direction
    streams[0]?.reset(DONE);
    client.session.open();
    await settle();
    assert.deepEqual([client.session.streamCount, server.session.streamCount], [6, 6]);
  }, { client: { maxStreams: 3 }, server: { maxStreams: 3 } }));

Deno.test("streams beyond the limit are refused by the side that accepts", () =>
  twoSides(async (client, server) => {
    const streams = [client.session.open(), client.session.open(), client.session.open()];
    streams[2]?.write(Uint8Array.of(1));
    await settle();
    assert.deepEqual(server.accepted.map(({ id }) => id), [1, 3]);
    assert.deepEqual(streams.map(({ broken }) => broken?.code), [undefined, undefined, "unavailable"]);
    assert.ok(headersIn(server.link.sent).some(({ flags, streamId }) => flags === FLAG.rst && streamId === 5));
    streams[0]?.reset(DONE);
    client.session.open();
    await settle();
    assert.deepEqual(server.accepted.map(({ id }) => id), [1, 3, 7]);
  }, { server: { maxStreams: 2 } }));

Deno.test("a stream that is reset before it was sent is never heard of", () =>
  twoSides(async (client, server) => {
    client.session.open().reset(DONE);
    client.session.open();
    await settle();
    assert.deepEqual(server.accepted.map(({ id }) => id), [3]);
    assert.equal(client.session.streamCount, 1);
  }));

/** Frames that no correct peer sends, after it has opened stream 1. */
const VIOLATIONS: readonly (readonly [what: string, ...frames: Uint8Array[]])[] = [
  [
    "data beyond the window",
    ...Array.from({ length: 5 }, () => frame(FRAME.data, 0, 1, 60_000, Array(60_000).fill(0))),
  ],
  ["a stream that never was", frame(FRAME.data, 0, 5, 0)],
  ["a stream of this side that never was", frame(FRAME.window_update, 0, 2, 1)],
  ["an id of this side", frame(FRAME.window_update, FLAG.syn, 2, 0)],
  ["a stream that is open already", frame(FRAME.window_update, FLAG.syn, 1, 0)],
  ["data after the end", frame(FRAME.data, FLAG.fin, 1, 0), frame(FRAME.data, 0, 1, 1, [1])],
  ["a window beyond what can be said", frame(FRAME.window_update, 0, 1, 0xffffffff)],
  ["what is no frame", new TextEncoder().encode("GET / HTTP/1.1\r\n")],
];

for (const [what, ...frames] of VIOLATIONS) {
  Deno.test(`${what} ends the session with go away 1`, () =>
    twoSides(async (client, server) => {
      client.session.open();
      await settle();
      const stream = server.stream();
      server.link.sent.length = 0;
      for (const bytes of frames) server.link.inject(bytes);
      assert.deepEqual(server.link.sent, [frame(FRAME.go_away, 0, 0, GO_AWAY.protocol_error)]);
      assert.equal(server.link.closedWith, 4002);
      assert.deepEqual(server.ends.map(({ isOrderly }) => isOrderly), [false]);
      assert.equal(stream.broken?.code, "unavailable");
      await settle();
      assert.match(client.ends[0]?.error.message ?? "", /protocol error/);
    }));
}

Deno.test("frames for a stream that has ended are passed over", () =>
  twoSides(async (client, server) => {
    const stream = client.session.open();
    await settle();
    server.stream().reset(DONE);
    stream.write(Uint8Array.of(1, 2, 3)); // crosses the reset
    stream.finish();
    await settle();
    server.link.inject(frame(FRAME.window_update, 0, 1, 100));
    server.link.inject(frame(FRAME.window_update, FLAG.rst, 1, 0));
    client.session.open();
    await settle();
    assert.equal(server.accepted.length, 2);
    assert.equal(server.session.end, null);
  }));

Deno.test("what came whole is told before the reset that came with it", () =>
  twoSides(async (client, server) => {
    const stream = client.session.open();
    await settle();
    const told: string[] = [];
    stream.observer = {
      onReadable: () => told.push(`${stream.take()}, ${stream.isAtEnd ? "the end" : "more"}`),
      onBroken: ({ code }) => told.push(code),
    };
    const data = frame(FRAME.data, 0, 1, 3, [1, 2, 3]);
    const end = frame(FRAME.window_update, FLAG.fin, 1, 0);
    const reset = frame(FRAME.window_update, FLAG.rst, 1, 0);
    client.link.inject(Uint8Array.of(...data, ...end, ...reset));
    assert.deepEqual(told, ["1,2,3, the end", "unavailable"]);
    assert.equal(server.session.end, null);
  }));

Deno.test("a stream that is opened and reset at once is none, and its id is used", () =>
  twoSides(async (client, server) => {
    server.link.inject(frame(FRAME.window_update, FLAG.syn | FLAG.rst, 1, 0));
    assert.deepEqual([server.accepted.length, server.session.end], [0, null]);
    server.link.inject(frame(FRAME.window_update, FLAG.syn, 1, 0));
    assert.equal(server.ends.length, 1);
    await settle();
    assert.equal(client.ends.length, 1);
  }));

Deno.test("what was written before the close still leaves", () =>
  twoSides(async (client, server) => {
    const stream = client.session.open();
    await settle();
    stream.write(Uint8Array.of(1, 2, 3));
    stream.finish();
    client.session.close(DONE);
    await settle();
    assert.deepEqual(server.stream().take(), Uint8Array.of(1, 2, 3));
    assert.ok(server.stream().isAtEnd);
  }));

Deno.test("after go away no stream is opened from either side, and those that are open go on", () =>
  twoSides(async (client, server) => {
    const stream = client.session.open();
    await settle();
    server.session.goAway();
    client.link.hold();
    const late = client.session.open(); // the other side has not heard yet
    await settle();
    client.link.release();
    await settle();
    assert.equal(client.drainingTold, 1);
    assert.equal(late.broken?.code, "unavailable");
    assert.throws(() => client.session.open(), { code: "unavailable", retryable: true });
    assert.throws(() => server.session.open(), { code: "unavailable" });
    stream.write(Uint8Array.of(5));
    await settle();
    assert.deepEqual(server.stream().take(), Uint8Array.of(5));
  }));

Deno.test("the last bytes of a session that is drained are not lost", () =>
  twoSides(async (client, server) => {
    const stream = client.session.open();
    stream.finish();
    await settle();
    server.session.goAway();
    server.session.whenEmpty(() => server.session.close(DONE));
    server.stream().write(Uint8Array.of(1, 2, 3));
    server.stream().finish();
    await settle();
    assert.deepEqual(stream.take(), Uint8Array.of(1, 2, 3));
    assert.ok(stream.isAtEnd);
    assert.deepEqual([client.ends.length, client.ends[0]?.isOrderly, server.ends.length], [1, true, 1]);
  }));

Deno.test("a link that breaks after the other side went away has ended in good order", () =>
  twoSides(async (client, server) => {
    server.session.goAway();
    await settle();
    LinkEnd.cut(client.link);
    assert.deepEqual([client.ends[0]?.isOrderly, server.ends[0]?.isOrderly], [true, false]);
  }));

Deno.test("when ids are used up the session goes away", () =>
  twoSides(async (client, server) => {
    client.session.open();
    assert.throws(() => client.session.open(), { code: "unavailable" });
    await settle();
    assert.deepEqual(server.accepted.map(({ id }) => id), [0xffffffff]);
    assert.equal(server.drainingTold, 1);
  }, { client: { firstId: 0xffffffff } }));

Deno.test("a broken link fails all streams and pings, and tells the owner once", () =>
  twoSides(async (client, server) => {
    const streams = [client.session.open(), client.session.open()];
    const room = streams[0]?.write(new Uint8Array(1_000_000));
    await settle();
    const ping = client.session.ping();
    LinkEnd.cut(client.link);
    await assert.rejects(ping, { code: "unavailable" });
    await assert.rejects(async () => await room, { code: "unavailable" });
    assert.deepEqual(streams.map(({ broken }) => broken?.code), ["unavailable", "unavailable"]);
    client.session.close(DONE);
    for (const side of [client, server]) assert.deepEqual(side.ends.map(({ isOrderly }) => isOrderly), [false]);
    assert.throws(() => client.session.open(), { code: "unavailable" });
  }));

Deno.test("when the other side was last heard is known without a timer", async () => {
  const clock = new FakeClock();
  await twoSides(async (client, server) => {
    const begun = client.session.heardAtMs;
    await clock.advance(5000);
    server.session.open();
    await settle();
    assert.equal(client.session.heardAtMs, begun + 5000);
  }, { client: { clock } });
});

Deno.test("random frames never do more than end the session, and never leave more than the windows in memory", async () => {
  const frames = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.tuple(fc.nat(3), fc.nat(15), fc.nat(6), fc.oneof(fc.nat(20), fc.nat(300_000)), fc.nat(30)).map(
      ([type, flags, id, length, missing]) => {
        const data = type === FRAME.data && length < 1000 ? Array(Math.max(0, length - missing)).fill(7) : [];
        return frame(type, flags, id, length, data);
      },
    ),
  );
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(frames, { maxLength: 60 }), sizes, (list, cuts) =>
      twoSides(async (_, server) => {
        server.session.open();
        for (const bytes of list) {
          for (const message of cut(bytes, cuts)) server.link.inject(message);
        }
        await settle(1);
        assert.ok(server.session.streamCount <= 257);
        for (const stream of server.accepted) assert.ok(stream.unreadBytes <= 256 * 1024);
        assert.equal(server.ends.length, server.session.end === null ? 0 : 1);
      })),
  );
});
