/**
 * The tunnel's yamux beside hashicorp/yamux, which published it: a Go program of tests/interop/yamux is the other end.
 * Where there is no Go, or its module cannot be had, the tests are ignored and say so.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError, systemClock } from "../../src/core/mod.ts";
import { until } from "../helpers/host.ts";
import type { YamuxStream } from "../../src/tunnel/yamux/stream.ts";
import { type SessionEnd, YamuxSession } from "../../src/tunnel/yamux/yamux_session.ts";
import { ConnTransport } from "../helpers/conn_transport.ts";
import { ROOT } from "../arch/repository.ts";

const MEBIBYTE = 1024 * 1024;
type Role = "client" | "server";

/** Builds the Go program; gives its path, or why it cannot be had. */
async function buildPeer(folder: string): Promise<{ readonly path: string } | { readonly problem: string }> {
  const path = join(folder, "yamux_peer");
  try {
    const { success, stderr } = await new Deno.Command("go", {
      args: ["build", "-o", path, "."],
      cwd: new URL("tests/interop/yamux", ROOT),
      stdin: "null",
    }).output();
    return success ? { path } : { problem: `go build failed: ${new TextDecoder().decode(stderr).trim()}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { problem: "there is no go on the PATH" };
    throw error;
  }
}

const folder = await Deno.makeTempDir({ prefix: "farhand-yamux-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const built = await buildPeer(folder);
if ("problem" in built) console.log(`No interoperability with hashicorp/yamux is tested: ${built.problem}`);

interface Peer {
  readonly session: YamuxSession;
  readonly accepted: YamuxStream[];
  readonly ends: SessionEnd[];
  readonly isDraining: () => boolean;
  /** Has the Go program do something, and gives the line that it answers with. */
  command(line: string): Promise<string>;
  nextLine(): Promise<string>;
}

/** Our session in one role, the Go program in the other, over loopback TCP that is read in odd pieces. */
async function withPeer(role: Role, use: (peer: Peer) => Promise<void>): Promise<void> {
  assert.ok("path" in built);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const args = [`127.0.0.1:${listener.addr.port}`, role === "client" ? "server" : "client"];
  const child = new Deno.Command(built.path, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
  const lines = linesOf(child.stdout);
  const input = child.stdin.getWriter();
  const nextLine = async () => (await lines.next()).value ?? "the Go program has ended";
  const transport = new ConnTransport(await listener.accept(), 1009);
  const accepted: YamuxStream[] = [];
  const ends: SessionEnd[] = [];
  let isDraining = false;
  const session = new YamuxSession(transport, {
    role,
    maxStreams: 256,
    windowBytes: 256 * 1024,
    clock: systemClock,
    onStream: (stream) => accepted.push(stream),
    onEnd: (end) => ends.push(end),
    onDraining: () => isDraining = true,
  });
  try {
    await use({
      session,
      accepted,
      ends,
      isDraining: () => isDraining,
      nextLine,
      async command(line) {
        await input.write(new TextEncoder().encode(`${line}\n`));
        return await nextLine();
      },
    });
  } finally {
    session.close(new AppError("cancelled", "the test is over"));
    await transport.done;
    await input.close();
    await lines.return(undefined);
    await child.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}

/** Calls back whenever something has happened on a stream, until `isDone`. */
function follow(stream: YamuxStream, isDone: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const onReadable = () => {
      if (isDone()) resolve();
    };
    stream.observer = { onReadable, onBroken: reject };
    onReadable();
  });
}

async function readAll(stream: YamuxStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await follow(stream, () => {
    for (let chunk = stream.take(); chunk !== null; chunk = stream.take()) chunks.push(chunk);
    return stream.isAtEnd;
  });
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

async function writeAll(stream: YamuxStream, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += 10_000) await stream.write(bytes.subarray(at, at + 10_000));
}

/** Sends back what comes, as it comes. */
async function echo(stream: YamuxStream): Promise<void> {
  await follow(stream, () => {
    for (let chunk = stream.take(); chunk !== null; chunk = stream.take()) stream.write(chunk);
    if (stream.isAtEnd) stream.finish();
    return stream.isAtEnd;
  });
}

const line = (text: string) => new TextEncoder().encode(`${text}\n`);

function interop(what: string, use: (peer: Peer, role: Role) => Promise<void>): void {
  for (const role of ["client", "server"] as const) {
    Deno.test({
      name: `as the ${role} of hashicorp/yamux: ${what}`,
      ignore: "problem" in built,
      fn: () => withPeer(role, (peer) => use(peer, role)),
    });
  }
}

interop("streams that we open carry megabytes both ways at once", async ({ session, command }) => {
  const sent = Uint8Array.from({ length: 3 * MEBIBYTE + 17 }, (_, at) => at * 31);
  const streams = [session.open(), session.open(), session.open()];
  const echoes = streams.map(async (stream) => {
    stream.write(line("echo"));
    const [got] = await Promise.all([readAll(stream), writeAll(stream, sent).then(() => stream.finish())]);
    assert.deepEqual(got, sent);
  });
  await Promise.all(echoes);
  await until(async () => await command("streams") === "0", "it has no stream left");
  assert.equal(session.streamCount, 0);
});

interop("streams that it opens carry megabytes both ways at once", async ({ session, accepted, command }) => {
  for (const bytes of [0, 1, 70_000, 3 * MEBIBYTE + 17]) {
    const answer = command(`echo ${bytes}`);
    await until(() => accepted.length > 0, "it has opened a stream");
    await Promise.all(accepted.splice(0).map(echo));
    assert.equal(await answer, "ok");
  }
  assert.equal(session.streamCount, 0);
});

interop("it reads our end and then still writes", async ({ session }) => {
  const stream = session.open();
  await stream.write(line("count"));
  await writeAll(stream, new Uint8Array(2 * MEBIBYTE));
  stream.finish();
  assert.equal(new TextDecoder().decode(await readAll(stream)), String(2 * MEBIBYTE));
  assert.equal(session.streamCount, 0);
});

interop("we read its end and then still write", async ({ session, nextLine }) => {
  const stream = session.open();
  stream.write(line("farewell"));
  assert.equal(new TextDecoder().decode(await readAll(stream)), "goodbye");
  await writeAll(stream, new Uint8Array(2 * MEBIBYTE));
  stream.finish();
  assert.equal(await nextLine(), `after the farewell: ${2 * MEBIBYTE} <nil>`);
});

interop("pings are answered both ways", async ({ session, command }) => {
  assert.ok(await session.ping() > 0);
  assert.equal(await command("ping"), "ok");
});

interop("a stream that it does not read is held back alone, and can be reset", async ({ session, command }) => {
  const stalled = session.open();
  const room = Promise.resolve(stalled.write(line("stall"))).then(() =>
    writeAll(stalled, new Uint8Array(4 * MEBIBYTE))
  );
  const failed = assert.rejects(room, { code: "cancelled" });
  const other = session.open();
  other.write(line("count"));
  other.finish();
  assert.equal(new TextDecoder().decode(await readAll(other)), "0");
  stalled.reset(new AppError("cancelled", "enough"));
  await failed;
  assert.equal(await command("ping"), "ok");
});

interop("after our go away it opens no stream, and those that are open finish", async ({ session, command }) => {
  const open = session.open();
  await open.write(line("count"));
  session.goAway();
  await until(async () => (await command("echo 1")).includes("not accepting"), "it opens none");
  open.finish();
  assert.equal(new TextDecoder().decode(await readAll(open)), "0");
});

interop("after its go away we open no stream", async ({ session, command, isDraining }) => {
  assert.equal(await command("goaway"), "ok");
  await until(isDraining, "its go away has come");
  assert.throws(() => session.open(), { code: "unavailable" });
  assert.equal(await command("ping"), "ok");
});

interop("a session that we close has ended there", async ({ ends, session, command }) => {
  assert.equal(await command("ping"), "ok");
  session.close(new AppError("cancelled", "done"));
  assert.equal(ends.length, 1);
  await until(async () => await command("ping") !== "ok", "it has noticed");
});

interop("a session that it closes has ended here", async ({ ends, session, command }) => {
  const stream = session.open();
  assert.equal(await command("close"), "ok");
  await until(() => ends.length === 1, "the session has ended");
  assert.equal(stream.broken?.code, "unavailable");
});
