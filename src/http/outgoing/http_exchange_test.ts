import assert from "node:assert/strict";
import fc from "fast-check";
import type { ByteStream } from "./byte_stream.ts";
import { exchange, type HttpRequest } from "./http_exchange.ts";

const REQUEST: HttpRequest = {
  method: "GET",
  url: new URL("http://u:p@192.0.2.1:8080/a?b=c#d"),
  headers: [],
  bodyBytes: 100,
};

/** A connection on which these pieces come, and then the end. */
function scripted(pieces: readonly string[]): ByteStream & { written: string } {
  const rest = pieces.map((piece) => Uint8Array.from(piece, (character) => character.charCodeAt(0) & 0xff));
  const stream = {
    written: "",
    read(into: Uint8Array) {
      const piece = rest.shift();
      if (piece === undefined) return Promise.resolve(null);
      into.set(piece.subarray(0, into.length));
      return Promise.resolve(Math.min(piece.length, into.length));
    },
    write(bytes: Uint8Array) {
      stream.written += new TextDecoder("latin1").decode(bytes);
      return Promise.resolve(bytes.length);
    },
    close() {},
  };
  return stream;
}

const bodyOf = async (pieces: string[], more: Partial<HttpRequest> = {}) =>
  new TextDecoder().decode((await exchange(scripted(pieces), { ...REQUEST, ...more })).body);

Deno.test("the request names host and path, without the password, and with the user's headers in place of ours", async () => {
  const stream = scripted(["HTTP/1.1 204 x\r\n\r\n"]);
  await exchange(stream, { ...REQUEST, headers: [["host", "other"], ["X-Key", "\xe9"]] });
  assert.equal(
    stream.written,
    "GET /a?b=c HTTP/1.1\r\nhost: other\r\nUser-Agent: farhand\r\nAccept: */*\r\nAccept-Encoding: identity\r\n" +
      "X-Key: \xe9\r\nConnection: close\r\n\r\n",
  );
});

Deno.test("a header that would be more than one, or none, is not sent", async () => {
  for (const [name, value] of [["X\r\nY", "a"], ["", "a"], ["X", "a\r\nY: b"], ["X", "\u20ac"]] as const) {
    const stream = scripted(["HTTP/1.1 204 x\r\n\r\n"]);
    await assert.rejects(exchange(stream, { ...REQUEST, headers: [[name, value]] }), { name: "CheckFailure" });
    assert.equal(stream.written, "");
  }
});

Deno.test("bodies of all kinds are read, in whatever pieces they come, as far as they are wanted", async () => {
  assert.equal(await bodyOf(["HTTP/1.1 200 OK\r\nContent-Le", "ngth: 5\r\n\r\nhe", "llo more"]), "hello");
  assert.equal(await bodyOf(["HTTP/1.0 200 OK\n\nhel", "lo"]), "hello");
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
  assert.equal(await bodyOf([chunked]), "hello");
  assert.equal(await bodyOf([...chunked]), "hello");
  assert.equal(await bodyOf([chunked], { bodyBytes: 3 }), "hel");
  assert.equal(await bodyOf(["HTTP/1.1 200 OK\r\n\r\nhello"], { bodyBytes: 3 }), "hel");
  assert.equal(await bodyOf(["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"], { bodyBytes: 0 }), "");
  assert.equal(await bodyOf(["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]), "ok");
});

Deno.test("answers that are none, or are cut, say so", async () => {
  const fails = (pieces: string[], reason: string) => assert.rejects(bodyOf(pieces), { message: reason });
  await fails([], "the connection was closed without an answer");
  await fails(["SSH-2.0-OpenSSH_9\r\n"], "the answer is not HTTP");
  await fails(["SSH-2.0\r\n\r\n"], "the answer is not HTTP");
  await fails(["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"], "the answer was cut short");
  await fails(["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"], "the answer was cut short");
  await fails(
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
    "the answer is not HTTP: it has a broken chunk",
  );
  await fails(Array(20).fill("HTTP/1.1 100 Continue\r\n\r\n"), "the answer does not come to an end");
  await fails(
    ["HTTP/1.1 200 OK\r\n", ...Array(10).fill(`X: ${"y".repeat(8_000)}\r\n`)],
    "the answer's headers are too large",
  );
});

Deno.test("property: any bytes give an answer or a failure for people, and never more than was wanted", async () => {
  const head = fc.constantFrom("HTTP/1.1 200 OK\r\n", "HTTP/1.1 101 x\r\n", "HTTP/1.1 100 x\r\n\r\n", "");
  const header = fc.constantFrom(
    "Content-Length: 7\r\n",
    "Transfer-Encoding: chunked\r\n",
    "\r\n",
    "3\r\nabc\r\n",
    "0\r\n\r\n",
  );
  const pieces = fc.tuple(head, fc.array(fc.oneof(header, fc.string({ maxLength: 6 })), { maxLength: 8 }));
  await fc.assert(fc.asyncProperty(pieces, async ([first, rest]) => {
    try {
      const { status, body } = await exchange(scripted([first, ...rest].filter((piece) => piece !== "")), REQUEST);
      assert.ok(status >= 100 && status < 600 && body.length <= REQUEST.bodyBytes);
    } catch (error) {
      assert.equal((error as Error).name, "CheckFailure");
    }
  }));
});
