import assert from "node:assert/strict";
import { settle } from "../../tests/helpers/fake_clock.ts";
import { openEventStream } from "./event_stream.ts";

Deno.test("events have a name, data and, where one is given, an id; without a name it is a comment", async () => {
  const stream = openEventStream();
  stream.send("process", "{}", "7");
  stream.send("sample", "1");
  stream.send("", "keep-alive");
  stream.close();
  assert.equal(
    await stream.response.text(),
    "id: 7\nevent: process\ndata: {}\n\nevent: sample\ndata: 1\n\n: keep-alive\n\n",
  );
  assert.equal(stream.response.headers.get("content-type"), "text/event-stream; charset=utf-8");
});

Deno.test("no more events wait than may, and there is room again when the listener has taken one", async () => {
  let rooms = 0;
  const stream = openEventStream({ maxWaiting: 2, onRoom: () => void rooms++ });
  await settle();
  assert.equal(rooms, 1, "there is room at the start");
  assert.deepEqual([1, 2, 3].map((n) => stream.send("n", String(n))), [true, true, false]);
  assert.equal(stream.room, 0);
  const before = rooms;
  const reader = stream.response.body!.getReader();
  await reader.read();
  await settle();
  assert.ok(rooms > before);
  assert.equal(stream.send("n", "4"), true);
  await reader.cancel();
});

Deno.test("after the listener has gone, or the end, nothing is sent", async () => {
  const left = openEventStream();
  await left.response.body!.cancel();
  assert.equal(left.gone.aborted, true);
  assert.deepEqual([left.send("n", "1"), left.room], [false, 0]);
  left.close();
  const ended = openEventStream();
  ended.close();
  ended.close();
  assert.equal(ended.gone.aborted, true);
  assert.equal(await ended.response.text(), "");
});
