import assert from "node:assert/strict";
import { linkPair, settle, tunnelPair } from "../../../tests/helpers/tunnel_pair.ts";
import { AppError, systemClock } from "../../core/mod.ts";
import { writeUint32 } from "../yamux/frame.ts";
import type { YamuxStream } from "../yamux/stream.ts";
import { YamuxSession } from "../yamux/yamux_session.ts";
import type { ServeHandler, SessionOptions } from "./contract.ts";
import { createSession } from "./session.ts";

const at = (path: string, init?: RequestInit) => new Request(`http://host${path}`, init);

/** A peer that writes whatever it likes on its streams, against a session that serves. */
async function rawPeer(
  options: Omit<SessionOptions, "role">,
  use: (open: () => YamuxStream, session: { readonly streamCount: number }) => Promise<void>,
): Promise<void> {
  const [clientLink, serverLink] = linkPair();
  const peer = new YamuxSession(clientLink, {
    role: "client",
    maxStreams: 256,
    windowBytes: 256 * 1024,
    clock: systemClock,
    onStream: () => {},
    onEnd: () => {},
  });
  const session = createSession(serverLink, { role: "server", ...options });
  try {
    await use(() => peer.open(), session);
    assert.equal(session.end, null, "whatever a stream says, the session goes on");
  } finally {
    session.close();
    peer.close(new AppError("cancelled", "the test is over"));
  }
}

function headBytes(json: string, length = json.length): Uint8Array {
  const bytes = new Uint8Array(4 + json.length);
  writeUint32(bytes, 0, length);
  bytes.set(new TextEncoder().encode(json), 4);
  return bytes;
}

/** What the peer gets back: the head, as text, and whether that was all. */
async function answerOn(stream: YamuxStream): Promise<{ head: unknown; isWhole: boolean }> {
  await settle(5);
  const bytes = stream.takeExactly(stream.unreadBytes);
  return { head: JSON.parse(new TextDecoder().decode(bytes.subarray(4))), isWhole: stream.isAtEnd };
}

const never: ServeHandler = () => assert.fail("a handler was called");

const BAD_HEADS: readonly (readonly [what: string, bytes: Uint8Array, status: number])[] = [
  ["a head of 64 KiB and a byte", headBytes("{", 64 * 1024 + 1), 431],
  ["a head of 4 GiB", headBytes("{", 0xffffffff), 431],
  ["an empty head", headBytes(""), 400],
  ["what is no JSON", headBytes("GET / HTTP/1.1"), 400],
  ["a path that is none", headBytes('{"method":"GET","path":"x","headers":[]}'), 400],
  ["a method that the web forbids", headBytes('{"method":"CONNECT","path":"/","headers":[]}'), 400],
  ["a header with a line break", headBytes('{"method":"GET","path":"/","headers":[["a","b\\nc"]]}'), 400],
];

for (const [what, bytes, status] of BAD_HEADS) {
  Deno.test(`${what} is answered ${status}, and the stream broken off`, () =>
    rawPeer({ serve: never }, async (open, session) => {
      const stream = open();
      stream.write(bytes);
      assert.deepEqual(await answerOn(stream), { head: { status, headers: [] }, isWhole: true });
      assert.ok(stream.broken !== null);
      assert.equal(session.streamCount, 0);
    }));
}

Deno.test("a head that ends too soon is answered 400", () =>
  rawPeer({ serve: never }, async (open) => {
    for (const bytes of [headBytes("{}", 100), new Uint8Array(2), new Uint8Array()]) {
      const stream = open();
      stream.write(bytes);
      stream.finish();
      assert.deepEqual(await answerOn(stream), { head: { status: 400, headers: [] }, isWhole: true });
    }
  }));

Deno.test("a head that comes byte by byte is a head", () =>
  rawPeer({ serve: (request) => new Response(null, { headers: { path: request.url } }) }, async (open) => {
    const stream = open();
    for (const byte of headBytes('{"method":"GET","path":"/a","headers":[]}')) {
      stream.write(Uint8Array.of(byte));
      await settle(1);
    }
    const expected = { status: 200, headers: [["path", "http://tunnel/a"]] };
    assert.deepEqual(await answerOn(stream), { head: expected, isWhole: true });
  }));

Deno.test("a stream that is reset before its head was whole reaches no handler", () =>
  rawPeer({ serve: never }, async (open, session) => {
    const stream = open();
    stream.write(new Uint8Array(2));
    await settle();
    assert.equal(session.streamCount, 1);
    stream.reset(new AppError("cancelled", "changed its mind"));
    await settle();
    assert.equal(session.streamCount, 0);
  }));

Deno.test("a session that serves nothing says so", async () => {
  using pair = tunnelPair();
  assert.equal((await pair.client.fetch(at("/"))).status, 501);
});

Deno.test("requests beyond the number that is handled at a time are answered 503", async () => {
  const gates: PromiseWithResolvers<void>[] = [];
  using pair = tunnelPair({}, {
    limits: { maxServed: 2 },
    async serve() {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      return new Response();
    },
  });
  const first = [pair.client.fetch(at("/")), pair.client.fetch(at("/"))];
  assert.equal((await pair.client.fetch(at("/"))).status, 503);
  for (const gate of gates) gate.resolve();
  assert.deepEqual((await Promise.all(first)).map(({ status }) => status), [200, 200]);
  const next = pair.client.fetch(at("/"));
  await settle();
  gates[2]?.resolve();
  assert.equal((await next).status, 200);
});

Deno.test("what a handler does wrong is a 500 without its words, and told to the owner", async () => {
  const problems: string[] = [];
  const wrongs: Readonly<Record<string, () => unknown>> = {
    "/throw": () => {
      throw new Error("the secret is 1234");
    },
    "/reject": () => Promise.reject(new Error("rejected")),
    "/nothing": () => undefined,
    "/large": () => new Response(null, { headers: { large: "x".repeat(70_000) } }),
  };
  using pair = tunnelPair({}, {
    serve: (request) => wrongs[new URL(request.url).pathname]?.() as Response,
    onServeError: (error, request) => problems.push(`${new URL(request.url).pathname}: ${error}`),
  });
  for (const path of Object.keys(wrongs)) {
    const answer = await pair.client.fetch(at(path));
    assert.deepEqual([answer.status, await answer.text()], [500, ""]);
  }
  assert.deepEqual(problems.map((problem) => problem.split(":")[0]), Object.keys(wrongs));
});

Deno.test("an answer for somebody who has left is dropped", async () => {
  const gate = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  using pair = tunnelPair({}, {
    async serve() {
      await gate.promise;
      return new Response(new ReadableStream({ cancel: () => cancelled.resolve() }));
    },
  });
  const abort = new AbortController();
  const answer = pair.client.fetch(at("/", { signal: abort.signal }));
  const rejected = assert.rejects(answer);
  await settle();
  abort.abort();
  await rejected;
  await settle();
  gate.resolve();
  await cancelled.promise;
});
