import assert from "node:assert/strict";
import { join } from "node:path";
import type { ObservedExit, ProcessIdentity } from "./halves.ts";
import { stateOf } from "./launch_testing.ts";
import { createLauncher } from "./launcher.ts";
import { startScript, until } from "./testing.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({ name: "after it was closed nothing keeps the program running, and nothing is told", ignore }, async () => {
  const body = `
    const launcher = platform.createLauncher();
    const base = { cwd: "/", env: { PATH: "/usr/bin:/bin" }, stdout: null, stderr: null, user: "", group: "" };
    const rest = { umask: null, nice: 0, ulimits: {}, cgroup: "", jobName: "" };
    const identity = launcher.launch({ argv: ["sleep", "60"], ...base, ...rest });
    launcher.watch(identity, () => console.log("told"));
    console.log(identity.pid);
    launcher.close();
    try { launcher.launch({ argv: ["true"], ...base, ...rest }); } catch (error) { console.log(error.code); }`;
  await using script = startScript(body);
  const pid = Number(await script.nextLine());
  assert.equal(await script.nextLine(), "cancelled");
  assert.equal((await script.status).code, 0);
  assert.equal(stateOf(pid), "S", "the program lives on");
  Deno.kill(pid, "SIGKILL");
});

const IS_ROOT = !ignore && Deno.uid() === 0;

Deno.test(
  { name: "a pid that was really given to another is neither watched nor signalled", ignore: !IS_ROOT },
  async () => {
    // In a pid namespace of its own it can be said which pid comes next.
    const body = `
    const launcher = platform.createLauncher();
    const base = { cwd: "/", env: { PATH: "/usr/bin:/bin" }, stdout: null, stderr: null, user: "", group: "" };
    const rest = { umask: null, nice: 0, ulimits: {}, cgroup: "", jobName: "" };
    const launch = () => launcher.launch({ argv: ["sleep", "60"], ...base, ...rest });
    const first = launch();
    const gone = new Promise((resolve) => launcher.watch(first, resolve));
    Deno.kill(first.pid, "SIGKILL");
    await gone;
    let second;
    do {
      if (second !== undefined) Deno.kill(second.pid, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 50));
      Deno.writeTextFileSync("/proc/sys/kernel/ns_last_pid", String(first.pid - 1));
      second = launch();
    } while (second.pid !== first.pid);
    const tree = { leader: first, marker: "", cgroup: "", jobName: "" };
    const exit = await new Promise((resolve) => launcher.watch(first, resolve));
    const signalled = launcher.signalTree(tree, "SIGKILL");
    const left = await launcher.killTree(tree, AbortSignal.timeout(5_000));
    const lives = platform.isSameProcess(second);
    console.log(JSON.stringify({ isReused: first.startTime !== second.startTime, exit, signalled, left, lives }));
    launcher.close();`;
    await using script = startScript(body, ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]);
    const seen: unknown = JSON.parse(await script.nextLine());
    assert.deepEqual(seen, { isReused: true, exit: {}, signalled: 0, left: 0, lives: true });
  },
);

Deno.test({ name: "programs outlive a killed agent; the next one finds and watches them", ignore }, async () => {
  const prefix = `test-${crypto.randomUUID()}/`;
  const dir = await Deno.makeTempDir();
  const out = join(dir, "out");
  const body = `
    const launcher = platform.createLauncher();
    const marker = ${JSON.stringify(`${prefix}a/1`)};
    const argv = ["/bin/sh", "-c", "setsid sleep 60 & echo started; exec sleep 60"];
    const base = { cwd: "/", env: { PATH: "/usr/bin:/bin", FARHAND_PROCESS: marker }, stdout: ${JSON.stringify(out)} };
    const rest = { stderr: null, user: "", group: "", umask: null, nice: 0, ulimits: {}, cgroup: "", jobName: "" };
    const identity = launcher.launch({ argv, ...base, ...rest });
    console.log(JSON.stringify(identity));`;
  const launcher = createLauncher();
  try {
    await using script = startScript(body);
    const identity = JSON.parse(await script.nextLine()) as ProcessIdentity;
    await until(async () => (await Deno.readTextFile(out)) === "started\n");
    script.kill("SIGKILL");
    await script.status;
    const found = launcher.marked(prefix);
    assert.deepEqual(found.map(({ marker }) => marker), [`${prefix}a/1`, `${prefix}a/1`]);
    assert.ok(found.some(({ row }) => row.identity.pid === identity.pid && row.name === "sleep"));
    const tree = { leader: identity, marker: `${prefix}a/1`, cgroup: "", jobName: "" };
    assert.equal(launcher.members([tree])[0]?.length, 2);
    const exit = new Promise<ObservedExit>((resolve) => launcher.watch(identity, resolve));
    assert.equal(await launcher.killTree(tree, AbortSignal.timeout(5_000)), 0);
    const seen = await exit;
    assert.ok(seen.signal === "SIGKILL" || Object.keys(seen).length === 0, JSON.stringify(seen));
    assert.deepEqual(launcher.marked(prefix), []);
  } finally {
    launcher.close();
    await Deno.remove(dir, { recursive: true });
  }
});
