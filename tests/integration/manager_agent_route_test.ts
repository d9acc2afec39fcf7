import assert from "node:assert/strict";
import type { ServeHandler } from "../../src/tunnel/mod.ts";
import { hostView } from "../helpers/fake_hub.ts";
import { type FakeApi, fakeApi, fakePorts } from "../helpers/fake_manager_api.ts";
import { until } from "../helpers/host.ts";
import { tunnelPair } from "../helpers/tunnel_pair.ts";

/** The way from a caller of the manager through a real tunnel to a host's app, and back. */
const AGENT = "http://manager/api/v1/hosts/web-1/agent";
const CHUNK = 64 * 1024;

interface World extends AsyncDisposable {
  readonly api: FakeApi;
  ask(path: string, init?: RequestInit): Promise<Response>;
}

function newWorld(serve: ServeHandler): World {
  const pair = tunnelPair({ serve });
  const ports = fakePorts(hostView("web-1"));
  ports.hub.fetch = (_, request) => pair.server.fetch(request);
  const api = fakeApi(ports);
  return {
    api,
    ask: async (path, init = {}) => {
      const request = new Request(AGENT + path, {
        ...init,
        headers: { "x-caller": "operator", ...init.headers as object },
      });
      return await api.fetch(request, { address: "" });
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      pair[Symbol.dispose]();
    },
  };
}

/** So many chunks, each made when it is asked for; tells how many were. */
function chunks(count: number, told: { made: number; left?: unknown }): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      if (told.made >= count) return controller.close();
      controller.enqueue(new Uint8Array(CHUNK).fill(told.made++ % 256));
    },
    cancel: (reason) => void (told.left = reason ?? true),
  }, { highWaterMark: 0 });
}

async function lengthOf(stream: ReadableStream<Uint8Array> | null): Promise<number> {
  let length = 0;
  for await (const chunk of stream ?? []) length += chunk.length;
  return length;
}

Deno.test("bytes go both ways as they are, however many", async () => {
  await using world = newWorld(async (request) => {
    const length = await lengthOf(request.body);
    return new Response(chunks(300, { made: 0 }), { headers: { "x-length": String(length), etag: `"${length}"` } });
  });
  const body = chunks(200, { made: 0 });
  const response = await world.ask("/v1/processes", {
    method: "POST",
    body,
    headers: { "content-type": "application/zip" },
  });
  assert.equal(response.headers.get("etag"), `"${200 * CHUNK}"`);
  assert.equal(response.headers.get("x-length"), null);
  assert.equal(await lengthOf(response.body), 300 * CHUNK);
});

Deno.test("a slow reader holds the host back, and one who leaves ends it there", async () => {
  const told: { made: number; left?: unknown } = { made: 0 };
  let signal: AbortSignal | undefined;
  await using world = newWorld((request) => {
    signal = request.signal;
    return new Response(chunks(10_000, told));
  });
  const reader = (await world.ask("/v1/events/stream")).body?.getReader();
  await reader?.read();
  await until(() => told.made >= 4, "the window is full");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(told.made < 20, `${told.made} chunks were made for a reader who has taken one`);
  await reader?.cancel("enough");
  await until(() => told.left !== undefined, "the host's answer is cancelled");
  assert.equal(signal?.aborted, true);
});

Deno.test("who leaves before there is an answer ends the request at the host", async () => {
  let signal: AbortSignal | undefined;
  await using world = newWorld((request) => {
    signal = request.signal;
    return new Promise(() => {});
  });
  const leaving = new AbortController();
  const answered = world.ask("/v1/exec", { method: "POST", body: '{"argv":["sleep","9"]}', signal: leaving.signal });
  await until(() => signal !== undefined, "the host is asked");
  leaving.abort();
  assert.equal((await answered).status, 499);
  await until(() => signal?.aborted === true, "the host is told");
  assert.deepEqual(world.api.ports.audit.take().map(({ result }) => result), ["failed"]);
});

Deno.test("who loses the session while an answer comes is cut off, at the host too", async () => {
  const told: { made: number; left?: unknown } = { made: 0 };
  await using world = newWorld(() => new Response(chunks(10_000, told)));
  const reader = (await world.ask("/v1/events/stream")).body?.getReader();
  await reader?.read();
  const { auth } = world.api.ports;
  auth.ended.add("operator");
  auth.changed();
  await assert.rejects(async () => {
    while (!(await reader?.read())?.done);
  });
  await until(() => told.left !== undefined, "the host's answer is cancelled");
});

Deno.test("an answer that breaks at the host breaks for the caller", async () => {
  await using world = newWorld(() =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(10));
          setTimeout(() => controller.error(new Error("the disk is gone")), 10);
        },
      }),
    )
  );
  const response = await world.ask("/v1/events/stream");
  await assert.rejects(response.bytes());
});
