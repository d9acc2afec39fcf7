import assert from "node:assert/strict";
import { settle } from "../../../tests/helpers/tunnel_pair.ts";
import { DONE, frame, headersIn, twoSides } from "../../../tests/helpers/yamux_sides.ts";
import { FLAG, FRAME, HEADER_BYTES } from "./frame.ts";

Deno.test("what is written in one turn leaves in one message, the opening with the first data", () =>
  twoSides(async (client) => {
    const stream = client.session.open();
    for (const byte of [1, 2, 3]) stream.write(Uint8Array.of(byte));
    stream.finish();
    await settle();
    const data = frame(FRAME.data, FLAG.syn, 1, 3, [1, 2, 3]);
    assert.deepEqual(client.link.sent, [Uint8Array.of(...data, ...frame(FRAME.window_update, FLAG.fin, 1, 0))]);
  }));

Deno.test("a stream is opened and accepted also when nothing is written", () =>
  twoSides(async (client, server) => {
    client.session.open();
    await settle();
    assert.deepEqual(client.link.sent, [frame(FRAME.window_update, FLAG.syn, 1, 0)]);
    assert.deepEqual(server.link.sent, [frame(FRAME.window_update, FLAG.ack, 1, 0)]);
  }));

Deno.test("no message is larger than 32 KiB of data and a header", () =>
  twoSides(async (client, server) => {
    for (let stream = 0; stream < 5; stream++) client.session.open().write(new Uint8Array(200 * 1024));
    await settle(20);
    assert.equal(server.accepted.reduce((sum, stream) => sum + stream.unreadBytes, 0), 5 * 200 * 1024);
    for (const message of client.link.sent) assert.ok(message.length <= 32 * 1024 + HEADER_BYTES);
  }));

Deno.test("streams take turns, so that a little data passes much", () =>
  twoSides(async (client) => {
    const bulk = client.session.open();
    bulk.write(new Uint8Array(256 * 1024));
    const others = [client.session.open(), client.session.open()];
    for (const other of others) other.write(Uint8Array.of(1));
    await settle();
    const [first = new Uint8Array()] = client.link.sent;
    assert.deepEqual(new Set(headersIn([first]).map(({ streamId }) => streamId)), new Set([1, 3, 5]));
  }));

Deno.test("answers and window updates leave before data", () =>
  twoSides(async (client, server) => {
    const stream = client.session.open();
    await settle();
    server.stream().write(new Uint8Array(150 * 1024));
    await settle();
    client.link.sent.length = 0;
    stream.write(new Uint8Array(1000));
    while (stream.take() !== null);
    client.link.inject(frame(FRAME.ping, FLAG.syn, 0, 7));
    await settle();
    const [ping, update, data] = headersIn(client.link.sent);
    assert.deepEqual([ping?.type, ping?.flags], [FRAME.ping, FLAG.ack]);
    assert.deepEqual([update?.type, update?.length], [FRAME.window_update, 150 * 1024]);
    assert.equal(data?.type, FRAME.data);
  }));

Deno.test("a link that is behind holds back what is sent, and nothing else", () =>
  twoSides(async (client, server) => {
    client.link.hold();
    for (let stream = 0; stream < 10; stream++) client.session.open().write(new Uint8Array(100 * 1024));
    await settle(10);
    assert.equal(client.link.sent.length, 2);
    client.link.release();
    await settle(20);
    assert.equal(server.accepted.reduce((sum, stream) => sum + stream.unreadBytes, 0), 10 * 100 * 1024);
  }, { link: { maxQueued: 2 } }));

Deno.test("who asks and asks and never reads is cut off", () =>
  twoSides(async (client, server) => {
    server.link.hold();
    server.session.open().write(new Uint8Array(100_000)); // fills the link
    await settle();
    for (let ping = 0; ping < 1025; ping++) server.link.inject(frame(FRAME.ping, FLAG.syn, 0, ping));
    assert.equal(server.ends[0]?.isOrderly, false);
    await settle();
    assert.equal(client.session.end, null); // the link holds what would tell it
  }, { link: { maxQueued: 1 } }));

Deno.test("a stream that is reset sends nothing more, not even the end that it had", () =>
  twoSides(async (client) => {
    const stream = client.session.open();
    await settle();
    client.link.sent.length = 0;
    stream.write(Uint8Array.of(1));
    stream.finish();
    stream.reset(DONE);
    await settle();
    assert.deepEqual(client.link.sent, [frame(FRAME.window_update, FLAG.rst, 1, 0)]);
  }));
