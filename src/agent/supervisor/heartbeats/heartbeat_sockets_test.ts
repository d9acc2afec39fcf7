import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { exists, IS_ROOT, NOBODY, until } from "../../../../tests/helpers/host.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { Beat } from "./contract.ts";
import { createHeartbeatSockets } from "./heartbeat_sockets.ts";
import { MAX_CONNECTIONS, MAX_LINE_BYTES } from "./line_connections.ts";

const ignore = Deno.build.os === "windows";
const LINE = '{"pid":5,"timestamp":1700000000,"version":"1.2","status":"ok","cpu":1.5,"memory":1024}\n';

function bench() {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const beats: [string, Beat][] = [];
  const troubles: [string, string | null][] = [];
  const sockets = createHeartbeatSockets({
    clock,
    log,
    ports: { find: () => "running", beat: (id, beat) => void beats.push([id, beat]) },
    onTrouble: (id, reason) => void troubles.push([id, reason]),
  });
  const end = async () => {
    await sockets.closeAll();
    await settle();
    assert.equal(clock.sleeping, 0);
  };
  return { clock, records, beats, troubles, sockets, end };
}

async function send(path: string, ...pieces: (string | Uint8Array)[]): Promise<Deno.UnixConn> {
  const conn = await Deno.connect({ transport: "unix", path });
  for (const piece of pieces) await sendAll(conn, typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
  return conn;
}

async function sendAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** The file of a program that was killed; closing in good order would take it away. */
function leftSocket(path: string): void {
  const listener = Deno.listen({ transport: "unix", path });
  Deno.renameSync(path, `${path}.left`);
  listener.close();
  Deno.renameSync(`${path}.left`, path);
}

const isClosed = async (conn: Deno.Conn) => {
  try {
    return await conn.read(new Uint8Array(1)) === null;
  } catch {
    // The other side closed before it had read all: the system says so with an error.
    return true;
  }
};

Deno.test(
  { name: "a program's lines are beats of its process, half lines and cut letters included", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const { clock, beats, troubles, sockets, end } = bench();
      const path = join(dir, "hb.sock");
      await sockets.open("web", path);
      assert.equal((Deno.lstatSync(path).mode ?? 0) & 0o777, 0o660);
      using conn = await send(path, LINE);
      await until(() => beats.length === 1, "the first beat has come");
      assert.deepEqual(beats[0], ["web", {
        pid: 5,
        isAlive: true,
        status: "ok",
        cpuPercent: 1.5,
        memoryBytes: 1024,
        version: "1.2",
      }]);
      await clock.advance(1_000);
      const cut = new TextEncoder().encode(LINE.replace("ok", "größer"));
      for (const byte of cut) await sendAll(conn, new Uint8Array([byte]));
      await until(() => beats.length === 2, "the second beat has come");
      assert.equal(beats[1]?.[1].status, "größer");
      assert.deepEqual(sockets.stats("web"), { connections: 1, beats: 2, badLines: 0 });
      await end();
      assert.deepEqual([await isClosed(conn), await exists(path), troubles], [true, false, []]);
    }),
);

Deno.test(
  { name: "bad lines are counted and passed over; who sends nothing else is cut off", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const { records, beats, sockets, end } = bench();
      const path = join(dir, "hb.sock");
      await sockets.open("web", path);
      const long = "x".repeat(MAX_LINE_BYTES + 1);
      using conn = await send(
        path,
        "garbage\n\n{}\n",
        new Uint8Array([0xff, 0xfe, 10]),
        '{"pid":0}\n',
        `${long}\n`,
        LINE,
      );
      await until(() => beats.length === 1, "the good line has come");
      assert.equal(sockets.stats("web")?.badLines, 5);
      using garbler = await send(path);
      await sendAll(garbler, new TextEncoder().encode("no\n".repeat(1_000))).catch(() => {}); // it is cut off meanwhile
      assert.equal(await isClosed(garbler), true);
      assert.match(JSON.stringify(records), /are no heartbeats: the connection was closed/);
      await sendAll(conn, new TextEncoder().encode(LINE));
      await until(() => sockets.stats("web")?.beats === 2, "the other connection lives on");
      await end();
    }),
);

Deno.test(
  { name: "of a flood the supervisor hears two, and the sender has to wait", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const { clock, beats, sockets, end } = bench();
      const path = join(dir, "hb.sock");
      await sockets.open("web", path);
      const count = 40_000; // three times what is read in a second
      const sending = send(path, LINE.repeat(count));
      await until(() => clock.sleeping === 2, "reading pauses, and the relay holds one beat");
      assert.ok((sockets.stats("web")?.beats ?? 0) < count / 2);
      await clock.advance(100);
      assert.equal(beats.length, 2);
      await until(async () => {
        await clock.advance(1_000);
        return sockets.stats("web")?.beats === count;
      }, "all have come");
      (await sending).close();
      await end();
    }),
);

Deno.test(
  { name: "a seventeenth connection takes the place of the one that was silent for longest", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const { clock, sockets, end } = bench();
      const path = join(dir, "hb.sock");
      await sockets.open("web", path);
      const conns: Deno.UnixConn[] = [];
      for (let i = 0; i < MAX_CONNECTIONS; i++) {
        conns.push(await send(path));
        await until(() => sockets.stats("web")?.connections === i + 1, "it was accepted");
        await clock.advance(1);
      }
      await sendAll(conns[0] ?? (await send(path)), new TextEncoder().encode(LINE));
      await until(() => sockets.stats("web")?.beats === 1, "the first one was heard");
      conns.push(await send(path));
      assert.equal(await isClosed(conns[1] ?? (await send(path))), true);
      assert.equal(sockets.stats("web")?.connections, MAX_CONNECTIONS);
      for (const conn of conns) conn.close();
      await end();
    }),
);

Deno.test(
  { name: "what an earlier agent has left is taken away; nothing else is", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const { clock, troubles, sockets, end } = bench();
      const path = join(dir, "hb.sock");
      leftSocket(path);
      assert.ok(await exists(path));
      await sockets.open("stale", path);
      using _conn = await send(path, LINE);
      await until(() => sockets.stats("stale")?.beats === 1, "it is listened on");
      assert.deepEqual(troubles, []);
      await sockets.open("taken", path);
      const file = join(dir, "file");
      await Deno.writeTextFile(file, "precious");
      await sockets.open("file", file);
      const missing = join(dir, "sub", "hb.sock");
      await sockets.open("missing", missing);
      assert.deepEqual(troubles, [
        ["taken", `Another program listens on ${path}; stop it, or choose another socket_path`],
        ["file", `${file} is in the way, and is no socket; move it`],
        ["missing", `Cannot listen on ${missing}: its directory does not exist; make it`],
      ]);
      assert.equal(await Deno.readTextFile(file), "precious");
      troubles.length = 0;
      await Deno.mkdir(join(dir, "sub"));
      await sockets.close("stale");
      await until(async () => {
        await clock.advance(30_000);
        return troubles.length === 2;
      }, "two of them work");
      assert.deepEqual(troubles.sort(), [["missing", null], ["taken", null]]);
      await sockets.close("file");
      await settle();
      assert.equal(clock.sleeping, 0);
      await end();
      assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name).sort(), ["file", "sub"]);
    }),
);

Deno.test(
  { name: "the socket is the process's user's", ignore: ignore || !IS_ROOT },
  () =>
    inPlainTempDir(async (dir) => {
      const { sockets, end } = bench();
      const path = join(dir, "hb.sock");
      await sockets.open("web", path, { uid: NOBODY });
      const { uid, mode } = Deno.lstatSync(path);
      assert.deepEqual([uid, (mode ?? 0) & 0o777], [NOBODY, 0o660]);
      await sockets.open("web", path, { uid: NOBODY }); // the same again changes nothing
      assert.equal(Deno.lstatSync(path).uid, NOBODY);
      await end();
    }),
);

Deno.test({ name: "Windows says that it cannot", ignore: !ignore }, async () => {
  const { troubles, sockets, end } = bench();
  await sockets.open("web", "hb.sock");
  assert.match(troubles[0]?.[1] ?? "", /on Windows; use POST \/heartbeat/);
  await end();
});
