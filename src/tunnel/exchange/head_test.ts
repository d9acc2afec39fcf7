import assert from "node:assert/strict";
import fc from "fast-check";
import { readUint32 } from "../yamux/frame.ts";
import {
  BadHead,
  checkHeadLength,
  decodeRequestHead,
  decodeResponseHead,
  encodeHead,
  HEAD_LENGTH_BYTES,
  type HeaderPairs,
  pairsOf,
} from "./head.ts";

const LIMITS = { maxHeadBytes: 64 * 1024, maxHeaders: 128 };

const bytes = (text: string) => new TextEncoder().encode(text);
const request = (head: unknown) => decodeRequestHead(bytes(JSON.stringify(head)), LIMITS);
const response = (head: unknown) => decodeResponseHead(bytes(JSON.stringify(head)), LIMITS);
const statusOf = (decode: () => unknown): number => {
  try {
    decode();
  } catch (error) {
    if (error instanceof BadHead) return error.status;
    throw error;
  }
  return 200;
};

Deno.test("a head is its length and JSON", () => {
  const encoded = encodeHead({ method: "GET", path: "/a?b", headers: [["x-y", "z"]] }, LIMITS);
  const json = '{"method":"GET","path":"/a?b","headers":[["x-y","z"]]}';
  assert.equal(readUint32(encoded, 0), json.length);
  assert.equal(new TextDecoder().decode(encoded.subarray(HEAD_LENGTH_BYTES)), json);
});

Deno.test("what a Request of the runtime has arrives as it was", () => {
  const values = fc.string({ unit: fc.constantFrom(...'ab ,;="\\/:\u00e9\u00ff\t') }).map((text) => text.trim());
  const pairs = fc.array(fc.tuple(fc.stringMatching(/^x-[a-z0-9]{1,9}$/), values), { maxLength: 20 });
  fc.assert(
    fc.property(pairs, fc.webPath(), (list, path) => {
      const made = new Request(`http://tunnel/${path}`, { headers: list });
      const head = { method: made.method, path: new URL(made.url).pathname, headers: pairsOf(made.headers) };
      const decoded = decodeRequestHead(encodeHead(head, LIMITS).subarray(HEAD_LENGTH_BYTES), LIMITS);
      assert.deepEqual(decoded, head);
      assert.deepEqual([...new Headers(decoded.headers)], [...made.headers]);
    }),
    { numRuns: 40 },
  );
});

const GOOD = { method: "GET", path: "/", headers: [] as unknown };

const BAD_REQUESTS: readonly (readonly [what: string, head: unknown])[] = [
  ["a list", []],
  ["null", null],
  ["no method", { ...GOOD, method: undefined }],
  ["a method with a space", { ...GOOD, method: "GET /" }],
  ["an empty method", { ...GOOD, method: "" }],
  ["an endless method", { ...GOOD, method: "A".repeat(65) }],
  ["a path that is an address", { ...GOOD, path: "http://other/" }],
  ["an empty path", { ...GOOD, path: "" }],
  ["a path with a line break", { ...GOOD, path: "/a\r\nx: y" }],
  ["a path with a space", { ...GOOD, path: "/a b" }],
  ["a path with a fragment", { ...GOOD, path: "/a#b" }],
  ["a path beyond ASCII", { ...GOOD, path: "/\u00e9" }],
  ["headers that are an object", { ...GOOD, headers: { a: "b" } }],
  ["a header that is no pair", { ...GOOD, headers: [["a"]] }],
  ["a header with a third part", { ...GOOD, headers: [["a", "b", "c"]] }],
  ["an upper case name", { ...GOOD, headers: [["A", "b"]] }],
  ["an empty name", { ...GOOD, headers: [["", "b"]] }],
  ["a name with a line break", { ...GOOD, headers: [["a\nb", "c"]] }],
  ["a name with a colon", { ...GOOD, headers: [["a:", "c"]] }],
  ["a value that is a number", { ...GOOD, headers: [["a", 1]] }],
  ["a value with CR", { ...GOOD, headers: [["a", "b\rc"]] }],
  ["a value with LF", { ...GOOD, headers: [["a", "b\nc"]] }],
  ["a value with NUL", { ...GOOD, headers: [["a", "b\0c"]] }],
  ["a value beyond bytes", { ...GOOD, headers: [["a", "\u20ac"]] }],
];

for (const [what, head] of BAD_REQUESTS) {
  Deno.test(`${what} is no request`, () => assert.equal(statusOf(() => request(head)), 400));
}

Deno.test("statuses are 101 and those that have an answer's body after them", () => {
  for (const status of [101, 200, 404, 599]) assert.equal(response({ status, headers: [] }).status, status);
  for (const status of [0, 99, 100, 103, 199, 600, 200.5, "200", null, undefined]) {
    assert.equal(statusOf(() => response({ status, headers: [] })), 400);
  }
});

Deno.test("too many headers and too long a head are told apart from bad ones", () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, at) => [`x-${at}`, "y"]) as HeaderPairs;
  assert.equal(request({ ...GOOD, headers: pairs(128) }).headers.length, 128);
  assert.equal(statusOf(() => request({ ...GOOD, headers: pairs(129) })), 431);
  assert.equal(statusOf(() => checkHeadLength(64 * 1024, LIMITS)), 200);
  assert.equal(statusOf(() => checkHeadLength(64 * 1024 + 1, LIMITS)), 431);
  assert.equal(statusOf(() => checkHeadLength(0, LIMITS)), 400);
  assert.throws(() => encodeHead({ status: 200, headers: pairs(129) }, LIMITS), { code: "too_large" });
  assert.throws(() => encodeHead({ status: 200, headers: [["x", "y".repeat(65_536)]] }, LIMITS), { code: "too_large" });
});

Deno.test("members that are not known are passed over, and headers of one connection dropped", () => {
  const headers = [["connection", "close"], ["transfer-encoding", "chunked"], ["set-cookie", "a"], ["set-cookie", "b"]];
  const kept = [["set-cookie", "a"], ["set-cookie", "b"]];
  assert.deepEqual(request({ ...GOOD, headers, later: true }), { method: "GET", path: "/", headers: kept });
  assert.deepEqual(pairsOf(new Headers(headers as HeaderPairs)), kept);
});

Deno.test("any bytes are a head or a bad one", () => {
  const json = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map(bytes),
    fc.record({ method: fc.string(), path: fc.string(), headers: fc.array(fc.array(fc.string())), status: fc.nat() })
      .map((value) => bytes(JSON.stringify(value))),
  );
  fc.assert(fc.property(json, (head) => {
    assert.ok([200, 400, 431].includes(statusOf(() => decodeRequestHead(head, LIMITS))));
    assert.ok([200, 400, 431].includes(statusOf(() => decodeResponseHead(head, LIMITS))));
  }));
});

Deno.test("a head that is nested without end does not exhaust the stack", () => {
  assert.equal(statusOf(() => decodeRequestHead(bytes("[".repeat(65_536)), LIMITS)), 400);
});
