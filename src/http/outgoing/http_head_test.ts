import assert from "node:assert/strict";
import fc from "fast-check";
import { bodyKind, endOfHead, parseHead } from "./http_head.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("the end of a head is the first empty line, with or without carriage returns", () => {
  assert.equal(endOfHead(bytes("HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody")), 25);
  assert.equal(endOfHead(bytes("HTTP/1.1 200 OK\n\nbody\n\n")), 17);
  assert.equal(endOfHead(bytes("HTTP/1.1 200 OK\r\nA: b\r\n")), -1);
  assert.equal(endOfHead(bytes("")), -1);
});

Deno.test("status and headers are read; what is no HTTP is none", () => {
  const head = parseHead("HTTP/1.0 301 Moved: there\r\nLocation:  /x \r\nnonsense\r\n: x\r\nLOCATION: /y\r\n\r\n");
  assert.deepEqual([head?.status, [...head?.headers ?? []]], [301, [["location", "/y"]]]);
  assert.equal(parseHead("HTTP/1.1 204\r\n\r\n")?.status, 204);
  for (const text of ["", "SSH-2.0-OpenSSH", "HTTP/2 200", "HTTP/1.1 999 x", "HTTP/1.1 20", "HTTP/1.1 2000 x"]) {
    assert.equal(parseHead(text), null, text);
  }
});

Deno.test("how a body ends is told by method, status and headers", () => {
  const kind = (headers: string, status = 200, method = "GET") => {
    const head = parseHead(`HTTP/1.1 ${status} x\r\n${headers}\r\n\r\n`);
    assert.ok(head);
    return bodyKind(method, head);
  };
  assert.deepEqual(kind("content-length: 12"), { kind: "length", bytes: 12 });
  assert.deepEqual(kind("content-length: -1"), { kind: "to_end" });
  assert.deepEqual(kind("transfer-encoding: gzip, Chunked\r\ncontent-length: 3"), { kind: "chunked" });
  assert.deepEqual(kind("x: y"), { kind: "to_end" });
  assert.deepEqual(kind("content-length: 12", 200, "HEAD"), { kind: "none" });
  assert.deepEqual(kind("content-length: 12", 304), { kind: "none" });
});

Deno.test("property: mutated heads neither throw nor give a status that is none", () => {
  const good = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello";
  fc.assert(fc.property(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 10 }), (at, cut, junk) => {
    const text = good.slice(0, at) + junk + good.slice(at + cut);
    const end = endOfHead(bytes(text));
    assert.ok(end >= -1 && end <= bytes(text).length);
    const head = parseHead(text);
    if (head === null) return;
    assert.ok(head.status >= 100 && head.status <= 599);
    const body = bodyKind("GET", head);
    assert.ok(body.kind !== "length" || (Number.isSafeInteger(body.bytes) && body.bytes >= 0));
  }));
});
