import assert from "node:assert/strict";
import fc from "fast-check";
import { EventReader, type ServerEvent } from "./event_reader.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const eventsOf = (text: string) => new EventReader().read(bytesOf(text));

/** What comes of the bytes when they arrive in pieces that end at these places. */
function inPieces(bytes: Uint8Array, cuts: readonly number[]): ServerEvent[] {
  const reader = new EventReader();
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).flatMap((end, i) => reader.read(bytes.subarray(places[i], end)));
}

Deno.test("an event has a name and the lines of its data; without a name it is a message", () => {
  assert.deepEqual(eventsOf('event: sample\ndata: {"a":1}\n\n'), [{ event: "sample", data: '{"a":1}' }]);
  assert.deepEqual(eventsOf("data: a\ndata:  b\ndata\ndata:c\n\n"), [{ event: "message", data: "a\n b\n\nc" }]);
  assert.deepEqual(eventsOf("event: x\ndata: 1\n\ndata: 2\n\n"), [
    { event: "x", data: "1" },
    { event: "message", data: "2" },
  ]);
});

Deno.test("comments, other fields, a byte order mark and events without data are passed over", () => {
  assert.deepEqual(eventsOf("\ufeff: hello\n:\nid: 7\nretry: 9\ndatabase: no\ndata: yes\n\n"), [
    { event: "message", data: "yes" },
  ]);
  assert.deepEqual(eventsOf("event: x\n\n\n\n: keep-alive\n\n"), []);
});

Deno.test("a line ends with either character or with both", () => {
  const expected = [{ event: "x", data: "1" }, { event: "message", data: "2" }];
  for (const end of ["\n", "\r", "\r\n"]) {
    assert.deepEqual(eventsOf(["event:x", "data:1", "", "data:2", "", ""].join(end)), expected, JSON.stringify(end));
  }
});

Deno.test("what is not ended by an empty line is no event yet", () => {
  const reader = new EventReader();
  assert.deepEqual(reader.read(bytesOf("data: 1\n")), []);
  assert.deepEqual(reader.read(bytesOf("\n")), [{ event: "message", data: "1" }]);
  assert.deepEqual(reader.read(bytesOf("data: lost")), []);
});

const fragment = fc.oneof(
  fc.constantFrom(
    "data: ",
    "data:",
    "data",
    "event: ",
    ": ",
    ":",
    "id: 1",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "ü",
    "進程",
    "🦕",
  ),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const cuts = fc.array(fc.nat(), { maxLength: 20 });

Deno.test("however the bytes are cut, the events are the same", () => {
  fc.assert(fc.property(fc.array(fragment), cuts, (fragments, places) => {
    const bytes = bytesOf(fragments.join(""));
    assert.deepEqual(inPieces(bytes, places), new EventReader().read(bytes));
    assert.deepEqual(inPieces(bytes, [...bytes.keys()]), new EventReader().read(bytes));
  }));
});

Deno.test("no bytes at all make it fail, but for what is too long", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, places) => {
    assert.deepEqual(inPieces(bytes, places), new EventReader().read(bytes));
  }));
});

Deno.test("what was written as events is read as the same events", () => {
  const line = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\r\n]/g, ""));
  const event = fc.tuple(line.filter((name) => name !== ""), fc.array(line, { minLength: 1 }))
    .map(([event, lines]) => ({ event, data: lines.join("\n") }));
  fc.assert(fc.property(fc.array(event), cuts, (events, places) => {
    const text = events.map(({ event, data }) =>
      `event: ${event}\n${data.split("\n").map((each) => `data: ${each}\n`).join("")}\n`
    ).join("");
    assert.deepEqual(inPieces(bytesOf(text), places), events);
  }));
});

Deno.test("an event without an end is given up, as one line or as many", () => {
  const tooLong = { code: "unavailable", message: /more than 20 characters/ };
  for (const endless of ["data: 1\n", "xxxxxxxx", ": xxxxxx", "data\r"]) {
    const reader = new EventReader({ maxLength: 20 });
    const feed = () => {
      for (let i = 0; i < 6; i++) reader.read(bytesOf(endless));
    };
    assert.throws(feed, tooLong, JSON.stringify(endless));
  }
});

Deno.test("what is passed over does not count, however much of it there is", () => {
  const reader = new EventReader({ maxLength: 20 });
  for (let i = 0; i < 100; i++) {
    assert.deepEqual(reader.read(bytesOf(": keep-alive\nid: 123456789\nevent: x\n")), []);
    assert.deepEqual(reader.read(bytesOf("data: 12345\n\n")), [{ event: "x", data: "12345" }]);
  }
});
