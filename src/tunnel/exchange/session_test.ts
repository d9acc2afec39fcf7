import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { cut, LinkEnd, settle, tunnelPair } from "../../../tests/helpers/tunnel_pair.ts";
import { until } from "../../../tests/helpers/host.ts";
import type { ServeHandler } from "./contract.ts";

const at = (path: string, init?: RequestInit) => new Request(`http://host${path}`, init);

/** A body that goes on until it is cancelled, and says so. */
function endless(chunkBytes = 16 * 1024) {
  const cancelled = Promise.withResolvers<unknown>();
  const state = { pulled: 0, cancelled: cancelled.promise };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      state.pulled += chunkBytes;
      controller.enqueue(new Uint8Array(chunkBytes));
    },
    cancel: (reason) => cancelled.resolve(reason),
  });
  return { state, body };
}

Deno.test("a request arrives as it was made, and its answer as it was given", async () => {
  const seen: unknown[] = [];
  using pair = tunnelPair({}, {
    async serve(request) {
      seen.push([request.method, request.url, request.headers.get("x-from"), await request.text()]);
      return new Response("done", { status: 201, headers: [["x-to", "b"], ["set-cookie", "1"], ["set-cookie", "2"]] });
    },
  });
  const answer = await pair.client.fetch(at("/a/b?c=d#e", { method: "PUT", headers: { "x-from": "a" }, body: "text" }));
  assert.deepEqual(seen, [["PUT", "http://tunnel/a/b?c=d", "a", "text"]]);
  assert.deepEqual([answer.status, answer.headers.get("x-to"), answer.headers.getSetCookie()], [201, "b", ["1", "2"]]);
  assert.equal(await answer.text(), "done");
  await settle();
  assert.deepEqual([pair.client.streamCount, pair.server.streamCount], [0, 0]);
});

Deno.test("both ends can ask, also at once", async () => {
  const serve = (name: string): ServeHandler => async (request) => new Response(`${name} ${await request.text()}`);
  using pair = tunnelPair({ serve: serve("client") }, { serve: serve("server") });
  const ask = async (from: "client" | "server", body: string) =>
    await (await pair[from].fetch(at("/", { method: "POST", body }))).text();
  const answers = await Promise.all([ask("client", "1"), ask("server", "2"), ask("client", "3")]);
  assert.deepEqual(answers, ["server 1", "client 2", "server 3"]);
});

Deno.test("a body of any size and any cut of the link comes back whole", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 });
  const bodies = fc.array(fc.uint8Array({ size: "max", maxLength: 5000 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(bodies, sizes, async (chunks, cuts) => {
      using pair = tunnelPair({}, { serve: (request) => new Response(request.body) }, { split: (m) => cut(m, cuts) });
      const body = ReadableStream.from(chunks as Uint8Array<ArrayBuffer>[]);
      const answer = await pair.client.fetch(at("/", { method: "POST", body }));
      assert.deepEqual([...await answer.bytes()], chunks.flatMap((chunk) => [...chunk]));
    }),
    { numRuns: 40 },
  );
});

Deno.test("answers without a body have none, whatever the handler says", async () => {
  using pair = tunnelPair({}, {
    serve: (request) => new Response(request.url.endsWith("/empty") ? null : "body"),
  });
  const head = await pair.client.fetch(at("/", { method: "HEAD" }));
  assert.equal(head.body, null);
  assert.equal(await (await pair.client.fetch(at("/empty"))).text(), "");
  await settle();
  assert.equal(pair.server.streamCount, 0);
});

Deno.test("a slow reader holds back its own stream only", async () => {
  const slow = endless();
  using pair = tunnelPair({}, {
    serve: (request) => new Response(request.url.endsWith("/slow") ? slow.body : "quick"),
  });
  const unread = await pair.client.fetch(at("/slow"));
  await settle(30);
  const heldAt = slow.state.pulled;
  assert.ok(heldAt < 512 * 1024, `${heldAt} bytes were made for a reader that reads nothing`);
  assert.equal(await (await pair.client.fetch(at("/quick"))).text(), "quick");
  assert.equal(slow.state.pulled, heldAt);
  await unread.body?.cancel();
  await slow.state.cancelled;
});

Deno.test("an aborted request stops its handler and its bodies, and rejects with the reason", async () => {
  const upload = endless();
  const aborted = Promise.withResolvers<void>();
  using pair = tunnelPair({}, {
    serve(request) {
      request.signal.addEventListener("abort", () => aborted.resolve(), { once: true });
      return new Promise(() => {});
    },
  });
  const abort = new AbortController();
  const answer = pair.client.fetch(at("/", { method: "POST", body: upload.body, signal: abort.signal }));
  await settle();
  abort.abort(new Error("changed my mind"));
  await assert.rejects(answer, /changed my mind/);
  await aborted.promise;
  await upload.state.cancelled;
  assert.equal(pair.client.streamCount, 0);
  await assert.rejects(pair.client.fetch(at("/", { signal: abort.signal })), /changed my mind/);
});

Deno.test("an abort while the answer is read breaks its body at both ends", async () => {
  const download = endless();
  using pair = tunnelPair({}, { serve: () => new Response(download.body) });
  const abort = new AbortController();
  const answer = await pair.client.fetch(at("/", { signal: abort.signal }));
  const reader = answer.body?.getReader();
  await reader?.read();
  abort.abort(new Error("enough"));
  await assert.rejects(async () => {
    while (!(await reader?.read())?.done);
  }, /enough/);
  await download.state.cancelled;
});

Deno.test("a reader that cancels the answer stops who makes it", async () => {
  const download = endless();
  using pair = tunnelPair({}, { serve: () => new Response(download.body) });
  const answer = await pair.client.fetch(at("/"));
  await answer.body?.cancel();
  await download.state.cancelled;
  assert.deepEqual([pair.client.streamCount, pair.server.streamCount], [0, 0]);
});

Deno.test("a handler that answers without reading stops the upload, and its answer is whole", async () => {
  const upload = endless();
  const words = "no, thank you".repeat(10_000); // more than is handed on at once
  using pair = tunnelPair({}, { serve: () => new Response(words, { status: 403 }) });
  const answer = await pair.client.fetch(at("/", { method: "POST", body: upload.body }));
  await settle(10);
  assert.deepEqual([answer.status, await answer.text()], [403, words]);
  await upload.state.cancelled;
  assert.equal(pair.client.streamCount, 0);
});

Deno.test("a body that fails breaks the exchange off at the other end", async () => {
  const failing = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        controller.enqueue(new Uint8Array(10));
        await settle();
        controller.error(new Error("the disk is gone"));
      },
    }, { highWaterMark: 0 });
  const problems: unknown[] = [];
  using pair = tunnelPair({}, {
    serve: async (request) => request.method === "GET" ? new Response(failing()) : new Response(await request.text()),
    onServeError: (error) => problems.push(error),
  });
  const answer = await pair.client.fetch(at("/"));
  await assert.rejects(answer.text(), { code: "unavailable" });
  assert.match(String(problems), /the disk is gone/);
  await assert.rejects(pair.client.fetch(at("/", { method: "POST", body: failing() })), /the disk is gone/);
});

Deno.test("a body of anything but bytes is cancelled, and breaks the exchange off", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue("text"),
    cancel: (reason) => cancelled.resolve(reason),
  });
  using pair = tunnelPair({}, { serve: () => new Response(body) });
  await assert.rejects(async () => await (await pair.client.fetch(at("/"))).text(), { code: "unavailable" });
  assert.match(String(await cancelled.promise), /something else than bytes/);
});

Deno.test("no answer within the time allowed is a timeout, and no timer stays", async () => {
  const clock = new FakeClock();
  using pair = tunnelPair({ clock }, {
    serve: ({ url }) => url.endsWith("/slow") ? new Promise(() => {}) : new Response(),
  });
  const answer = pair.client.fetch(at("/slow"), { headTimeoutMs: 5000 });
  const rejected = assert.rejects(answer, { code: "timeout" });
  await settle();
  await clock.advance(5000);
  await rejected;
  await pair.client.fetch(at("/"), { headTimeoutMs: 5000 });
  assert.equal(clock.sleeping, 0);
});

Deno.test("when the link breaks everything under way fails at both ends", async () => {
  const download = endless();
  const aborted = Promise.withResolvers<void>();
  using pair = tunnelPair({}, {
    serve(request) {
      if (request.url.endsWith("/body")) return new Response(download.body);
      request.signal.addEventListener("abort", () => aborted.resolve(), { once: true });
      return new Promise(() => {});
    },
  });
  const answer = await pair.client.fetch(at("/body"));
  const waiting = pair.client.fetch(at("/never"));
  const body = answer.text();
  await until(() => pair.server.streamCount === 2, "both requests have arrived");
  const ping = pair.client.ping();
  for (const promise of [waiting, body, ping]) promise.catch(() => {}); // they are looked at below
  LinkEnd.cut(pair.clientLink);
  for (const promise of [waiting, body, ping]) await assert.rejects(promise, { code: "unavailable" });
  await aborted.promise;
  await download.state.cancelled;
  await assert.rejects(pair.client.fetch(at("/")), { code: "unavailable" });
});

Deno.test("an answer that came whole can be read when the session has ended", async () => {
  using pair = tunnelPair({}, { serve: () => new Response(new Uint8Array(200 * 1024)) });
  const answer = await pair.client.fetch(at("/"));
  await settle(10);
  pair.server.close();
  await settle();
  assert.equal((await answer.bytes()).length, 200 * 1024);
});

Deno.test("draining lets requests finish, refuses new ones and then closes both ends in good order", async () => {
  const ends: unknown[] = [];
  let told = 0;
  const gate = Promise.withResolvers<void>();
  using pair = tunnelPair(
    { onDraining: () => told++, onEnd: (end) => ends.push(end.isOrderly) },
    {
      async serve() {
        await gate.promise;
        return new Response("finished");
      },
      onEnd: (end) => ends.push(end.isOrderly),
    },
  );
  const answer = pair.client.fetch(at("/"));
  await settle();
  const drained = pair.server.drain(new AbortController().signal);
  const again = pair.server.drain(new AbortController().signal);
  await settle();
  assert.equal(told, 1);
  await assert.rejects(pair.client.fetch(at("/")), { code: "unavailable" });
  gate.resolve();
  assert.equal(await (await answer).text(), "finished");
  await Promise.all([drained, again]);
  await until(() => ends.length === 2, "both ends have ended");
  assert.deepEqual(ends, [true, true]);
});

Deno.test("draining ends when its time is over", async () => {
  using pair = tunnelPair({}, { serve: () => new Promise(() => {}) });
  const answer = pair.client.fetch(at("/"));
  const rejected = assert.rejects(answer, { code: "unavailable" });
  await settle();
  await pair.server.drain(AbortSignal.abort());
  await rejected;
  assert.ok(pair.server.end?.isOrderly);
});

Deno.test("requests that cannot be sent open no stream", async () => {
  using pair = tunnelPair({}, { serve: () => new Response() });
  await assert.rejects(pair.client.fetch(at(`/${"a".repeat(70_000)}`)), { code: "too_large" });
  const used = at("/", { method: "POST", body: "a" });
  await used.text();
  await assert.rejects(pair.client.fetch(used), TypeError);
  assert.equal(pair.client.streamCount, 0);
});

Deno.test("a window smaller than yamux grants is a mistake of the program", () => {
  assert.throws(() => tunnelPair({ limits: { windowBytes: 1024 } }), RangeError);
});
