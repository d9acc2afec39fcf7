import assert from "node:assert/strict";
import * as fc from "fast-check";
import { readEvents, readLines } from "./streams.ts";

function streamOf(...chunks: Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(chunks);
}
const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("lines come whole however the bytes are cut", async () => {
  const text = "eins\nzwei ü 😀\r\n\ndrei";
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes(text).length }), { maxLength: 6 }), async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes(text).length];
      const chunks = places.slice(1).map((end, at) => bytes(text).slice(places[at], end));
      assert.deepEqual(await Array.fromAsync(readLines(streamOf(...chunks))), ["eins", "zwei ü 😀", "drei"]);
    }),
  );
});

Deno.test("events have a name, an id and their lines of data; comments are passed over", async () => {
  const text = ": hello\nid: 7\nevent: log\ndata: one\ndata: two\n\n:\ndata:three\n\nevent: cut off";
  assert.deepEqual(await Array.fromAsync(readEvents(streamOf(bytes(text)))), [
    { event: "log", data: "one\ntwo", id: "7" },
    { event: "message", data: "three", id: "7" },
  ]);
});

Deno.test("a line without an end is given up", async () => {
  const chunk = bytes("x".repeat(1024 * 1024));
  await assert.rejects(() => Array.fromAsync(readLines(streamOf(chunk, chunk, chunk, chunk, chunk))), /longer than/);
});

Deno.test("who leaves early cancels the stream", async () => {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(bytes("a\n")),
    cancel: () => void (isCancelled = true),
  });
  for await (const line of readLines(body)) {
    assert.equal(line, "a");
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(isCancelled, true);
});
