import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError, type ErrorCode } from "../core/mod.ts";
import { isGone, type Launching, withLauncher } from "./launch_testing.ts";
import { launchProgram } from "./launch.linux.ts";
import { spawn, type SpawnCalls, spawnCalls } from "./linux/spawn.ts";
import { processIdentity } from "./process_identity.ts";
import { startScript, until } from "./testing.ts";

const ignore = Deno.build.os !== "linux";
const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;

function test(name: string, use: (launching: Launching) => Promise<void> | void, skip = false): void {
  Deno.test({ name, ignore: ignore || skip, fn: () => withLauncher(use) });
}

function assertAppError(act: () => unknown, code: ErrorCode, pattern: RegExp, retryable = false): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.match(error.message, pattern);
    assert.deepEqual([error.code, error.retryable], [code, retryable]);
    return true;
  });
}

test("a program gets its arguments and environment as given, and its output is appended", async ({ launch, dir, ...l }) => {
  await Deno.writeTextFile(join(dir, "out"), "before\n");
  const script = 'printf "%s|" "$@"; echo " $GREETING" >&2; pwd; tr "\\0" "\\n" </proc/$$/environ | cut -d= -f1 | sort';
  const identity = launch(["sh", "-c", script, "sh", "a b", "'$x'", ""], { env: { GREETING: "hällo" } });
  assert.deepEqual(await l.exitOf(identity), { code: 0 });
  assert.equal(l.output(), `before\na b|'$x'|| hällo\n${dir}\nFARHAND_PROCESS\nGREETING\nPATH\n`);
});

test("stdout and stderr go to their own files, made for the owner and group, or nowhere", async ({ sh, dir, exitOf }) => {
  const [stdout, stderr] = [join(dir, "o"), join(dir, "e")];
  await exitOf(sh("echo out; echo err >&2", { stdout, stderr }));
  assert.deepEqual([Deno.readTextFileSync(stdout), Deno.readTextFileSync(stderr)], ["out\n", "err\n"]);
  assert.equal((Deno.statSync(stdout).mode ?? 0) & 0o777, 0o640 & ~Deno.umask());
  await exitOf(sh("echo more; echo err >&2", { stdout, stderr: null }));
  assert.deepEqual([Deno.readTextFileSync(stdout), Deno.readTextFileSync(stderr)], ["out\nmore\n", "err\n"]);
  const links = sh("readlink /proc/$$/fd/1 /proc/$$/fd/2 >links", { stdout: null, stderr: null });
  await exitOf(links);
  assert.equal(Deno.readTextFileSync(join(dir, "links")), `${join(dir, "links")}\n/dev/null\n`);
});

test("it leads a session without a terminal, reads nothing, and has no other file of ours open", async (l) => {
  const held = await Deno.open(join(l.dir, "held"), { create: true, write: true });
  const identity = l.sh("cat; cat /proc/$$/stat; ls /proc/$$/fd; readlink /proc/$$/fd/0");
  await l.exitOf(identity);
  held.close();
  const [stat = "", ...rest] = l.output().split("\n");
  const [group, session, terminal] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(2, 5).map(Number);
  assert.deepEqual([group, session, terminal], [identity.pid, identity.pid, 0]);
  assert.deepEqual(rest, ["0", "1", "2", "/dev/null", ""]);
});

test("all signals do what they do by default", async ({ launch, sh, exitOf, output }) => {
  assert.deepEqual(await exitOf(launch(["cat", "/proc/self/status"])), { code: 0 });
  for (const set of ["SigBlk", "SigIgn", "SigCgt"]) assert.match(output(), new RegExp(`^${set}:\\s+0{16}$`, "m"));
  assert.deepEqual(await exitOf(sh("kill -PIPE $$; echo ignored")), { signal: "SIGPIPE", coreDumped: false });
});

test("it has the identity by which it is found again, even when it ends at once", async ({ launch, exitOf }) => {
  const living = launch(["sleep", "60"]);
  assert.deepEqual(processIdentity(living.pid), living);
  const ended = launch(["true"]);
  assert.match(ended.startTime, /^\d+$/);
  assert.deepEqual(await exitOf(ended), { code: 0 });
});

test("a name without a slash is looked up in the program's own PATH, empty parts of it in its directory", async (l) => {
  await Deno.mkdir(join(l.dir, "bin"));
  for (const [path, word] of [["bin/tool", "bin"], ["tool", "here"]] as const) {
    await Deno.writeTextFile(join(l.dir, path), `#!/bin/sh\necho ${word} "$0"\n`);
    await Deno.chmod(join(l.dir, path), 0o755);
  }
  for (const path of ["/nowhere:bin:", ":bin"]) await l.exitOf(l.launch(["tool"], { env: { PATH: path } }));
  await l.exitOf(l.launch(["./tool"]));
  const [bin, here] = [join(l.dir, "bin/tool"), join(l.dir, "tool")];
  assert.equal(l.output(), `bin ${bin}\nhere ${here}\nhere ${here}\n`);
});

test("what keeps a program from being started is said precisely", async ({ launch, dir }) => {
  const file = (name: string, text: string, mode: number) => {
    Deno.writeTextFileSync(join(dir, name), text);
    Deno.chmodSync(join(dir, name), mode);
  };
  file("plain", "#!/bin/sh\n", 0o644);
  file("orphan", "#! /no/such/interpreter -x\n", 0o755);
  file("headless", "echo hello\n", 0o755);
  assertAppError(() => launch(["no-such-program"]), "not_found", /no-such-program: it is in no directory of PATH \(\//);
  assertAppError(() => launch(["/no/such/program"]), "not_found", /\/no\/such\/program: there is no such file/);
  assertAppError(() => launch(["./plain"]), "forbidden", /plain: it may not be executed.*chmod \+x/);
  assertAppError(() => launch(["plain"], { env: { PATH: dir } }), "forbidden", /plain: it may not be executed/);
  assertAppError(() => launch(["/"]), "forbidden", /it is a directory/);
  assertAppError(
    () => launch(["./orphan"]),
    "not_found",
    /orphan: its first line names \/no\/such\/interpreter, which/,
  );
  assertAppError(() => launch(["./headless"]), "invalid_input", /headless: it is no program .*#!\/bin\/sh/);
  assertAppError(() => launch(["true", "x".repeat(3_000_000)]), "invalid_input", /too long together/);
  assertAppError(() => launch(["true", "a\0b"]), "invalid_input", /zero byte/);
  assertAppError(() => launch(["true"], { env: { "A=B": "c" } }), "invalid_input", /environment/);
  await Deno.copyFile("/bin/true", join(dir, "busy"));
  const writer = await Deno.open(join(dir, "busy"), { write: true });
  assertAppError(() => launch(["./busy"]), "unavailable", /somebody is writing its file/, true);
  writer.close();
});

test("a bad work directory or output file is said precisely", async ({ launch, dir }) => {
  const out = join(dir, "out");
  assertAppError(
    () => launch(["true"], { cwd: join(dir, "none") }),
    "not_found",
    /work directory .*none: it is not there/,
  );
  assertAppError(() => launch(["true"], { cwd: "/etc/passwd" }), "invalid_input", /is no directory/);
  assertAppError(() => launch(["true"], { cwd: join(dir, "none"), nice: 1 }), "not_found", /it is not there/);
  assertAppError(
    () => launch(["true"], { stdout: "/no/dir/out" }),
    "not_found",
    /append output to \/no\/dir\/out: its dir/,
  );
  assertAppError(() => launch(["true"], { stderr: dir }), "invalid_input", /it is a directory/);
  assertAppError(() => launch(["true"], { stdout: `${out}/x` }), "invalid_input", /on the way to it is no dir/);
  await new Deno.Command("mkfifo", { args: [join(dir, "pipe")] }).output();
  assertAppError(() => launch(["true"], { stdout: join(dir, "pipe") }), "unavailable", /nobody reads/, true);
});

test("limits, nice and umask are those asked for, hard limits too", async ({ sh, exitOf, output, dir }) => {
  const script = "ulimit -Sn; ulimit -Hn; ulimit -Hc; nice; umask; touch made";
  const options = { ulimits: { nofile: "77", core: "0", as: "unlimited", data: "" }, nice: 3, umask: 0o027 };
  const identity = sh(script, options);
  assert.deepEqual(await exitOf(identity), { code: 0 });
  const own = Number(new TextDecoder().decode(new Deno.Command("nice").outputSync().stdout));
  assert.equal(output(), `77\n77\n0\n${own + 3}\n0027\n`);
  assert.equal((Deno.statSync(join(dir, "made")).mode ?? 0) & 0o777, 0o640);
  assertAppError(() => sh("true", { ulimits: { magic: "1" } }), "invalid_input", /limit magic to 1: .*nofile/);
  assertAppError(() => sh("true", { ulimits: { nofile: "many" } }), "invalid_input", /limit nofile to many/);
});

test("tools in between change neither the pid nor the exit", async ({ sh, exitOf, output }) => {
  const identity = sh("echo $$; exit 9", { umask: 0o077, nice: 1, ulimits: { core: "0" } });
  assert.deepEqual(await exitOf(identity), { code: 9 });
  assert.equal(output(), `${identity.pid}\n`);
});

test("a user and group by name or number, with the groups of the user", async (l) => {
  const id = (options: { user: string; group?: string }) => l.exitOf(l.sh("id -u; id -g; id -G", options));
  await id({ user: "nobody" });
  await id({ user: "65534", group: "daemon" });
  await id({ user: "54321", group: "54322" });
  const nobody = Deno.readTextFileSync("/etc/passwd").match(/^nobody:[^:]*:(\d+):(\d+)/m) ?? [];
  const daemon = Deno.readTextFileSync("/etc/group").match(/^daemon:[^:]*:(\d+)/m) ?? [];
  const [named = "", numbered = "", unknown = ""] = l.output().match(/(?:.*\n){3}/g) ?? [];
  assert.equal(named, `${nobody[1]}\n${nobody[2]}\n${nobody[2]}\n`);
  assert.deepEqual(numbered.split("\n").slice(0, 2), ["65534", daemon[1]]);
  assert.equal(unknown, "54321\n54322\n54322\n");
  assertAppError(() => l.sh("true", { user: "no-such-user" }), "not_found", /user no-such-user: there is no such user/);
  assertAppError(() => l.sh("true", { group: "no-such-group" }), "not_found", /group no-such-group: there is no/);
  assertAppError(() => l.sh("true", { user: "54321" }), "invalid_input", /set a group, too/);
  const group = l.sh("id -u; id -g", { group: "daemon" });
  assert.deepEqual(await l.exitOf(group), { code: 0 });
  assert.match(l.output(), new RegExp(`\n0\n${daemon[1]}\n$`));
}, !isRoot);

test("another user has all that was asked for, and none of root's rights", async (l) => {
  const options = { user: "nobody", umask: 0o077, nice: -2, ulimits: { nofile: "99" } };
  const identity = l.sh(
    "id -u; ulimit -Hn; nice; umask; grep -E 'Cap(Prm|Eff)' /proc/$$/status; cat /etc/shadow",
    options,
  );
  assert.deepEqual(await l.exitOf(identity), { code: 1 });
  const [uid, files, , umask, permitted, effective] = l.output().split("\n");
  assert.deepEqual([uid, files, umask], ["65534", "99", "0077"]);
  assert.match(`${permitted} ${effective}`, /CapPrm:\s+0+ CapEff:\s+0+$/);
}, !isRoot);

Deno.test({ name: "an older C library makes no difference", ignore }, () =>
  withLauncher(async (l) => {
    const cwd = join(l.dir, "- 'a \"$b");
    await Deno.mkdir(cwd);
    const identity = l.launch(["sh", "-c", 'pwd; echo "$@"; exit 4', "sh", "x  y"], { cwd });
    assert.deepEqual(await l.exitOf(identity), { code: 4 });
    assert.equal(l.output(), `${cwd}\nx  y\n`);
    assertAppError(() => l.launch(["true"], { cwd: join(l.dir, "none") }), "not_found", /work directory/);
    assertAppError(() => l.launch(["/no/such"]), "not_found", /no such file/);
  }, {
    spawn: {
      ...spawnCalls,
      canChangeDirectory: () => false,
      spawn: (request) => spawn({ ...request, cwd: null }, false),
    },
  }));

for (const closesFrom of [true, false]) {
  const how = closesFrom ? "a new" : "an old";
  Deno.test({ name: `files that our own caller has left open are closed by ${how} C library`, ignore }, async () => {
    const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
    const body = `
      const { spawn, spawnCalls } = await import(${module("./linux/spawn.ts")});
      const { childCalls } = await import(${module("./linux/children.ts")});
      const files = [spawnCalls.openNull(), 1, 2];
      const pid = spawn({ path: "/bin/ls", argv: ["ls", "/proc/self/fd"], env: [], cwd: "/", files }, ${closesFrom});
      while (childCalls.takeExit(pid) === "running");`;
    await using script = startScript(body, ["sh", "-c", 'exec 7</etc/passwd 9</etc/passwd; exec "$@"', "sh"]);
    for (const fd of ["0", "1", "2", "3"]) assert.equal(await script.nextLine(), fd); // 3 is what ls reads
    await assert.rejects(script.nextLine(), /ended/);
  });
}

Deno.test({ name: "what the system refuses for a while may be tried again", ignore }, async () => {
  for (
    const [error, pattern] of [[11, /no more processes/], [12, /not enough memory/], [24, /too many files/]] as const
  ) {
    await withLauncher(({ launch }) => {
      assertAppError(() => launch(["true"]), "unavailable", pattern, true);
    }, { spawn: { ...spawnCalls, spawn: () => -error } });
  }
});

Deno.test({ name: "what only root may is refused to others before the program is started", ignore }, () => {
  const calls: SpawnCalls = { ...spawnCalls, spawn: () => assert.fail("started"), hardLimit: limits({ 7: 100n }) };
  const deps = { calls, close() {}, runAs: () => null, isRoot: false };
  const base = {
    argv: ["true"] as const,
    cwd: "/",
    env: {},
    stdout: null,
    stderr: null,
    user: "",
    group: "",
    umask: null,
  };
  const launch = (nice: number, ulimits: Record<string, string>) =>
    launchProgram({ ...base, nice, ulimits, cgroup: "", jobName: "" }, deps);
  assertAppError(() => launch(0, { nofile: "101" }), "forbidden", /nofile to 101: the agent's own is 100/);
  assertAppError(() => launch(0, { nofile: "unlimited" }), "forbidden", /nofile to unlimited/);
  deps.calls = { ...calls, spawn: () => 77, hardLimit: limits({ 13: 24n }) };
  assertAppError(() => launch(-5, {}), "forbidden", /nice -5: only root/);
  assert.equal(launch(-4, { nofile: "1000000", core: "unlimited" }), 77);
});

function limits(hard: Readonly<Record<number, bigint>>): SpawnCalls["hardLimit"] {
  return (resource) => hard[resource] ?? null;
}

const CGROUPS = "/sys/fs/cgroup/unified";

test("a program starts in its control group, or not at all", async (l) => {
  const cgroup = `${CGROUPS}/farhand-test-${crypto.randomUUID()}`;
  await Deno.mkdir(cgroup);
  try {
    const identity = l.sh("grep ^0:: /proc/$$/cgroup; exec sleep 60", { cgroup });
    await until(() => l.output().includes("farhand-test"));
    assert.equal(Deno.readTextFileSync(`${cgroup}/cgroup.procs`), `${identity.pid}\n`);
    const tree = { leader: null, marker: "", cgroup, jobName: "" };
    assert.equal(l.launcher.members([tree])[0]?.[0]?.identity.pid, identity.pid);
    assert.equal(await l.launcher.killTree(tree, AbortSignal.timeout(5_000)), 0);
    await until(() => isGone(identity.pid));
    assertAppError(() => l.sh("true", { cgroup: `${cgroup}/none` }), "unavailable", /none: it is not there/);
  } finally {
    await until(async () => await Deno.remove(cgroup).then(() => true, () => false));
  }
}, !isRoot || !canMakeGroup());

/** Whether there is a hierarchy of version 2 here at all, and ours to write. */
function canMakeGroup(): boolean {
  try {
    const probe = `${CGROUPS}/farhand-probe-${crypto.randomUUID()}`;
    Deno.mkdirSync(probe);
    Deno.removeSync(probe);
    return true;
  } catch {
    return false;
  }
}
