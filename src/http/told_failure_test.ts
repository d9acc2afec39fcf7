import assert from "node:assert/strict";
import fc from "fast-check";
import { toldFailure } from "./told_failure.ts";

const told = (body: BodyInit | null, status = 500) => toldFailure(new Response(body, { status }));

Deno.test("an envelope tells the code and the words, which are fit to be shown", async () => {
  const body = JSON.stringify({ code: 10005, msg: "no process\n\u001b[31mx", data: null });
  assert.deepEqual(await told(body, 404), { code: "not_found", words: "no process [31mx" });
});

Deno.test("a number that nobody knows is no code, and has words all the same", async () => {
  for (const code of [99_999, 0, -1, "10005", null, undefined]) {
    assert.deepEqual(await told(JSON.stringify({ code, msg: "no" })), { code: null, words: "no" }, String(code));
  }
});

Deno.test("what is no envelope tells nothing, however long it is or wherever it breaks", async () => {
  const broken = new ReadableStream({
    pull(controller) {
      controller.error(new TypeError("broken"));
    },
  });
  for (const body of [null, "", "no", "[]", "null", '{"msg":1}', `{"msg":"${"x".repeat(100_000)}"}`, broken]) {
    assert.equal(await told(body), null);
  }
});

Deno.test("an answer without an end is left", async () => {
  let hasLeft = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1_024)),
    cancel: () => void (hasLeft = true),
  });
  assert.equal(await told(endless), null);
  assert.ok(hasLeft);
});

Deno.test("no bytes make it throw, and its words are short", async () => {
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Uint8Array.from(bytes)),
    fc.record({ code: fc.jsonValue(), msg: fc.oneof(fc.string({ maxLength: 3_000 }), fc.jsonValue()) })
      .map((value) => JSON.stringify(value)),
  );
  await fc.assert(fc.asyncProperty(anything, async (body) => {
    const failure = await told(body);
    assert.ok(failure === null || (failure.words.length <= 500 && !failure.words.includes("\n")));
  }));
});
