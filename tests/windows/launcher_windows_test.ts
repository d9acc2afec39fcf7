import assert from "node:assert/strict";
import { join } from "node:path";
import type { Launcher, LaunchOptions, ProcessIdentity } from "../../src/platform/mod.ts";
import { isSameProcess, processIdentity } from "../../src/platform/mod.ts";
import { startScript } from "../../src/platform/testing.ts";
import { eventually, exists } from "./agent_host.ts";
import { exitOf, FAMILY, LauncherHost, LIVE, TELL } from "./launcher_host.ts";

// Wine has job objects, inherits only the handles that are named, and keeps real creation times, so all of this is
// shown there. What it cannot show: that a job's name lives on in the handle that the child was lent (Wine keeps names
// as long as there are processes in the job), Ctrl+Break to a group, another account's job, AppLocker and elevation.
const ignore = Deno.build.os !== "windows";
const HARD_ARGUMENTS = [
  "",
  "a b",
  'say "hi"',
  "C:\\dir\\",
  "C:\\a b\\",
  'back\\"slash\\\\" ',
  "tab\there",
  "%PATH% ^& | <x> (y) !z!",
  "ünïcödé 漢字 😀",
  "*.ts",
  "--flag=a;b,c",
];

function tree(host: LauncherHost, leader: ProcessIdentity | null) {
  return { leader, marker: "", cgroup: "", jobName: host.jobName };
}

function pidsOf(launcher: Launcher, host: LauncherHost, leader: ProcessIdentity | null): number[] {
  const [members = []] = launcher.members([tree(host, leader)]);
  return members.map(({ identity }) => identity.pid).sort((a, b) => a - b);
}

Deno.test({ name: "arguments, environment and directory arrive exactly; output is appended", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  Deno.writeTextFileSync(host.output, "before\n");
  const root = Deno.env.get("SystemRoot") ?? "C:\\windows";
  const env = { SystemRoot: root, B: "2", a: "ä=1;%B%", EMPTY: "", FARHAND_PROCESS: "test/app/1" };
  assert.deepEqual(await host.run(launcher, host.options(TELL, HARD_ARGUMENTS, { env })), { code: 7 });
  const [first, told = "", stderr] = host.lines();
  assert.deepEqual([first, stderr], ["before", "to stderr"]);
  const seen = JSON.parse(told);
  assert.deepEqual(seen.args, HARD_ARGUMENTS);
  assert.equal(seen.cwd, Deno.realPathSync(host.dir));
  const has = (name: string) => Object.entries(env).find(([given]) => given.toUpperCase() === name.toUpperCase())?.[1];
  const others = Object.entries<string>(seen.env).filter(([name, value]) => has(name) !== value).map(([name]) => name);
  // Nothing of ours, PATH and USERNAME for instance; what Deno and Wine set themselves is theirs.
  assert.deepEqual(others.filter((name) => !/^(DENO_.*|PATH|WINE.*|SYSTEMDRIVE)$/i.test(name)), []);
  assert.equal(Object.keys(seen.env).length - others.length, Object.keys(env).length);
  assert.doesNotMatch(seen.env.PATH ?? "", /windows/i);
});

Deno.test({ name: "stdout and stderr go to a file each, or nowhere", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const errors = join(host.dir, "errors.log");
  await host.run(launcher, host.options(TELL, [], { stdout: null, stderr: errors }));
  assert.deepEqual(host.lines(errors), ["to stderr"]);
  await host.run(launcher, host.options(TELL, [], { stderr: errors }));
  assert.deepEqual([host.lines().length, host.lines(errors)], [1, ["to stderr", "to stderr"]]);
  await host.run(launcher, host.options(TELL, [], { stdout: null, stderr: null }));
  assert.equal(host.lines().length, 1);
});

Deno.test(
  { name: "a log can be renamed under a program that writes, which goes on in the same file", ignore },
  async () => {
    await using host = new LauncherHost();
    const launcher = host.launcher();
    const beat = `setInterval(() => console.log("beat"), 10);`;
    host.launch(launcher, host.options(beat));
    await eventually("a beat", () => host.lines().length > 0);
    const renamed = join(host.dir, "old.log");
    Deno.renameSync(host.output, renamed);
    const atRename = host.lines(renamed).length;
    await eventually("more beats", () => host.lines(renamed).length > atRename + 3);
    assert.equal(exists(host.output), false);
  },
);

Deno.test(
  { name: "a batch file gets its arguments; those that cmd.exe would misread are refused", ignore },
  async () => {
    await using host = new LauncherHost();
    const launcher = host.launcher();
    const batch = join(host.dir, "run me.cmd");
    Deno.writeTextFileSync(batch, "@echo off\r\necho 1[%1] 2[%2] 3[%3]\r\nexit /b 5\r\n");
    const options = (args: readonly string[]): LaunchOptions => ({ ...host.options(LIVE), argv: [batch, ...args] });
    assert.deepEqual(await host.run(launcher, options(["a b", "x & y", "(z)"])), { code: 5 });
    assert.deepEqual(host.lines(), ['1["a b"] 2["x & y"] 3["(z)"]']);
    for (const arg of ["%PATH%", 'a"&calc', "a\nb"]) {
      assert.throws(() => host.launch(launcher, options([arg])), { code: "invalid_input", message: /argument 1/ });
    }
  },
);

Deno.test({ name: "a program is found by PATH and PATHEXT of the environment that it gets", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  Deno.writeTextFileSync(join(host.dir, "farhand-tool.cmd"), "@exit /b 9\r\n");
  const options = host.options(LIVE);
  const argv = ["farhand-tool"] as const;
  const env = { ...options.env, PATH: `C:\\nowhere;${host.dir}`, PATHEXT: ".EXE;.CMD" };
  assert.deepEqual(await host.run(launcher, { ...options, argv, env }), { code: 9 });
  // It is in the working directory, and that does not count.
  const elsewhere = { ...env, PATH: "C:\\nowhere" };
  assert.throws(() => host.launch(launcher, { ...options, argv, env: elsewhere }), {
    code: "not_found",
    message: /PATH/,
  });
});

Deno.test({ name: "what cannot be started says why", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const options = host.options(LIVE);
  const refused = (more: Partial<LaunchOptions>, code: string, message: RegExp) =>
    assert.throws(() => host.launch(launcher, { ...options, ...more }), { name: "AppError", code, message });
  refused({ argv: [join(host.dir, "absent.exe")] }, "not_found", /^Cannot start .*absent\.exe: there is no file /);
  refused({ cwd: join(host.dir, "absent") }, "not_found", /^Cannot start .* in .*absent: it is not there; create it$/);
  refused({ cwd: host.script("") }, "not_found", /it is not a directory/);
  refused({ stdout: join(host.dir, "absent", "x.log") }, "not_found", /^Cannot write output to .*: its directory/);
  refused({ stderr: host.dir }, "forbidden", /^Cannot write output to .*: access is denied/);
  refused({ argv: [host.script("no program")] }, "invalid_input", /it is no program for this Windows/);
  refused({ user: "nobody", ulimits: { nofile: "1" } }, "unsupported", /with user, ulimits: Windows has no such thing/);
  refused({ env: { A: "secret\0" } }, "invalid_input", /^(?!.*secret).*"A"/);
  refused({ argv: [Deno.execPath(), "x".repeat(40_000)] }, "invalid_input", /pass long values in a file/);
});

Deno.test(
  { name: "exit codes arrive as Windows gives them, also when the program ends before it is watched", ignore },
  async () => {
    await using host = new LauncherHost();
    const launcher = host.launcher();
    assert.deepEqual(await host.run(launcher, host.options("Deno.exit(-1073741819);")), { code: 0xc000_0005 });
    const identity = host.launch(launcher, host.options("Deno.exit(3);"));
    await eventually("its end", () => !isSameProcess(identity));
    assert.deepEqual(await exitOf(launcher, identity), { code: 3 });
  },
);

Deno.test({
  name: "a program that ends is noticed while many others live, and whoever does not want to know is not told",
  ignore,
}, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const living = host.launch(launcher, host.options(LIVE));
  const told: string[] = [];
  // More than one wait of Windows takes: each has a handle of its own on the same process.
  const stops = Array.from({ length: 100 }, (_, i) => launcher.watch(living, () => told.push(`living ${i}`)));
  assert.deepEqual(await host.run(launcher, host.options("Deno.exit(4);")), { code: 4 });
  stops.slice(1).forEach((stop) => stop());
  assert.equal(launcher.signalTree(tree(host, living), "SIGKILL") > 0, true);
  await eventually("the end of the other", () => told.length > 0);
  assert.deepEqual(told, ["living 0"]);
});

Deno.test({ name: "the table has every process as its identity tells it", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const identity = host.launch(launcher, host.options(LIVE));
  assert.deepEqual(processIdentity(identity.pid), identity);
  const row = launcher.table().find((candidate) => candidate.identity.pid === identity.pid);
  assert.deepEqual(row?.identity, identity);
  assert.equal(row?.parentPid, Deno.pid);
  assert.match(row?.name ?? "", /^deno/i);
  assert.ok((row?.threads ?? 0) > 0 && (row?.rssBytes ?? 0) > 0 && row?.isZombie === false);
  const own = launcher.table().find((candidate) => candidate.identity.pid === Deno.pid);
  assert.deepEqual(own?.identity, processIdentity(Deno.pid));
});

Deno.test({ name: "the whole tree is ended by its job, detached grandchildren and orphans too", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const leader = host.launch(launcher, host.options(FAMILY, ["2"]));
  const family = await host.family(3);
  assert.ok(family.includes(leader.pid));
  const members = pidsOf(launcher, host, leader);
  assert.deepEqual(family.filter((pid) => !members.includes(pid)), []);
  assert.ok(!members.includes(Deno.pid));
  assert.equal(await launcher.killTree(tree(host, leader), AbortSignal.abort()), members.length);
  // Without its leader, the rest is known by the job alone.
  Deno.kill(leader.pid, "SIGKILL");
  await exitOf(launcher, leader);
  const orphans = pidsOf(launcher, host, null);
  assert.deepEqual(family.filter((pid) => !orphans.includes(pid)), [leader.pid]);
  assert.equal(await launcher.killTree(tree(host, leader), AbortSignal.timeout(30_000)), 0);
  assert.deepEqual(family.filter((pid) => processIdentity(pid) !== null), []);
  assert.deepEqual(pidsOf(launcher, host, leader), []);
});

Deno.test({ name: "without a job, the tree is what descends from its leader", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const leader = host.launch(launcher, host.options(FAMILY, ["1"], { jobName: "" }));
  const family = await host.family(2);
  const jobless = { ...tree(host, leader), jobName: "" };
  const [members = []] = launcher.members([jobless]);
  assert.deepEqual(family.filter((pid) => !members.some(({ identity }) => identity.pid === pid)), []);
  assert.equal(await launcher.killTree(jobless, AbortSignal.timeout(30_000)), 0);
  assert.deepEqual(family.filter((pid) => processIdentity(pid) !== null), []);
});

Deno.test({ name: "a reused pid is never touched", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const identity = host.launch(launcher, host.options(LIVE));
  const former = { ...identity, startTime: String(BigInt(identity.startTime) - 1n) };
  const formerTree = { leader: former, marker: "", cgroup: "", jobName: "" };
  assert.deepEqual(launcher.members([formerTree]), [[]]);
  assert.equal(launcher.signalTree(formerTree, "SIGKILL"), 0);
  assert.equal(await launcher.killTree(formerTree, AbortSignal.timeout(5_000)), 0);
  assert.deepEqual(await exitOf(launcher, former), {});
  assert.equal(isSameProcess(identity), true);
});

Deno.test({ name: "no signal is gentle but Ctrl+Break, and the error names the other way", ignore }, async () => {
  await using host = new LauncherHost();
  const launcher = host.launcher();
  const identity = host.launch(launcher, host.options(LIVE));
  const unsupported = { code: "unsupported", message: /stop\.command/ };
  assert.throws(() => launcher.signalTree(tree(host, identity), "SIGHUP"), unsupported);
  // Who was not started by us may lead no group.
  assert.throws(() => launcher.signalTree({ ...tree(host, identity), jobName: "" }, "SIGTERM"), unsupported);
  assert.equal(isSameProcess(identity), true);
  assert.deepEqual(launcher.marked("test/"), []);
});

const AGENT = (options: LaunchOptions) => `
const { createWindowsLauncher } = await import(${
  JSON.stringify(new URL("../../src/platform/launcher.windows.ts", import.meta.url).href)
});
console.log(JSON.stringify(createWindowsLauncher().launch(${JSON.stringify(options)})));
setInterval(() => {}, 1_000);`;

Deno.test({ name: "a program survives a killed agent, and the next one adopts it with its tree", ignore }, async () => {
  await using host = new LauncherHost();
  await using agent = startScript(AGENT(host.options(FAMILY, ["1"])));
  const identity: ProcessIdentity = JSON.parse(await agent.nextLine());
  const family = await host.family(2);
  agent.kill("SIGKILL");
  await agent.status;
  // Our pipe closes, so nobody has inherited it.
  await assert.rejects(agent.nextLine(), /ended without/);
  const launcher = host.launcher();
  assert.equal(isSameProcess(identity), true);
  const exit = exitOf(launcher, identity);
  const members = pidsOf(launcher, host, identity);
  assert.deepEqual(family.filter((pid) => !members.includes(pid)), []);
  assert.equal(await launcher.killTree(tree(host, identity), AbortSignal.timeout(30_000)), 0);
  assert.deepEqual(await exit, { code: 1 });
  assert.deepEqual(family.filter((pid) => processIdentity(pid) !== null), []);
});

Deno.test(
  { name: "the next agent sees the exit code, and the orphans of a leader that has gone", ignore },
  async () => {
    await using host = new LauncherHost();
    const ending = `${FAMILY}\nwhile (true) {
    try { Deno.statSync("end"); break; } catch { await new Promise((resolve) => setTimeout(resolve, 10)); }
  }
  if (generations !== "0") Deno.exit(42);`;
    await using agent = startScript(AGENT(host.options(ending, ["1"])));
    const identity: ProcessIdentity = JSON.parse(await agent.nextLine());
    const family = await host.family(2);
    agent.kill("SIGKILL");
    await agent.status;
    const launcher = host.launcher();
    const exit = exitOf(launcher, identity);
    assert.ok(pidsOf(launcher, host, identity).length >= 2);
    Deno.writeTextFileSync(join(host.dir, "end"), "");
    assert.deepEqual(await exit, { code: 42 });
    const orphans = pidsOf(launcher, host, identity);
    assert.deepEqual(family.filter((pid) => !orphans.includes(pid)), [identity.pid]);
    assert.equal(await launcher.killTree(tree(host, identity), AbortSignal.timeout(30_000)), 0);
    assert.deepEqual(family.filter((pid) => processIdentity(pid) !== null), []);
  },
);

Deno.test({ name: "close leaves the programs alone and lets our process end", ignore }, async () => {
  await using host = new LauncherHost();
  const module = new URL("../../src/platform/launcher.windows.ts", import.meta.url).href;
  const script = host.script(`
    const { createWindowsLauncher } = await import(${JSON.stringify(module)});
    const launcher = createWindowsLauncher();
    const identity = launcher.launch(${JSON.stringify(host.options(LIVE))});
    launcher.watch(identity, () => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    launcher.close();
    console.log(JSON.stringify(identity));`);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--node-modules-dir=none", script],
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  });
  const { code, stdout, stderr } = await command.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const identity: ProcessIdentity = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(isSameProcess(identity), true);
});
