import assert from "node:assert/strict";
import * as fc from "fast-check";
import { settle } from "../../tests/helpers/fake_clock.ts";
import { jsonLines } from "./json_lines.ts";
import { LineReader } from "./line_reader.ts";

const never = new AbortController().signal;

Deno.test("each value is a line, and the end is told once", async () => {
  let ends = 0;
  async function* make() {
    yield { a: 1 };
    await settle();
    yield "two\nlines";
  }
  const response = jsonLines(make, { signal: never, onEnd: () => void ends++ });
  assert.equal(response.headers.get("content-type"), "application/x-ndjson; charset=utf-8");
  assert.equal(await response.text(), '{"a":1}\n"two\\nlines"\n');
  assert.equal(ends, 1);
});

Deno.test("nothing is made before it is asked for, and who leaves ends the making", async () => {
  let [made, ends, isLeft] = [0, 0, false];
  async function* make(gone: AbortSignal) {
    gone.addEventListener("abort", () => isLeft = true);
    try {
      for (;;) {
        await Promise.resolve();
        yield made++;
      }
    } finally {
      made = -1;
    }
  }
  const response = jsonLines(make, { signal: never, onEnd: () => void ends++ });
  await settle();
  assert.equal(made, 0);
  const reader = response.body!.getReader();
  await reader.read();
  await settle();
  assert.equal(made, 1);
  await reader.cancel();
  assert.deepEqual([made, ends, isLeft], [-1, 1, true]);
});

Deno.test("what fails in the middle breaks the answer off", async () => {
  let ends = 0;
  async function* make() {
    yield await Promise.resolve(1);
    throw new Error("no more");
  }
  const response = jsonLines(make, { signal: never, onEnd: () => void ends++ });
  await assert.rejects(response.text(), /no more/);
  assert.equal(ends, 1);
});

Deno.test("whoever asked and left before anything was sent is noticed", () => {
  let ends = 0;
  async function* make() {
    yield await Promise.resolve(1);
  }
  const asking = new AbortController();
  jsonLines(make, { signal: asking.signal, onEnd: () => void ends++ });
  asking.abort();
  jsonLines(make, { signal: asking.signal, onEnd: () => void ends++ });
  assert.equal(ends, 2);
});

Deno.test("lines are the same in whatever pieces they come, and none may be too long", () => {
  const texts = fc.array(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((text) => `x${text.replaceAll("\n", "")}`),
  );
  fc.assert(fc.property(texts, fc.array(fc.nat({ max: 9 })), (expected, sizes) => {
    const bytes = new TextEncoder().encode(expected.map((line) => `${line}\n\n`).join("") + "rest");
    const reader = new LineReader(200);
    const lines: string[] = [];
    let from = 0;
    for (const size of [...sizes, bytes.length]) {
      lines.push(...reader.read(bytes.subarray(from, from + size)));
      from += size;
    }
    assert.deepEqual([lines, reader.rest], [expected, "rest"]);
  }));
  const reader = new LineReader(10);
  assert.throws(() => [...reader.read(new TextEncoder().encode("12345678901"))], { code: "unavailable" });
});
