import assert from "node:assert/strict";
import { isGone, type Launching, ownZombies, stateOf, withLauncher } from "./launch_testing.ts";
import { createLinuxLauncher } from "./launcher.linux.ts";
import { until } from "./testing.ts";

const ignore = Deno.build.os !== "linux";
const LIMIT_MS = 10_000;

function test(name: string, use: (launching: Launching) => Promise<void> | void): void {
  Deno.test({ name, ignore, fn: () => withLauncher(use) });
}

/** Prints its pid and stays, whatever it is asked. */
const STUBBORN = "trap '' TERM HUP INT; echo $$; while :; do sleep 1; done";
/** In the same session, in another one, forked twice, without any environment, and all of it. */
const FAMILY = [
  `sh -c "$S" &`,
  `setsid sh -c "$S" &`,
  `(setsid sh -c "$S" &)`,
  `env -i PATH="$PATH" S="$S" setsid sh -c 'sh -c "$S"' &`,
  `S="$S" sh -c "$S"`,
].join("\n");

async function startFamily({ sh, pids }: Launching) {
  const leader = sh(FAMILY, { env: { S: STUBBORN } });
  return { leader, family: [leader.pid, ...await pids(5)] };
}

function pidsOf(rows: readonly { readonly identity: { readonly pid: number } }[] | undefined): number[] {
  return (rows ?? []).map(({ identity }) => identity.pid);
}

test("a whole tree is seen: other sessions, double forks, cleared environments", async (l) => {
  const { leader, family } = await startFamily(l);
  const members = new Set(pidsOf(l.launcher.members([l.treeOf(leader)])[0]));
  for (const pid of family) assert.ok(members.has(pid), `${pid} of ${family}`);
  assert.ok(!members.has(Deno.pid));
  const other = l.launch(["sleep", "60"], { env: { FARHAND_PROCESS: `${l.prefix}other` } });
  const [first, second, third] = l.launcher.members([
    l.treeOf(leader),
    l.treeOf(other, "other"),
    l.treeOf(null, "none"),
  ]);
  for (const pid of family) assert.ok(pidsOf(first).includes(pid));
  assert.deepEqual([pidsOf(second), third], [[other.pid], []]);
});

test("who ignores SIGTERM is killed, and no zombie stays", async (l) => {
  const { leader, family } = await startFamily(l);
  assert.ok(l.launcher.signalTree(l.treeOf(leader), "SIGTERM") >= family.length);
  assert.ok(family.slice(1).every((pid) => stateOf(pid) !== ""));
  assert.equal(await l.launcher.killTree(l.treeOf(leader), AbortSignal.timeout(LIMIT_MS)), 0);
  await until(() => family.every(isGone));
  await until(() => ownZombies().length === 0);
});

test("when the leader has ended, all others still are its tree, those without any mark among them", async (l) => {
  const { leader, family } = await startFamily(l);
  const before = pidsOf(l.launcher.members([l.treeOf(leader)])[0]);
  Deno.kill(leader.pid, "SIGKILL");
  assert.deepEqual(await l.exitOf(leader), { signal: "SIGKILL", coreDumped: false });
  const after = pidsOf(l.launcher.members([l.treeOf(leader)])[0]);
  for (const pid of family.slice(1)) assert.ok(after.includes(pid), `${pid} of ${before} in ${after}`);
  assert.equal(await l.launcher.killTree(l.treeOf(leader), AbortSignal.timeout(LIMIT_MS)), 0);
  await until(() => family.every(isGone));
});

test("another launcher, which has started none of it, ends it as well", async (l) => {
  const { leader, family } = await startFamily(l);
  const next = createLinuxLauncher();
  try {
    assert.equal(await next.killTree(l.treeOf(leader), AbortSignal.timeout(LIMIT_MS)), 0);
  } finally {
    next.close();
  }
  await until(() => family.every(isGone));
});

test("who forks all the time does not get away", async (l) => {
  const hop =
    'hop() { [ "$1" -lt 1000000 ] && hop $(($1 + 1)) & exit 0; }; hop 0 & hop 0 & hop 0 & echo started; sleep 60';
  const leader = l.sh(hop);
  await until(() => l.output().includes("started"));
  assert.equal(await l.launcher.killTree(l.treeOf(leader), AbortSignal.timeout(LIMIT_MS)), 0);
  assert.deepEqual(l.launcher.marked(l.prefix), []);
  await until(() => ownZombies().length === 0);
});

test("many trees are killed together", async (l) => {
  const runs = Array.from({ length: 40 }, (_, index) => `r${index}`);
  const leaders = runs.map((run) => l.sh("setsid sleep 60 & sleep 60", { env: { FARHAND_PROCESS: l.prefix + run } }));
  const bystander = l.launch(["sleep", "60"], { env: { FARHAND_PROCESS: `${l.prefix}bystander` } });
  const left = await Promise.all(leaders.map((leader, index) => {
    return l.launcher.killTree(l.treeOf(leader, runs[index]), AbortSignal.timeout(LIMIT_MS));
  }));
  assert.deepEqual(left, runs.map(() => 0));
  assert.deepEqual(l.launcher.marked(l.prefix).map(({ row }) => row.identity), [bystander]);
});

test("a signal reaches everybody of the tree, and nobody else", async (l) => {
  const script = 'trap "echo hup; exit 0" HUP; echo ready; while :; do sleep 0.01; done';
  const leader = l.sh('setsid sh -c "$S" & sh -c "$S"', { env: { S: script } });
  const other = l.sh(script, { env: { FARHAND_PROCESS: `${l.prefix}other` } });
  await until(() => l.output().split("ready").length === 4);
  assert.ok(l.launcher.signalTree(l.treeOf(leader), "SIGHUP") >= 3);
  await until(() => l.output().split("hup").length === 3);
  assert.notEqual(stateOf(other.pid), "");
});

test("a tree is empty from the moment that the end of its last process is told", async (l) => {
  for (let round = 0; round < 20; round++) {
    const leader = l.sh("sleep 0.01; exit 1");
    await l.exitOf(leader);
    assert.deepEqual(l.launcher.members([l.treeOf(leader)]), [[]]);
    assert.deepEqual(l.launcher.members([l.treeOf(leader), l.treeOf(null, "none")]), [[], []]);
  }
});

test("the table has everybody, with what they use", async ({ launcher, launch, sh, exitOf }) => {
  const sleeper = launch(["sleep", "60"]);
  const worker = sh("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; exec sleep 60");
  const find = (pid: number) => launcher.table().find((row) => row.identity.pid === pid);
  await until(() => find(worker.pid)?.name === "sleep" && find(sleeper.pid)?.name === "sleep");
  const row = find(sleeper.pid);
  assert.ok(row);
  assert.deepEqual(row.identity, sleeper);
  assert.deepEqual([row.parentPid, row.session, row.processGroup], [Deno.pid, sleeper.pid, sleeper.pid]);
  assert.deepEqual([row.threads, row.isZombie], [1, false]);
  assert.ok(row.rssBytes > 4096 && row.rssBytes < 50_000_000, String(row.rssBytes));
  assert.ok((find(worker.pid)?.cpuSeconds ?? 0) > 0);
  assert.ok((find(Deno.pid)?.threads ?? 0) > 1);
  Deno.kill(sleeper.pid, "SIGKILL");
  await exitOf(sleeper);
  assert.equal(find(sleeper.pid), undefined);
});

test("the agent itself is never found, nor a command of its own", async (l) => {
  const env = { PATH: "/usr/bin:/bin" };
  const command = new Deno.Command("sleep", { args: ["60"], env, clearEnv: true }).spawn();
  const leader = l.launch(["sleep", "60"]);
  const trees = [l.treeOf(leader), { leader: null, marker: "", cgroup: "", jobName: "" }];
  assert.deepEqual(l.launcher.members(trees).map(pidsOf), [[leader.pid], []]);
  command.kill("SIGKILL");
  await command.status;
});
