import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { createHttpServer, type ListenAddress } from "./server.ts";

const never = new AbortController().signal;
const posix = Deno.build.os !== "windows";

async function inTempDir(run: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await run(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

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
    inTempDir(async (dir) => {
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
    inTempDir(async (dir) => {
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
  const answer = fetch(url()).then(async (response) => [response.status, await response.text()]);
  await entered.promise;
  const late = new AbortController();
  const stopped = server.stop(late.signal);
  late.abort();
  deepStrictEqual(await answer, [503, "The server stops"]);
  await stopped;
});
