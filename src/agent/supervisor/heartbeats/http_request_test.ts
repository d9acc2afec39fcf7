import assert from "node:assert/strict";
import fc from "fast-check";
import {
  findHead,
  MAX_BODY_BYTES,
  MAX_HEAD_BYTES,
  parseRequestHead,
  type RequestHead,
  takeBody,
} from "./http_request.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const CHUNKED = { kind: "chunked" } as const;

function head(text: string): RequestHead {
  const parsed = parseRequestHead(text);
  assert.ok(!("status" in parsed), JSON.stringify(parsed));
  return parsed;
}

const statusOf = (text: string) => {
  const parsed = parseRequestHead(text);
  return "status" in parsed ? parsed.status : 200;
};

Deno.test("the end of a head is found when it has come, and one that is too large is refused", () => {
  assert.equal(findHead(bytes("POST / HTTP/1.1\r\nHost: a\r\n\r\n{}")), 28);
  assert.equal(findHead(bytes("POST / HTTP/1.1\r\nHost: a\r\n")), "more");
  const large = findHead(bytes(`POST / HTTP/1.1\r\nX: ${"y".repeat(MAX_HEAD_BYTES)}\r\n\r\n`));
  assert.ok(typeof large === "object" && large.status === 431);
});

Deno.test("what matters of a head is read, in any spelling", () => {
  const text =
    "POST /heartbeat?x=1 HTTP/1.1\r\nHOST: localhost:8081\r\ncontent-Length:  5\r\nExpect: 100-Continue\r\n\r\n";
  assert.deepEqual(head(text), {
    method: "POST",
    path: "/heartbeat",
    host: "localhost:8081",
    origin: null,
    keepAlive: true,
    expectsContinue: true,
    body: { kind: "length", bytes: 5 },
  });
  assert.equal(head("GET http://127.0.0.1:8081/heartbeat/stats HTTP/1.1\r\n\r\n").path, "/heartbeat/stats");
  assert.equal(head("GET / HTTP/1.0\n\n").keepAlive, false);
  assert.equal(head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepAlive, true);
  assert.equal(head("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").keepAlive, false);
  assert.deepEqual(head("POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n").body, CHUNKED);
});

Deno.test("requests that cannot be read are refused with the fitting status", () => {
  assert.equal(statusOf("hello\r\n\r\n"), 400);
  assert.equal(statusOf("\x16\x03\x01\x02\r\n\r\n"), 400);
  assert.equal(statusOf("PRI * HTTP/2.0\r\n\r\n"), 505);
  assert.equal(statusOf("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"), 400);
  assert.equal(statusOf("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), 400);
  assert.equal(statusOf("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  assert.equal(statusOf("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"), 501);
  assert.equal(statusOf(`POST / HTTP/1.1\r\nContent-Length: ${MAX_BODY_BYTES + 1}\r\n\r\n`), 413);
  assert.equal(statusOf(`POST / HTTP/1.1\r\nContent-Length: ${MAX_BODY_BYTES}\r\n\r\n`), 200);
});

Deno.test("bodies are taken whole, by length or in chunks, and what follows is left", () => {
  const taken = (text: string, body: RequestHead["body"]) => {
    const whole = takeBody(bytes(text), body);
    return typeof whole === "object" && "bytes" in whole
      ? [new TextDecoder().decode(whole.bytes), whole.wireBytes]
      : whole;
  };
  assert.deepEqual(taken("{}GET", { kind: "length", bytes: 2 }), ["{}", 2]);
  assert.equal(taken("{", { kind: "length", bytes: 2 }), "more");
  const chunked = '3;x=y\r\n{"a\r\n4\r\n":1}\r\n0\r\nTrailer: x\r\n\r\n';
  assert.deepEqual(taken(`${chunked}GET`, CHUNKED), ['{"a":1}', chunked.length]);
  for (let end = 0; end < chunked.length; end++) assert.equal(taken(chunked.slice(0, end), CHUNKED), "more");
  const status = (text: string) => {
    const whole = takeBody(bytes(text), CHUNKED);
    return typeof whole === "object" && "status" in whole ? whole.status : 200;
  };
  assert.equal(status("xyz\r\n"), 400);
  assert.equal(status("1\r\nabc\r\n"), 400);
  assert.equal(status("ffffffff\r\n"), 413);
  assert.equal(status("1;".padEnd(40_000, "x")), 413);
});

Deno.test("property: any bytes are a request, are incomplete, or are refused", () => {
  const piece = fc.constantFrom(
    "POST /heartbeat HTTP/1.1\r\n",
    "GET / HTTP/1.0\n",
    "Host: a\r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "\r\n",
    "3\r\n{ }\r\n0\r\n\r\n",
  );
  const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 5, unit: "binary" })), { maxLength: 8 });
  fc.assert(fc.property(text, (parts) => {
    const all = bytes(parts.join(""));
    const end = findHead(all);
    if (typeof end !== "number") return;
    const parsed = parseRequestHead(new TextDecoder("latin1").decode(all.subarray(0, end)));
    if ("status" in parsed) return;
    const body = takeBody(all.subarray(end), parsed.body);
    if (typeof body === "object" && "bytes" in body) {
      assert.ok(body.bytes.length <= MAX_BODY_BYTES && body.wireBytes <= all.length - end);
    }
  }));
});
