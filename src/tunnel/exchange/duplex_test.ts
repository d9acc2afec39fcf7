import assert from "node:assert/strict";
import { LinkEnd, settle, tunnelPair } from "../../../tests/helpers/tunnel_pair.ts";
import type { DuplexAnswer, ServeHandler, Session } from "./contract.ts";
import { upgrade, UPGRADE_MARK } from "./upgrade.ts";

const REQUEST = new Request("http://host/terminal");

async function upgraded(session: Session): Promise<Extract<DuplexAnswer, { isUpgraded: true }>> {
  const answer = await session.duplex(REQUEST);
  assert.ok(answer.isUpgraded);
  return answer;
}

const echo: ServeHandler = (request) =>
  upgrade(request, ({ readable, writable }) => readable.pipeTo(writable), { "x-kind": "echo" });

Deno.test("after 101 bytes go both ways, and each way ends by itself", async () => {
  using pair = tunnelPair({}, { serve: echo });
  const { headers, readable, writable } = await upgraded(pair.client);
  assert.deepEqual([...headers], [["x-kind", "echo"]]);
  const [writer, reader] = [writable.getWriter(), readable.getReader()];
  for (const text of ["one", "two"]) {
    await writer.write(new TextEncoder().encode(text));
    assert.equal(new TextDecoder().decode((await reader.read()).value), text);
  }
  await writer.close();
  assert.equal((await reader.read()).done, true);
  await settle();
  assert.deepEqual([pair.client.streamCount, pair.server.streamCount], [0, 0]);
});

Deno.test("one side can go on after the other has finished", async () => {
  using pair = tunnelPair({}, {
    serve: (request) =>
      upgrade(request, async ({ readable, writable }) => {
        let bytes = 0;
        for await (const chunk of readable) bytes += chunk.length;
        const writer = writable.getWriter();
        await writer.write(new TextEncoder().encode(`${bytes} bytes`));
      }),
  });
  const { readable, writable } = await upgraded(pair.client);
  const writer = writable.getWriter();
  await writer.write(new Uint8Array(1_000_000));
  await writer.close();
  assert.equal(await new Response(readable).text(), "1000000 bytes");
});

Deno.test("a writer may use its buffer again once a write is done", async () => {
  using pair = tunnelPair({}, { serve: echo });
  const { readable, writable } = await upgraded(pair.client);
  const writer = writable.getWriter();
  const buffer = new Uint8Array(1000).fill(1);
  const written = writer.write(buffer);
  await written;
  buffer.fill(2);
  assert.deepEqual((await readable.getReader().read()).value, new Uint8Array(1000).fill(1));
});

Deno.test("a writer waits for who does not read", async () => {
  using pair = tunnelPair({}, { serve: (request) => upgrade(request, () => new Promise(() => {})) });
  const { writable } = await upgraded(pair.client);
  const writer = writable.getWriter();
  let written = 0;
  const writing = (async () => {
    for (;; written++) await writer.write(new Uint8Array(64 * 1024));
  })();
  const failed = assert.rejects(writing, { code: "unavailable" });
  await settle(20);
  assert.equal(written, 4);
  pair.client.close();
  await failed;
});

for (const [who, breakOff] of [["the reader", "cancel"], ["the writer", "abort"]] as const) {
  Deno.test(`when ${who} breaks off, the other end hears of it`, async () => {
    const broken = Promise.withResolvers<unknown>();
    using pair = tunnelPair({}, {
      serve: (request) =>
        upgrade(request, async ({ readable }) => {
          await assert.rejects(async () => await readable.getReader().read());
          broken.resolve(request.signal.aborted);
        }),
    });
    const { readable, writable } = await upgraded(pair.client);
    if (breakOff === "cancel") await readable.cancel();
    else await writable.abort();
    assert.equal(await broken.promise, true);
  });
}

Deno.test("when the link breaks, readers and writers of both ends fail", async () => {
  const failed = Promise.withResolvers<void>();
  using pair = tunnelPair({}, {
    serve: (request) =>
      upgrade(request, async ({ readable, writable }) => {
        await assert.rejects(readable.getReader().read(), { code: "unavailable" });
        await assert.rejects(writable.getWriter().write(Uint8Array.of(1)), { code: "unavailable" });
        failed.resolve();
      }),
  });
  const { readable, writable } = await upgraded(pair.client);
  const writer = writable.getWriter();
  const closed = assert.rejects(writer.closed, { code: "unavailable" });
  LinkEnd.cut(pair.clientLink);
  await closed;
  await assert.rejects(readable.getReader().read(), { code: "unavailable" });
  await assert.rejects(writer.write(Uint8Array.of(1)), { code: "unavailable" });
  await failed.promise;
});

Deno.test("a use that fails breaks the stream off, and the owner is told", async () => {
  const problems: unknown[] = [];
  using pair = tunnelPair({}, {
    serve: (request) =>
      upgrade(request, async ({ readable }) => {
        await readable.getReader().read();
        throw new Error("no terminal");
      }),
    onServeError: (error) => problems.push(error),
  });
  const { readable, writable } = await upgraded(pair.client);
  await writable.getWriter().write(Uint8Array.of(1));
  await assert.rejects(readable.getReader().read(), { code: "unavailable" });
  assert.match(String(problems), /no terminal/);
});

Deno.test("an answer that is no upgrade is handed on as it is", async () => {
  using pair = tunnelPair({}, { serve: () => new Response("not here", { status: 404 }) });
  const answer = await pair.client.duplex(REQUEST);
  assert.ok(!answer.isUpgraded);
  assert.deepEqual([answer.response.status, await answer.response.text()], [404, "not here"]);
  await settle();
  assert.equal(pair.client.streamCount, 0);
});

Deno.test("middleware may copy an upgrade and add to it, or answer otherwise in its place", async () => {
  using pair = tunnelPair({}, {
    async serve(request, info) {
      const inner = await echo(request, info);
      if (request.headers.has("x-refuse")) return new Response(null, { status: 403, headers: inner.headers });
      const copy = new Response(inner.body, inner);
      copy.headers.set("x-request-id", "7");
      return copy;
    },
  });
  const { headers, writable } = await upgraded(pair.client);
  assert.deepEqual([...headers], [["x-kind", "echo"], ["x-request-id", "7"]]);
  await writable.close();
  const refused = await pair.client.duplex(new Request(REQUEST, { headers: { "x-refuse": "1" } }));
  assert.ok(!refused.isUpgraded && refused.response.status === 403);
});

Deno.test("fetch does not take raw bytes, and the mark of an upgrade alone makes none", async () => {
  using pair = tunnelPair({}, {
    serve: (request) =>
      request.method === "POST"
        ? new Response("a", { headers: { [UPGRADE_MARK]: "1" } })
        : upgrade(request, () => new Promise(() => {})),
  });
  await assert.rejects(pair.client.fetch(REQUEST), { code: "unsupported" });
  assert.equal(pair.client.streamCount, 0);
  const answer = await pair.client.fetch(new Request(REQUEST, { method: "POST" }));
  assert.deepEqual([answer.status, answer.headers.get(UPGRADE_MARK)], [200, null]);
});

Deno.test("only requests of a tunnel can be upgraded, and only ones without a body asked for", async () => {
  assert.throws(() => upgrade(REQUEST, () => Promise.resolve()), { code: "unsupported" });
  using pair = tunnelPair({}, { serve: echo });
  await assert.rejects(pair.client.duplex(new Request(REQUEST, { method: "POST", body: "a" })), {
    code: "invalid_input",
  });
});
