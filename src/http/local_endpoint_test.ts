import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { createHttpServer } from "./server.ts";
import { localClient, localEndpoint } from "./local_endpoint.ts";

const never = new AbortController().signal;
const windows = Deno.build.os === "windows";
/** On Windows the first use of a system library opens it for good. */
const leaks = { sanitizeOps: true, sanitizeResources: !windows };

/** Serves the local endpoint at a path while `use` runs. */
async function serving(
  path: string,
  answer: (request: Request) => Response | Promise<Response>,
  use: () => Promise<void>,
): Promise<void> {
  const endpoint = localEndpoint(path);
  const server = createHttpServer({
    name: "test",
    listen: endpoint.listen,
    fetch: (request) => {
      endpoint.gate(request);
      return answer(request);
    },
    onListen: (address) => endpoint.announce(address),
  });
  await server.start(never);
  try {
    await use();
  } finally {
    await server.stop(never);
    await endpoint.withdraw();
  }
}

const good = (data: unknown) => Response.json({ code: 0, msg: "ok", data });

Deno.test(
  { name: "a client finds the endpoint by its path, again and again, and leaves nothing open", ...leaks },
  () =>
    inPlainTempDir((dir) => {
      const path = join(dir, "agent.sock");
      const answer = async (request: Request) =>
        good([request.method, new URL(request.url).pathname, await request.text()]);
      return serving(path, answer, async () => {
        const client = localClient(path);
        assert.deepEqual(await client.call("/v1/status"), ["GET", "/v1/status", ""]);
        assert.deepEqual(await client.call("/v1/stop", { method: "POST", body: {} }), ["POST", "/v1/stop", "{}"]);
      });
    }),
);

Deno.test(
  { name: "where nothing serves the path, the agent is not running", ...leaks },
  () =>
    inPlainTempDir(async (dir) => {
      const path = join(dir, "agent.sock");
      const refused = { code: "not_running", message: new RegExp(`Nothing answers .*agent\\.sock$`) };
      await assert.rejects(localClient(path).call("/v1/status"), refused);
      if (windows) return;
      Deno.listen({ transport: "unix", path }).close(); // its file may stay, as a killed agent's does
      await assert.rejects(localClient(path).call("/v1/status"), refused);
      await Deno.writeTextFile(join(dir, "file"), "not a socket");
      await assert.rejects(localClient(join(dir, "file")).call("/v1/status"), { code: "not_running" });
    }),
);

Deno.test(
  { name: "an interrupted call rejects with the reason of the interruption", ...leaks },
  () =>
    inPlainTempDir((dir) => {
      const path = join(dir, "agent.sock");
      const entered = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const answer = async () => {
        entered.resolve();
        await release.promise;
        return good(null);
      };
      return serving(path, answer, async () => {
        const abort = new AbortController();
        const reason = new AppError("cancelled", "Interrupted");
        const call = localClient(path).call("/v1/stop", { signal: abort.signal });
        await entered.promise;
        abort.abort(reason);
        await assert.rejects(call, reason);
        release.resolve();
        // Whatever the reason is, it never reads as an agent that is not there.
        for (const each of [reason, new DOMException("too late", "TimeoutError"), new TypeError("enough")]) {
          await assert.rejects(localClient(path).call("/v1/x", { signal: AbortSignal.abort(each) }), each);
        }
      });
    }),
);

/** An answer of events, one for each text, that ends when the texts do; `over` resolves when the client has left. */
function eventStream(texts: AsyncIterable<string>, over: () => void = () => {}): Response {
  const encoder = new TextEncoder();
  const iterator = texts[Symbol.asyncIterator]();
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`data: ${value}\n\n`));
    },
    cancel: over,
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

Deno.test(
  { name: "a stream stays open while it is read, and nothing stays open after its end", ...leaks },
  () =>
    inPlainTempDir((dir) => {
      const path = join(dir, "agent.sock");
      const seen: (() => void)[] = [];
      async function* untilSeen() {
        for (const text of ["a", "b", "c"]) {
          yield text;
          await new Promise<void>((resolve) => seen.push(resolve)); // the next only when this one has arrived
        }
      }
      return serving(path, () => eventStream(untilSeen()), async () => {
        const read: string[] = [];
        for await (const { data } of localClient(path).events("/v1/samples/stream")) {
          read.push(data);
          while (seen.length < read.length) await new Promise((resolve) => setTimeout(resolve, 1));
          seen[read.length - 1]?.();
        }
        assert.deepEqual(read, ["a", "b", "c"]);
      });
    }),
);

async function* oneThenSilence(release: Promise<void>) {
  yield "first";
  await release;
}

for (const how of ["left", "interrupted"]) {
  Deno.test({ name: `the server sees that a stream has been ${how}`, ...leaks }, () =>
    inPlainTempDir((dir) => {
      const path = join(dir, "agent.sock");
      const [over, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      return serving(path, () => eventStream(oneThenSilence(release.promise), over.resolve), async () => {
        const abort = new AbortController();
        const reason = new AppError("cancelled", "Interrupted");
        const reading = (async () => {
          for await (const _ of localClient(path).events("/x", { signal: abort.signal })) {
            if (how === "left") return;
            abort.abort(reason);
          }
        })();
        if (how === "left") await reading;
        else await assert.rejects(reading, reason);
        await over.promise;
        release.resolve();
      });
    }));
}

Deno.test(
  { name: "a stream that breaks off is an agent that does not answer any more", ignore: windows },
  () =>
    inPlainTempDir(async (dir) => {
      const path = join(dir, "agent.sock");
      using listener = Deno.listen({ transport: "unix", path });
      const broken = (async () => {
        using connection = await listener.accept();
        await connection.read(new Uint8Array(10_000));
        const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        await connection.write(new TextEncoder().encode(`${head}9\r\ndata: 1\n\n\r\n`));
      })();
      const read: string[] = [];
      const reading = (async () => {
        for await (const { data } of localClient(path).events("/x")) read.push(data);
      })();
      await assert.rejects(reading, { code: "not_running" });
      assert.deepEqual(read, ["1"]);
      await broken;
    }),
);

/** Runs lines that have a `client` of the endpoint, in a process of their own. */
async function inProcess(path: string, lines: string, options: Deno.CommandOptions = {}): Promise<string> {
  const script = `${path}.ts`;
  const module = new URL("./local_endpoint.ts", import.meta.url).href;
  const text = `import { localClient } from "${module}";\nconst client = localClient(${
    JSON.stringify(path)
  });\n${lines}`;
  await Deno.writeTextFile(script, text);
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  const args = ["run", "-A", "--no-check", "--config", config, script];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, ...options }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test("the environment's proxies neither see nor divert what is for the agent", () =>
  inPlainTempDir((dir) => {
    const path = join(dir, "agent.sock");
    const lines = `console.log(await client.call("/v1/x"), Deno.env.get("NO_PROXY"), Deno.env.get("http_proxy"));`;
    return serving(path, () => good("answered"), async () => {
      for (const except of ["*", "agent,localhost,127.0.0.1", ""]) {
        const env = { NO_PROXY: except, HTTP_PROXY: "http://127.0.0.1:9", http_proxy: "http://127.0.0.1:9" };
        assert.equal(await inProcess(path, lines, { env }), `answered ${except} http://127.0.0.1:9\n`);
      }
    });
  }));

Deno.test({
  name: "another user is told that the socket is not for them",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  fn: () =>
    inPlainTempDir(async (dir) => {
      await Deno.chmod(dir, 0o755);
      const path = join(dir, "agent.sock");
      await serving(path, () => good(null), async () => {
        // A process that was started as root reads the sources; only the call is another user's.
        const lines = `
          const libc = Deno.dlopen("libc.so.6", {
            setresuid: { parameters: ["u32", "u32", "u32"], result: "i32" },
          });
          await client.call("/v1/x");
          if (libc.symbols.setresuid(65534, 65534, 65534) !== 0) throw new Error("setresuid failed");
          await client.call("/v1/x").catch((error) => console.log(error.code, error.message));`;
        const printed = await inProcess(path, lines, { env: { NO_COLOR: "1" } });
        assert.equal(
          printed,
          `forbidden Not allowed to use the control socket ${path}: ` +
            "run this as the user that started the agent\n",
        );
      });
    }),
});
