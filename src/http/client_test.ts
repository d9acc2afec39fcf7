import assert from "node:assert/strict";
import { AppError } from "../core/mod.ts";
import { ApiClient } from "./client.ts";

/** A client whose other side answers this. */
function answering(body: BodyInit | null, status = 200): ApiClient {
  return new ApiClient(() => Promise.resolve(new Response(body, { status })));
}

const envelope = (code: number, msg: string, data: unknown) => JSON.stringify({ code, msg, data });

Deno.test("a call gives the data of a good answer", async () => {
  assert.deepEqual(await answering(envelope(0, "ok", { pid: 7 })).call("/v1/status"), { pid: 7 });
  assert.equal(await answering(envelope(0, "ok", null)).call("/v1/status"), null);
});

Deno.test("what is sent: method, path, signal, and a body only as JSON that says so", async () => {
  const sent: [string, RequestInit][] = [];
  const client = new ApiClient((path, init) => {
    sent.push([path, init]);
    return Promise.resolve(new Response(envelope(0, "ok", null)));
  });
  const { signal } = new AbortController();
  await client.call("/a");
  await client.call("/b", { method: "PUT", body: { level: "debug" }, signal });
  const [[pathA, a], [pathB, b]] = [sent[0] ?? ["", {}], sent[1] ?? ["", {}]];
  assert.deepEqual([pathA, a.method, a.body, a.headers, a.signal], ["/a", "GET", undefined, undefined, null]);
  assert.deepEqual([pathB, b.method, b.body, b.signal], ["/b", "PUT", '{"level":"debug"}', signal]);
  assert.equal(new Headers(b.headers).get("content-type"), "application/json");
});

Deno.test("an error comes back as the AppError that it was, with its details", async () => {
  await assert.rejects(
    answering(envelope(10011, "Not now", { state: "starting" }), 503).call("/readyz"),
    (error) =>
      error instanceof AppError && error.code === "unavailable" && error.message === "Not now" &&
      JSON.stringify(error.details) === '{"state":"starting"}',
  );
  await assert.rejects(
    answering(envelope(77777, "of a newer version", null), 400).call("/v1/x"),
    (error) => error instanceof AppError && error.code === "internal" && error.details === undefined,
  );
});

Deno.test("an answer that is not ours is unavailable, and the message has the path and the status", async () => {
  const strange: readonly [string, RegExp][] = [
    ["<html><h1>502 Bad Gateway</h1></html>", /\/v1\/status answered what is not JSON \(HTTP 502\)/],
    ["", /not JSON/],
    ["{}", /without an envelope \(HTTP 502\)/],
    ["null", /without an envelope/],
    ['{"code":"0","msg":"ok","data":1}', /without an envelope/],
    ['{"code":0,"data":1}', /without an envelope/],
    ['{"code":0,"msg":"ok"}', /without an envelope/],
  ];
  for (const [body, message] of strange) {
    await assert.rejects(answering(body, 502).call("/v1/status"), { code: "unavailable", message });
  }
});

Deno.test("a truncated or foreign encoding does not break the client", async () => {
  const bytes = new TextEncoder().encode(envelope(0, "ok", "Zürich"));
  const split = bytes.indexOf(0xc3) + 1; // between the two bytes of ü
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(bytes.slice(0, split));
      controller.enqueue(bytes.slice(split));
      controller.close();
    },
  });
  assert.equal(await answering(body).call("/v1/x"), "Zürich");
  await assert.rejects(answering(bytes.slice(0, split)).call("/v1/x"), { code: "unavailable" });
});

Deno.test("an answer without an end is given up, and its sender is told", async () => {
  let cancelled = false;
  const chunk = new Uint8Array(1024 * 1024).fill(32);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(chunk),
    cancel: () => void (cancelled = true),
  });
  await assert.rejects(answering(body).call("/v1/x"), { code: "unavailable", message: /more than 16777216 bytes/ });
  assert.ok(cancelled);
});

Deno.test("what the transport throws reaches the caller unchanged", async () => {
  const given = new Error("told to give up");
  const client = new ApiClient((_, init) => Promise.reject(init.signal?.reason));
  await assert.rejects(client.call("/v1/x", { signal: AbortSignal.abort(given) }), given);
});

/** A client whose other side answers a stream of these pieces. */
function streaming(pieces: readonly string[], type = "text/event-stream; charset=utf-8"): ApiClient {
  const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
  return new ApiClient(() => Promise.resolve(new Response(body, { headers: { "content-type": type } })));
}

Deno.test("a raw answer is given as it comes, and one that tells of an error is that error", async () => {
  const sent: [string, RequestInit][] = [];
  const answers = [
    new Response("bytes", { status: 206, headers: { etag: '"1"' } }),
    new Response(null, { status: 416 }),
    new Response(envelope(10016, "The disk is full", { receivedBytes: 1 }), { status: 507 }),
    new Response("<html>", { status: 502 }),
  ];
  const client = new ApiClient((path, init) => {
    sent.push([path, init]);
    return Promise.resolve(answers.shift() ?? Response.error());
  });
  const { signal } = new AbortController();
  const part = await client.raw("/v1/files/content", { headers: { range: "bytes=0-4" }, signal });
  assert.deepEqual([part.status, await part.text(), part.headers.get("etag")], [206, "bytes", '"1"']);
  assert.deepEqual(sent, [["/v1/files/content", {
    method: "GET",
    body: null,
    headers: { range: "bytes=0-4" },
    signal,
  }]]);
  assert.equal((await client.raw("/x")).status, 416);
  await assert.rejects(client.raw("/x", { method: "PUT", body: "x" }), {
    code: "no_space",
    message: "The disk is full",
  });
  await assert.rejects(client.raw("/x"), { code: "unavailable" });
});

Deno.test("the events of a stream come one by one until it ends", async () => {
  const client = streaming(["event: sam", "ple\ndata: 1\n\n: keep-alive\n\nda", "ta: 2\n\n", "data: cut off"]);
  assert.deepEqual(await Array.fromAsync(client.events("/v1/samples/stream")), [
    { event: "sample", data: "1" },
    { event: "message", data: "2" },
  ]);
});

Deno.test("a stream is asked for as such, with the signal", async () => {
  const sent: RequestInit[] = [];
  const client = new ApiClient((_, init) => {
    sent.push(init);
    return Promise.resolve(new Response("", { headers: { "content-type": "text/event-stream" } }));
  });
  const { signal } = new AbortController();
  assert.deepEqual(await Array.fromAsync(client.events("/x", { signal })), []);
  assert.deepEqual(sent, [{ method: "GET", headers: { accept: "text/event-stream" }, signal }]);
});

Deno.test("a stream that has begun is told of before its first event, one that was refused is not", async () => {
  const told: string[] = [];
  for await (const { data } of streaming(["data: 1\n\n"]).events("/x", { onOpen: () => told.push("open") })) {
    told.push(data);
  }
  const refused = answering(envelope(10001, "no", null), 400).events("/x", { onOpen: () => told.push("refused") });
  await assert.rejects(Array.fromAsync(refused));
  assert.deepEqual(told, ["open", "1"]);
});

Deno.test("an error before the stream comes back as the AppError that it was", async () => {
  const refused = answering(envelope(10001, "interval: no", { problems: [] }), 400);
  await assert.rejects(Array.fromAsync(refused.events("/x")), { code: "invalid_input", message: "interval: no" });
  const strange: readonly [ApiClient, RegExp][] = [
    [answering("<html>", 502), /not JSON \(HTTP 502\)/],
    [answering(envelope(0, "ok", null)), /\/x answered without events \(HTTP 200\)/],
  ];
  for (const [client, message] of strange) {
    await assert.rejects(Array.fromAsync(client.events("/x")), { code: "unavailable", message });
  }
});

Deno.test("a stream that is left is closed", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
    cancel: () => void (cancelled = true),
  });
  const response = new Response(body, { headers: { "content-type": "text/event-stream" } });
  for await (const { data } of new ApiClient(() => Promise.resolve(response)).events("/x")) {
    assert.equal(data, "1");
    break;
  }
  assert.ok(cancelled);
});
