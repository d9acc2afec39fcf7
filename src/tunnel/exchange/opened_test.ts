import assert from "node:assert/strict";
import fc from "fast-check";
import { type LinkEnd, linkPair, settle } from "../../../tests/helpers/tunnel_pair.ts";
import { AppError, systemClock } from "../../core/mod.ts";
import { writeUint32 } from "../yamux/frame.ts";
import type { YamuxStream } from "../yamux/stream.ts";
import { YamuxSession } from "../yamux/yamux_session.ts";
import { pathOf } from "./opened.ts";
import { createSession } from "./session.ts";

Deno.test("the path of a request is that of its address, with the query and without the fragment", () => {
  const paths: Readonly<Record<string, string>> = {
    "http://host": "/",
    "http://host/": "/",
    "https://user@host:8443/a/b?c=/d#e": "/a/b?c=/d",
    "http://host?q": "/?q",
    "http://[::1]:80//double": "//double",
  };
  for (const [url, path] of Object.entries(paths)) assert.equal(pathOf(new Request(url).url), path);
  fc.assert(fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
    const { pathname, search } = new URL(url);
    const empty = new Request(url).url.replace(/#.*/, "").endsWith("?") ? "?" : ""; // which URL does not tell
    assert.equal(pathOf(new Request(url).url), pathname + (search || empty));
  }));
});

/** An end that answers whatever a test has it write. */
async function fetchFrom(answer: (stream: YamuxStream, link: LinkEnd) => void): Promise<Response> {
  const [clientLink, serverLink] = linkPair();
  const session = createSession(clientLink, { role: "client" });
  const peer = new YamuxSession(serverLink, {
    role: "server",
    maxStreams: 256,
    windowBytes: 256 * 1024,
    clock: systemClock,
    onStream: (stream) => answer(stream, serverLink),
    onEnd: () => {},
  });
  try {
    const response = await session.fetch(new Request("http://host/"));
    await settle();
    if (response.body === null) assert.equal(session.streamCount, 0);
    return response;
  } finally {
    assert.equal(session.end, null);
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

const BAD_ANSWERS: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["nothing", new Uint8Array()],
  ["half a head", headBytes('{"status":200', 100)],
  ["a head without end", headBytes("{", 0xffffffff)],
  ["what is no JSON", headBytes("HTTP/1.1 200 OK")],
  ["a status that is none", headBytes('{"status":99,"headers":[]}')],
  ["a header with a line break", headBytes('{"status":200,"headers":[["a","b\\r\\nc: d"]]}')],
];

for (const [what, bytes] of BAD_ANSWERS) {
  for (const finishes of [true, false]) {
    if (!finishes && ["nothing", "half a head"].includes(what)) continue; // more could come
    Deno.test(`${what} is no answer${finishes ? "" : ", also when the stream stays open"}`, async () => {
      const answer = fetchFrom((stream) => {
        stream.write(bytes);
        if (finishes) stream.finish();
      });
      await assert.rejects(answer, { code: "unavailable" });
    });
  }
}

Deno.test("an answer is whole though its stream is broken off right behind it", async () => {
  const answer = await fetchFrom((stream) => {
    stream.write(headBytes('{"status":200,"headers":[]}'));
    stream.write(new TextEncoder().encode("complete"));
    stream.finish();
    stream.wantNoMore();
  });
  assert.equal(await answer.text(), "complete");
});

Deno.test("a body that is broken off before anybody looks at it is broken", async () => {
  const answer = await fetchFrom(async (stream, link) => {
    link.hold();
    stream.write(headBytes('{"status":200,"headers":[]}'));
    await settle();
    stream.reset(new AppError("cancelled", "no more"));
    await settle();
    link.release();
  });
  await assert.rejects(answer.text(), { code: "unavailable" });
});

for (const status of [204, 205, 304]) {
  Deno.test(`bytes after a ${status} are dropped`, async () => {
    const answer = await fetchFrom((stream) => {
      stream.write(headBytes(`{"status":${status},"headers":[]}`));
      stream.write(new Uint8Array(100));
    });
    assert.deepEqual([answer.status, answer.body], [status, null]);
  });
}
