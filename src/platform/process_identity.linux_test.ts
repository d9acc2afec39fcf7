import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { processIdentity } from "./process_identity.ts";
import { parseStat, readIdentity, signalByDescriptor } from "./process_identity.linux.ts";
import { until } from "./testing.ts";

const ignore = Deno.build.os !== "linux";
const TAIL = "5818 5818 4215 0 -1 4194304 100 0 1 0 0 0 0 0 20 0 1 0 94736 2998272 382";

Deno.test("a stat line is read whatever the command is called", () => {
  fc.assert(fc.property(fc.string(), fc.constantFrom("R", "S", "Z"), (command, state) => {
    assert.deepEqual(parseStat(`5830 (${command}) ${state} ${TAIL}\n`), { state, startTime: "94736" });
  }));
  assert.deepEqual(parseStat(`7 (a) R 1 2) S ${TAIL}`), { state: "S", startTime: "94736" });
  assert.equal(parseStat(""), null);
  assert.equal(parseStat("5830 (head) R 1 2"), null);
});

Deno.test("a copy of proc tells living from dead, and one boot from another", () =>
  inPlainTempDir(async (proc) => {
    await Deno.mkdir(join(proc, "sys/kernel/random"), { recursive: true });
    await Deno.writeTextFile(join(proc, "sys/kernel/random/boot_id"), "boot-1\n");
    await Deno.mkdir(join(proc, "42"));
    const stat = join(proc, "42/stat");
    await Deno.writeTextFile(stat, `42 (my (odd) name) S ${TAIL}\n`);
    assert.deepEqual(readIdentity(42, proc), { pid: 42, startTime: "94736", bootId: "boot-1" });
    assert.equal(readIdentity(43, proc), null);
    for (const state of ["Z", "X", "x"]) {
      await Deno.writeTextFile(stat, `42 (name) ${state} ${TAIL}\n`);
      assert.equal(readIdentity(42, proc), null);
    }
    const twoThreads = TAIL.replace(" 20 0 1 0 94736 ", " 20 0 2 0 94736 ");
    await Deno.writeTextFile(stat, `42 (its main thread has ended) Z ${twoThreads}\n`);
    assert.equal(readIdentity(42, proc)?.startTime, "94736");
  }));

Deno.test({ name: "a real zombie counts as dead", ignore }, async () => {
  // The shell becomes `sleep`, which never waits for children; its child ends only after that, lest the shell wait for it.
  const script = "(until grep -q sleep /proc/$$/comm; do :; done) & echo $!; exec sleep 60";
  const parent = new Deno.Command("/bin/sh", { args: ["-c", script], stdout: "piped" })
    .spawn();
  try {
    const { value } = await parent.stdout.values().next();
    const pid = Number(new TextDecoder().decode(value));
    await until(() => parseStat(Deno.readTextFileSync(`/proc/${pid}/stat`))?.state === "Z");
    assert.equal(processIdentity(pid), null);
  } finally {
    parent.kill("SIGKILL");
    await parent.status;
  }
});

const self = () => {
  const identity = processIdentity(Deno.pid);
  assert.ok(identity);
  return identity;
};
const calls = (over: { open?: number; send?: number }) => {
  const log: string[] = [];
  return {
    log,
    pidfdOpen: (pid: number) => (log.push(`open ${pid === Deno.pid}`), over.open ?? 9),
    pidfdSendSignal: (fd: number, signal: number) => (log.push(`send ${fd} ${signal}`), over.send ?? 0),
    close: (fd: number) => void log.push(`close ${fd}`),
  };
};

Deno.test(
  { name: "the descriptor is opened, the identity checked, the signal sent, the descriptor closed", ignore },
  () => {
    const good = calls({});
    assert.equal(signalByDescriptor(self(), "SIGUSR2", good), "sent");
    assert.deepEqual(good.log, ["open true", "send 9 12", "close 9"]);

    const reused = calls({});
    assert.equal(signalByDescriptor({ ...self(), startTime: "1" }, "SIGTERM", reused), "gone");
    assert.deepEqual(reused.log, ["open true", "close 9"]);
  },
);

Deno.test({ name: "ESRCH means gone; EPERM is an error that says so", ignore }, () => {
  assert.equal(signalByDescriptor(self(), "SIGTERM", calls({ open: -3 })), "gone");
  assert.equal(signalByDescriptor(self(), "SIGTERM", calls({ send: -3 })), "gone");
  const refused = calls({ send: -1 });
  assert.throws(
    () => signalByDescriptor(self(), "SIGTERM", refused),
    (error) => error instanceof AppError && error.code === "forbidden" && /SIGTERM/.test(error.message),
  );
  assert.equal(refused.log.at(-1), "close 9");
});

Deno.test({ name: "without descriptors (ENOSYS) the verified process is signalled by pid", ignore }, async () => {
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const identity = processIdentity(child.pid);
  assert.ok(identity);
  const none = calls({ open: -38 });
  assert.equal(signalByDescriptor({ ...identity, startTime: "1" }, "SIGTERM", none), "gone");
  assert.equal(signalByDescriptor(identity, "SIGTERM", none), "sent");
  assert.equal((await child.status).signal, "SIGTERM");
});
