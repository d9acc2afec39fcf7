import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FrameSplitter,
  MAX_TERMINAL_FRAME_BYTES,
  MAX_TERMINAL_INPUT_BYTES,
  terminalAcknowledge,
  terminalInput,
  terminalMessage,
  terminalResize,
} from "../../protocol/mod.ts";
import { InputQueue, MAX_WAITING_BYTES } from "./input_queue.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What the tunnel is given, as messages again. */
function taken(queue: InputQueue): number[][] {
  const splitter = new FrameSplitter();
  const messages: number[][] = [];
  for (let bytes = queue.take(); bytes !== null; bytes = queue.take()) {
    for (const message of splitter.take(bytes)) messages.push([...message]);
  }
  return messages;
}

Deno.test("what is typed goes on in order, sizes among it; of acknowledgements the last", () => {
  const queue = new InputQueue("control");
  const [ls, size, exit] = [terminalInput(bytesOf("ls\n")), terminalResize(80, 24), terminalInput(bytesOf("exit\n"))];
  for (const message of [ls, terminalAcknowledge(1), size, exit, terminalAcknowledge(7)]) {
    assert.equal(queue.put(message), null);
  }
  assert.deepEqual(taken(queue), [terminalAcknowledge(7), ls, size, exit].map((each) => [...each]));
  assert.equal(queue.typedBytes, 8);
  assert.deepEqual(taken(queue), []);
});

Deno.test("who only views acknowledges, and that is all that goes on", () => {
  const queue = new InputQueue("view");
  for (const message of [terminalInput(bytesOf("rm")), terminalResize(1, 1), terminalAcknowledge(5)]) {
    assert.equal(queue.put(message), null);
  }
  assert.deepEqual(taken(queue), [[...terminalAcknowledge(5)]]);
  assert.equal(queue.typedBytes, 0);
});

Deno.test("whatever is sent, only whole messages of the three kinds go on, and no more waits than may", () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.nat({ max: 5 }).chain((type) => fc.uint8Array({ maxLength: 12 }).map((rest) => Uint8Array.of(type, ...rest))),
  );
  fc.assert(fc.property(fc.array(message, { maxLength: 30 }), fc.constantFrom("control", "view"), (all, mode) => {
    const queue = new InputQueue(mode);
    const good = all.filter((each) => queue.put(Uint8Array.from(each)) === null);
    const sent = taken(queue);
    for (const [type = 0, ...rest] of sent) {
      assert.ok(
        type === 3 ? rest.length === 8 : mode === "control" && (type === 1 || (type === 2 && rest.length === 4)),
      );
    }
    const typed = good.filter(([type]) => mode === "control" && type === 1).map((each) => [...each]);
    assert.deepEqual(sent.filter(([type]) => type === 1), typed);
  }));
});

Deno.test("a guest who sends more than the host takes is refused, and may send again when it has", () => {
  const queue = new InputQueue("control");
  const long = terminalInput(new Uint8Array(MAX_TERMINAL_INPUT_BYTES));
  let sent = 0;
  while (queue.put(long) === null) sent += long.length;
  assert.ok(sent <= MAX_WAITING_BYTES && sent > MAX_WAITING_BYTES / 2, String(sent));
  assert.match(queue.put(long) ?? "", /more was typed or pasted/);
  for (let count = 0; count < 100_000; count++) queue.put(terminalAcknowledge(count));
  assert.ok(taken(queue).length < 10);
  assert.equal(queue.put(long), null);
  const many = new InputQueue("control");
  let count = 0;
  while (many.put(terminalInput(bytesOf("x"))) === null) count++;
  assert.ok(count < 5_000, `${count} small messages wait`);
});

Deno.test("a message that is none is refused, one of a later version is passed over", () => {
  const queue = new InputQueue("control");
  for (
    const bad of [
      new Uint8Array(),
      new Uint8Array(MAX_TERMINAL_FRAME_BYTES + 1).fill(1),
      terminalMessage(0x02, new Uint8Array(3)),
      terminalResize(0, 5),
      terminalMessage(0x03, new Uint8Array(7)),
    ]
  ) assert.equal(typeof queue.put(bad), "string");
  for (const type of [0x00, 0x04, 0x81, 0xff]) assert.equal(queue.put(Uint8Array.of(type, 1)), null);
  assert.deepEqual(taken(queue), []);
});

Deno.test("whoever waits is told when there is something to take", async () => {
  const queue = new InputQueue("control");
  assert.equal(queue.take(), null);
  let isReady = false;
  const ready = queue.whenReady.then(() => isReady = true);
  await Promise.resolve();
  assert.equal(isReady, false);
  queue.put(terminalAcknowledge(1));
  await ready;
  assert.notEqual(queue.take(), null);
});
