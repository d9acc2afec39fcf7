import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { processIdentity } from "../../../platform/mod.ts";
import { ByteSize, type Clock, Duration, systemClock } from "../../../core/mod.ts";
import type { CollectorDeps, CollectorsConfig } from "../contract.ts";
import { createExec } from "./collect.ts";

type Options = CollectorsConfig["exec"][number];

/** The commands here are a POSIX shell's. */
const ignore = Deno.build.os === "windows";
const quiet = new AbortController().signal;

function execOf(script: string, more: Partial<Options> = {}, clock: Clock = systemClock) {
  const options: Options = {
    name: "shop",
    command: ["/bin/sh", "-c", script],
    format: "prometheus",
    interval: new Duration(60_000),
    timeout: new Duration(10_000),
    max_output: new ByteSize(64 * 1024),
    work_dir: "",
    ...more,
  };
  return createExec(options, { clock } as CollectorDeps);
}

function posixTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore, fn });
}

/** Waits for a condition, without which the test would hang and fail by its time limit. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function readPid(path: string): Promise<number> {
  let pid = NaN;
  await until(async () => {
    pid = parseInt(await Deno.readTextFile(path).catch(() => ""));
    return pid > 0;
  });
  return pid;
}

/** True while there is such a process; one that has ended and waits for its new parent is none. */
function isThere(pid: number): boolean {
  return processIdentity(pid) !== null;
}

posixTest("what a command prints becomes metrics", async () => {
  const { sample, problems } = await execOf('echo "# HELP a Some."; echo "a 1"; echo b 2').collect(quiet);
  assert.deepEqual(sample.families, [
    { name: "a", type: "untyped", help: "Some.", values: [{ labels: {}, value: 1 }] },
    { name: "b", type: "untyped", help: "Printed by the command shop.", values: [{ labels: {}, value: 2 }] },
  ]);
  assert.deepEqual([sample.name, sample.ok, sample.exitCode, sample.reason], ["shop", true, 0, undefined]);
  assert.ok(sample.durationMs > 0);
  assert.deepEqual(problems, []);
});

posixTest("JSON becomes metrics that are named after the command", async () => {
  const { sample } = await execOf(`echo '{"queue": {"length": 3}}'`, { format: "json" }).collect(quiet);
  assert.deepEqual(sample.families.map(({ name, values }) => [name, values[0]?.value]), [["shop_queue_length", 3]]);
});

posixTest(
  "it gets its arguments as they are, a small environment, no input, and its directory",
  () =>
    inPlainTempDir(async (dir) => {
      Deno.env.set("FARHAND_TEST_SECRET", "x");
      const script =
        'env | cut -d= -f1 | grep -vxE "PWD|OLDPWD|SHLVL|_|PATH|HOME|LANG" >&2; cat >&2; pwd >&2; echo "$1" >&2; exit 1';
      const command = ["/bin/sh", "-c", script, "sh", "$HOME `id`"];
      try {
        const { sample } = await execOf("", { command, work_dir: dir }).collect(quiet);
        assert.equal(sample.reason, `exit code 1: ${await Deno.realPath(dir)}`);
      } finally {
        Deno.env.delete("FARHAND_TEST_SECRET");
      }
    }),
);

posixTest("a failure has its exit code and the first line of stderr, and no metrics", async () => {
  const script = 'echo a 1; printf "\\n\\033[31mno such\\007 queue\\nmore" >&2; exit 3';
  const { sample, problems } = await execOf(script).collect(quiet);
  assert.deepEqual(sample, {
    name: "shop",
    ok: false,
    exitCode: 3,
    reason: "exit code 3: [31mno such  queue",
    durationMs: sample.durationMs,
    families: [],
  });
  assert.deepEqual(problems, [sample.reason]);
});

posixTest("the metrics of a good run are not repeated after a bad one", () =>
  inPlainTempDir(async (dir) => {
    const file = join(dir, "fail");
    const exec = execOf(`test ! -e ${file} && echo a 1`);
    assert.equal((await exec.collect(quiet)).sample.families.length, 1);
    await Deno.writeTextFile(file, "");
    assert.deepEqual((await exec.collect(quiet)).sample.families, []);
    await Deno.remove(file);
    assert.equal((await exec.collect(quiet)).sample.ok, true);
  }));

posixTest("output that is not understood is a failure that says where", async () => {
  const bad = async (script: string, format: Options["format"] = "prometheus") => {
    const { sample, problems } = await execOf(script, { format }).collect(quiet);
    assert.deepEqual([sample.ok, sample.exitCode, sample.families], [false, 0, []]);
    assert.deepEqual(problems, [sample.reason]);
    return sample.reason;
  };
  assert.equal(await bad("echo a 1; echo b"), "its output: line 2: there is no value");
  assert.equal(await bad("echo nothing", "json"), "its output: it is not JSON");
  assert.equal(await bad("printf 'a{b=\"\\351\"} 1'"), "its output: it is not UTF-8");
});

posixTest("a command that cannot be started says why", async () => {
  const missing = await execOf("", { command: ["/no/such/program"] }).collect(quiet);
  assert.match(missing.sample.reason ?? "", /^it cannot be started: .*No such file/);
  assert.equal(missing.sample.exitCode, undefined);
  const nowhere = await execOf("", { work_dir: "/no/such/dir" }).collect(quiet);
  assert.match(nowhere.sample.reason ?? "", /^it cannot be started: .*\/no\/such\/dir/);
  assert.equal(nowhere.problems.length, 1);
});

posixTest("a signal of its own is told", async () => {
  const { sample } = await execOf("kill -SEGV $$").collect(quiet);
  assert.deepEqual([sample.ok, sample.reason, sample.exitCode], [false, "ended by SIGSEGV", undefined]);
});

posixTest(
  "at the timeout the whole group is killed, and what ignores SIGTERM a little later",
  () =>
    inPlainTempDir(async (dir) => {
      const clock = new FakeClock();
      const [child, self] = [join(dir, "child"), join(dir, "self")];
      const script =
        `trap "" TERM; (sleep 1000; sleep 1000) & echo $! >${child}; echo a 1; echo $$ >${self}; wait; wait`;
      const reading = execOf(script, { timeout: new Duration(10_000) }, clock).collect(quiet);
      const pids = [await readPid(child), await readPid(self)];
      await clock.advance(9_999);
      assert.deepEqual(pids.map(isThere), [true, true]);
      await clock.advance(1);
      assert.deepEqual(pids.map(isThere), [true, true], "SIGTERM is ignored");
      await clock.advance(1_000);
      const { sample, problems } = await reading;
      await until(() => !pids.some(isThere));
      assert.deepEqual([sample.ok, sample.reason, sample.exitCode], [false, "timed out after 10s", undefined]);
      assert.deepEqual([sample.families, problems], [[], ["timed out after 10s"]]);
      assert.equal(clock.sleeping, 0);
    }),
);

posixTest("a command that ends decently at SIGTERM is not waited for", () =>
  inPlainTempDir(async (dir) => {
    const clock = new FakeClock();
    const ready = join(dir, "ready");
    const script = `trap "exit 0" TERM; echo $$ >${ready}; while :; do sleep 0.01; done`;
    const reading = execOf(script, {}, clock).collect(quiet);
    await readPid(ready);
    await clock.advance(10_000);
    assert.equal((await reading).sample.reason, "timed out after 10s");
  }));

posixTest("more output than allowed kills the command, on stdout and on stderr", async () => {
  for (const script of ["yes", "yes >&2"]) {
    const { sample, problems } = await execOf(script, { max_output: new ByteSize(4096) }).collect(quiet);
    assert.deepEqual([sample.ok, sample.reason], [false, "printed more than 4KiB"]);
    assert.equal(problems.length, 1);
  }
  const exact = `head -c 4096 /dev/zero | tr "\\0" "\\n"`;
  assert.equal((await execOf(exact, { max_output: new ByteSize(4096) }).collect(quiet)).sample.ok, true);
});

posixTest(
  "what a command leaves behind is killed, and does not delay it for ever",
  () =>
    inPlainTempDir(async (dir) => {
      for (const redirection of ["", ">/dev/null 2>&1"]) {
        const file = join(dir, `pid${redirection.length}`);
        const { sample } = await execOf(`sleep 1000 ${redirection} & echo $! >${file}; echo a 1`).collect(quiet);
        assert.equal(sample.ok, true);
        assert.equal(sample.families.length, 1);
        const pid = await readPid(file);
        await until(() => !isThere(pid));
      }
    }),
);

posixTest("an aborted collection and a closed collector kill the run", () =>
  inPlainTempDir(async (dir) => {
    for (const way of ["abort", "close"]) {
      const file = join(dir, way);
      const exec = execOf(`echo $$ >${file}; exec sleep 1000`);
      const aborting = new AbortController();
      const reading = assert.rejects(async () => await exec.collect(aborting.signal), /stopped|enough/);
      const pid = await readPid(file);
      if (way === "abort") aborting.abort(new Error("enough"));
      else exec.close?.();
      await reading;
      assert.equal(isThere(pid), false);
    }
  }));

Deno.test({
  name: "on Windows a command is run, and killed at its timeout",
  ignore: Deno.build.os !== "windows",
}, async () => {
  const good = await execOf("", { command: ["cmd", "/c", "echo a 1"] }).collect(quiet);
  assert.deepEqual([good.sample.ok, good.sample.families.length, good.problems], [true, 1, []]);
  const endless = ["cmd", "/c", "for /l %i in (0,0,1) do @rem"];
  const killed = await execOf("", { command: endless, timeout: new Duration(300) }).collect(quiet);
  assert.deepEqual([killed.sample.ok, killed.sample.reason], [false, "timed out after 300ms"]);
});

/** In a process of its own, where no other test opens files or starts processes. */
const MANY_RUNS = `
  import { createExec } from ${JSON.stringify(new URL("./collect.ts", import.meta.url).href)};
  import { ByteSize, Duration, systemClock } from ${
  JSON.stringify(new URL("../../../core/mod.ts", import.meta.url).href)
};
  const exec = createExec({ name: "shop", command: ["/bin/sh", "-c", "echo a 1; sleep 1000 & exit 0"], format: "prometheus",
    timeout: new Duration(10_000), max_output: new ByteSize(1024), work_dir: "" }, { clock: systemClock });
  const openFiles = () => [...Deno.readDirSync("/proc/self/fd")].length;
  await exec.collect(new AbortController().signal);
  const before = openFiles();
  for (let i = 0; i < 5; i++) await exec.collect(new AbortController().signal);
  const children = Deno.readTextFileSync("/proc/self/task/" + Deno.pid + "/children");
  // The pipes of the last run are closed a moment later.
  console.log(JSON.stringify({ leaks: openFiles() - before >= 5, children }));`;

Deno.test({
  name: "after many runs nothing remains: no process, no open file",
  ignore: Deno.build.os !== "linux",
}, () =>
  inPlainTempDir(async (dir) => {
    const script = join(dir, "script.ts");
    await Deno.writeTextFile(script, MANY_RUNS);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script],
    }).output();
    assert.equal(new TextDecoder().decode(stdout), '{"leaks":false,"children":""}\n', new TextDecoder().decode(stderr));
  }));
