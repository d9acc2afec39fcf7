import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock, settle } from "../../../../tests/helpers/fake_clock.ts";
import { exists, IS_ROOT, NOBODY, until } from "../../../../tests/helpers/host.ts";
import { recordingLog } from "../../../../tests/helpers/recording_log.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import type { Beat } from "./contract.ts";
import { createNotifySockets } from "./notify_sockets.ts";

const ignore = Deno.build.os === "windows";

function bench(dir: string) {
  const clock = new FakeClock();
  const { log, records } = recordingLog();
  const beats: [string, Beat][] = [];
  const troubles: [string, string | null][] = [];
  const sockets = createNotifySockets({
    dir,
    clock,
    log,
    ports: { find: (id) => id === "off" ? "not_running" : "running", beat: (id, beat) => void beats.push([id, beat]) },
    onTrouble: (id, reason) => void troubles.push([id, reason]),
  });
  const end = async () => {
    await sockets.closeAll();
    await settle();
    assert.deepEqual([clock.sleeping, records], [0, []]);
  };
  return { clock, beats, troubles, sockets, end };
}

/** A program that notifies: the runtime can send datagrams too. */
async function notify(dir: string, path: string, ...messages: (string | Uint8Array)[]): Promise<void> {
  const listen = (Deno as unknown as {
    listenDatagram(options: object): { send(bytes: Uint8Array, to: object): Promise<number>; close(): void };
  }).listenDatagram;
  const own = join(dir, `sender-${crypto.randomUUID().slice(0, 8)}`);
  const socket = listen({ transport: "unixpacket", path: own });
  for (const message of messages) {
    const bytes = typeof message === "string" ? new TextEncoder().encode(message) : message;
    await socket.send(bytes, { transport: "unixpacket", path });
  }
  socket.close();
  await Deno.remove(own);
}

Deno.test({ name: "what a program notifies is a beat of its process", ignore }, () =>
  inPlainTempDir(async (dir) => {
    const { clock, beats, troubles, sockets, end } = bench(join(dir, "notify"));
    const path = sockets.open("web") ?? "";
    assert.equal(path, join(dir, "notify", "web.sock"));
    assert.equal(sockets.open("web"), path);
    const modeOf = (file: string) => (Deno.lstatSync(file).mode ?? 0) & 0o777;
    assert.deepEqual([modeOf(path), modeOf(join(dir, "notify"))], [0o660, 0o711]);
    await notify(dir, path, "READY=1\nSTATUS=Serving");
    await until(() => beats.length === 1, "READY has come");
    assert.deepEqual(beats[0], ["web", { ready: true, isAlive: true, status: "Serving" }]);
    await clock.advance(1_000);
    await notify(dir, path, "", new Uint8Array([0xff, 0, 0xfe]), "BARRIER=1", "x".repeat(9_000), "WATCHDOG=1");
    await until(() => beats.length === 2, "WATCHDOG has come");
    assert.deepEqual(beats[1], ["web", { isAlive: true }]);
    await end();
    assert.deepEqual([await exists(path), troubles], [false, []]);
  }));

Deno.test({ name: "in a flood, that it is ready is not lost", ignore }, () =>
  inPlainTempDir(async (dir) => {
    const { clock, beats, sockets, end } = bench(join(dir, "notify"));
    const path = sockets.open("web") ?? "";
    const flood = Array<string>(1_500).fill("WATCHDOG=1");
    const sending = notify(dir, path, ...flood, "READY=1", ...flood);
    await until(async () => {
      await clock.advance(100);
      return beats.some(([, { ready }]) => ready);
    }, "READY has come");
    await until(async () => {
      await clock.advance(1_000);
      return await Promise.race([sending.then(() => true), settle().then(() => false)]);
    }, "all was sent");
    assert.ok(beats.length < 3_000);
    await end();
  }));

Deno.test(
  { name: "the next agent takes over the sockets of one that was killed, by the same names", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const first = bench(join(dir, "notify"));
      const path = first.sockets.open("web") ?? "";
      await Deno.rename(path, `${path}.left`); // closing takes the file away, which a killed agent cannot do
      await first.end();
      await Deno.rename(`${path}.left`, path);
      const second = bench(join(dir, "notify"));
      assert.equal(second.sockets.open("web"), path);
      await notify(dir, path, "READY=1");
      await until(() => second.beats.length === 1, "READY has come");
      await second.end();
    }),
);

Deno.test(
  { name: "a process that does not run is not heard, and one that cannot be heard is told of", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const { beats, troubles, sockets, end } = bench(join(dir, "notify"));
      const [off, web] = [sockets.open("off") ?? "", sockets.open("web") ?? ""];
      await notify(dir, off, "READY=1");
      await notify(dir, web, "READY=1");
      await until(() => beats.length > 0, "one has come");
      assert.deepEqual(beats.map(([id]) => id), ["web"]);
      assert.equal(sockets.open("x".repeat(100)), null);
      await Deno.writeTextFile(join(dir, "notify", "file.sock"), "precious");
      assert.equal(sockets.open("file"), null);
      await Deno.remove(off);
      await Deno.writeTextFile(off, "precious");
      await sockets.close("off");
      assert.equal(await Deno.readTextFile(off), "precious");
      assert.match(troubles[0]?.[1] ?? "", /too long for a socket/);
      assert.match(troubles[1]?.[1] ?? "", /is in the way, and is no socket/);
      await end();
    }),
);

Deno.test({
  name: "the socket is the process's user's, and a directory that shuts that one out is named",
  ignore: ignore || !IS_ROOT,
}, () =>
  inPlainTempDir(async (dir) => {
    await Deno.chmod(dir, 0o755);
    const { troubles, sockets, end } = bench(join(dir, "notify"));
    const path = sockets.open("web", { uid: NOBODY }) ?? "";
    assert.deepEqual([Deno.lstatSync(path).uid, troubles], [NOBODY, []]);
    await Deno.chmod(dir, 0o700);
    sockets.open("db", { uid: NOBODY });
    assert.deepEqual(troubles, [["db", `The user ${NOBODY} cannot notify the agent: ${dir} is closed to others`]]);
    await end();
  }));

Deno.test(
  { name: "systemd's own tool is understood, where there is one", ignore },
  () =>
    inPlainTempDir(async (dir) => {
      const { beats, sockets, end } = bench(join(dir, "notify"));
      const path = sockets.open("web") ?? "";
      try {
        const env = { NOTIFY_SOCKET: path };
        const { success } = await new Deno.Command("systemd-notify", { args: ["--ready", "--status=Up"], env })
          .output();
        assert.ok(success);
        await until(() => beats.length > 0, "READY has come");
        assert.deepEqual(beats[0], ["web", { ready: true, isAlive: true, status: "Up" }]);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // there is no such tool here
      }
      await end();
    }),
);
