import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import type { ListenAddress } from "./listening.ts";
import { createHttpServer } from "./server.ts";

const never = new AbortController().signal;
const posix = Deno.build.os !== "windows";

function tcpServer(fetch: (request: Request) => Response | Promise<Response>) {
  let port = 0;
  const server = createHttpServer({
    name: "test",
    listen: { kind: "tcp", hostname: "127.0.0.1", port: 0 },
    fetch,
    onListen: (address: ListenAddress) => {
      if (address.kind === "tcp") port = address.port;
    },
  });
  return { server, url: () => `http://127.0.0.1:${port}/` };
}

Deno.test({
  name: "a Unix socket is its owner's alone, replaces a stale one, and is gone after stop",
  ignore: !posix,
  fn: () =>
    inPlainTempDir(async (dir) => {
      const path = `${dir}/a.sock`;
      Deno.listen({ transport: "unix", path }).close(); // leaves its file, as a killed process does
      const server = createHttpServer({
        name: "test",
        listen: { kind: "unix", path },
        fetch: () => new Response("hi"),
      });
      await server.start(never);
      const info = await Deno.lstat(path);
      strictEqual((info.mode ?? 0) & 0o777, 0o600);
      await server.stop(never);
      await rejects(Deno.lstat(path), Deno.errors.NotFound);
    }),
});

Deno.test({
  name: "a file that is not a socket is never removed to make room for one",
  ignore: !posix,
  fn: () =>
    inPlainTempDir(async (dir) => {
      const path = `${dir}/precious`;
      await Deno.writeTextFile(path, "data");
      const server = createHttpServer({ name: "test", listen: { kind: "unix", path }, fetch: () => new Response() });
      await rejects(server.start(never), { code: "conflict" });
      strictEqual(await Deno.readTextFile(path), "data");
      await server.stop(never);
    }),
});

Deno.test("a taken port is an error that names the port", async () => {
  const { server, url } = tcpServer(() => new Response());
  await server.start(never);
  const port = Number(new URL(url()).port);
  const second = createHttpServer({
    name: "second",
    listen: { kind: "tcp", hostname: "127.0.0.1", port },
    fetch: () => new Response(),
  });
  await rejects(second.start(never), (error: Error) => error.message.includes(`127.0.0.1:${port}`));
  await second.stop(never);
  await server.stop(never);
});

Deno.test("stop lets a request under way finish", async () => {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const { server, url } = tcpServer(async () => {
    entered.resolve();
    await release.promise;
    return new Response("finished");
  });
  await server.start(never);
  const answer = fetch(url()).then((response) => response.text());
  await entered.promise;
  const stopped = server.stop(never);
  release.resolve();
  strictEqual(await answer, "finished");
  await stopped;
});

Deno.test("an aborted stop answers the requests that would not finish", async () => {
  const entered = Promise.withResolvers<void>();
  const { server, url } = tcpServer(() => {
    entered.resolve();
    return new Promise(() => {});
  });
  await server.start(never);
  const answer = fetch(url()).then(async (response) => [response.status, (await response.json()).msg]);
  await entered.promise;
  const late = new AbortController();
  const stopped = server.stop(late.signal);
  late.abort();
  deepStrictEqual(await answer, [503, "The server stops"]);
  await stopped;
});

const leaks = { sanitizeOps: true, sanitizeResources: true };

Deno.test({ name: "a request that is about to be answered when the signal aborts is", ...leaks }, async () => {
  const entered = Promise.withResolvers<void>();
  const late = new AbortController();
  const { server, url } = tcpServer(async () => {
    entered.resolve();
    await new Promise((resolve) => late.signal.addEventListener("abort", resolve));
    return new Response("just in time");
  });
  await server.start(never);
  const answer = fetch(url()).then((response) => response.text());
  await entered.promise;
  const stopped = server.stop(late.signal);
  late.abort();
  strictEqual(await answer, "just in time");
  await stopped;
});

for (
  const [what, bytes] of [
    ["says nothing", ""],
    ["has not finished its head", "GET / HTTP/1.1\r\nHost: 127"],
    ["has not finished its body", "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nabc"],
    ["keeps its connection", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"],
  ] as const
) {
  Deno.test(`a caller who ${what} does not keep the server from stopping`, async () => {
    const { server, url } = tcpServer(() => new Response("answered"));
    await server.start(never);
    const { hostname, port } = new URL(url());
    using caller = await Deno.connect({ hostname, port: Number(port) });
    await caller.write(new TextEncoder().encode(bytes));
    if (bytes.includes("\r\n\r\n")) await caller.read(new Uint8Array(1024));
    await server.stop(never);
    await rejects(Deno.connect({ hostname, port: Number(port) }), Deno.errors.ConnectionRefused);
  });
}

Deno.test(
  { name: "a server whose announcement fails can be stopped, and leaves nothing behind", ...leaks },
  async () => {
    const server = createHttpServer({
      name: "test",
      listen: { kind: "tcp", hostname: "127.0.0.1", port: 0 },
      fetch: () => new Response(),
      onListen: () => Promise.reject(new Error("the disk is full")),
    });
    await rejects(server.start(never), /the disk is full/);
    await server.stop(never);
  },
);
