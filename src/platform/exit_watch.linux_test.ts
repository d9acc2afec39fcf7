import assert from "node:assert/strict";
import type { ObservedExit, ProcessIdentity } from "./halves.ts";
import { isGone, type Launching, stateOf, withLauncher } from "./launch_testing.ts";
import type { LinuxLauncherDeps } from "./launcher.linux.ts";
import { processIdentity } from "./process_identity.ts";
import { until } from "./testing.ts";

const ignore = Deno.build.os !== "linux";
const ENOSYS = 38;
const NO_DESCRIPTORS: Partial<LinuxLauncherDeps> = {
  descriptors: { pidfdOpen: () => -ENOSYS, close: () => assert.fail("nothing was opened") },
};

function test(
  name: string,
  use: (launching: Launching) => Promise<void> | void,
  deps?: Partial<LinuxLauncherDeps>,
): void {
  Deno.test({ name, ignore, fn: () => withLauncher(use, deps) });
}

/** A program that is not our child: its parent ends at once, and we are not who inherits it. */
async function startForeign(script: string): Promise<ProcessIdentity> {
  const body = 'trap "" HUP; setsid sh -c "$1" >/dev/null 2>&1 & echo $!; exec sleep 0.2';
  const parent = new Deno.Command("unshare", { args: ["sh", "-c", body, "sh", script], stdout: "piped" }).spawn();
  const pid = Number((await parent.stdout.pipeThrough(new TextDecoderStream()).getReader().read()).value);
  const identity = processIdentity(pid);
  assert.ok(identity);
  return identity;
}

const WAYS: readonly [script: string, exit: ObservedExit][] = [
  ["exit 0", { code: 0 }],
  ["exit 255", { code: 255 }],
  ["kill -TERM $$", { signal: "SIGTERM", coreDumped: false }],
  ["kill -KILL $$", { signal: "SIGKILL", coreDumped: false }],
  ["kill -34 $$", { signal: "signal 34", coreDumped: false }],
];

test("exit codes and signals are told, to whoever watches before and after", async ({ sh, exitOf }) => {
  for (const [script, exit] of WAYS) {
    const identity = sh(script);
    const [first, second] = await Promise.all([exitOf(identity), exitOf(identity)]);
    assert.deepEqual([first, second], [exit, exit]);
    assert.equal(isGone(identity.pid), true, "its end was taken");
    assert.deepEqual(await exitOf(identity), {}, "told already, and forgotten");
  }
});

test("the end of a program that nobody watched yet is kept", async ({ sh, exitOf }) => {
  const identity = sh("exit 5");
  await until(() => isGone(identity.pid));
  assert.deepEqual(await exitOf(identity), { code: 5 });
});

test("a core dump is told", async ({ sh, exitOf, dir }) => {
  const identity = sh("kill -ABRT $$", { ulimits: { core: "unlimited" } });
  const exit = await exitOf(identity);
  assert.equal(exit.signal, "SIGABRT");
  const pattern = Deno.readTextFileSync("/proc/sys/kernel/core_pattern").trim();
  if (pattern !== "core") return; // where they go elsewhere, it depends on who takes them there
  const files = [...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) => name.startsWith("core"));
  assert.equal(exit.coreDumped, files.length > 0);
});

test("who gives up watching is not told; others are", async ({ launcher, launch, exitOf }) => {
  const identity = launch(["sleep", "60"]);
  let told = 0;
  const unwatch = launcher.watch(identity, () => told++);
  launcher.watch(identity, () => told += 10);
  unwatch();
  const exit = exitOf(identity);
  Deno.kill(identity.pid, "SIGKILL");
  await exit;
  assert.equal(told, 10);
});

test("a listener that throws keeps no other from being told", async ({ launcher, sh, exitOf }) => {
  const seen = Promise.withResolvers<unknown>();
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    seen.resolve(event.error);
  };
  addEventListener("error", onError);
  try {
    const identity = sh("sleep 0.05");
    launcher.watch(identity, () => {
      throw new Error("of the listener");
    });
    assert.deepEqual(await exitOf(identity), { code: 0 });
    assert.match(String(await seen.promise), /of the listener/);
    assert.deepEqual(await exitOf(sh("exit 3")), { code: 3 });
  } finally {
    removeEventListener("error", onError);
  }
});

test("a reused pid is not watched: its process counts as ended", async ({ launcher, launch, exitOf }) => {
  const identity = launch(["sleep", "60"]);
  assert.deepEqual(await exitOf({ ...identity, startTime: `${Number(identity.startTime) - 1}` }), {});
  assert.deepEqual(await exitOf({ ...identity, bootId: "another" }), {});
  const self = processIdentity(Deno.pid);
  assert.ok(self);
  assert.deepEqual(await exitOf({ ...self, startTime: "1" }), {});
  const tree = { leader: { ...identity, startTime: "1" }, marker: "", cgroup: "", jobName: "" };
  assert.equal(launcher.signalTree(tree, "SIGKILL"), 0);
  assert.equal(await launcher.killTree(tree, AbortSignal.timeout(5_000)), 0);
  assert.equal(stateOf(identity.pid), "S");
});

test("the end of a program that another process has started is told, too", async ({ exitOf }) => {
  const killed = await startForeign("exec sleep 60");
  const exit = exitOf(killed);
  Deno.kill(killed.pid, "SIGKILL");
  const seen = await exit;
  // Older kernels do not tell everybody how; then it is unknown, and never a guess.
  assert.ok(seen.signal === "SIGKILL" || Object.keys(seen).length === 0, JSON.stringify(seen));
  assert.equal(processIdentity(killed.pid), null);
});

test("without descriptors everything is told all the same", async ({ launcher, sh, launch, exitOf }) => {
  for (const [script, exit] of WAYS) assert.deepEqual(await exitOf(sh(script)), exit);
  const foreign = await startForeign("exec sleep 60");
  const exit = exitOf(foreign);
  Deno.kill(foreign.pid, "SIGKILL");
  const seen = await exit;
  assert.ok(seen.signal === "SIGKILL" || Object.keys(seen).length === 0);
  const identity = launch(["sleep", "60"]);
  const unwatch = launcher.watch(identity, () => assert.fail("it was not to be told"));
  unwatch();
  Deno.kill(identity.pid, "SIGKILL");
  await until(() => isGone(identity.pid));
}, NO_DESCRIPTORS);

test("without a place to wait for descriptors everything is told all the same", async ({ sh, exitOf }) => {
  for (const [script, exit] of WAYS) assert.deepEqual(await exitOf(sh(script)), exit);
}, { openReactor: () => -24 });

test("a wait that breaks is replaced by looking", async ({ sh, exitOf }) => {
  const first = sh("exec sleep 60");
  const exit = exitOf(first);
  broken.resolve();
  await broken.promise;
  Deno.kill(first.pid, "SIGKILL");
  assert.deepEqual(await exit, { signal: "SIGKILL", coreDumped: false });
}, {
  openReactor: (events) => {
    void broken.promise.then(events.onBroken);
    return { add: () => true, change: () => true, remove() {}, close() {} };
  },
});
const broken = Promise.withResolvers<void>();
