import assert from "node:assert/strict";
import { commandEnvironment, spawnCommand } from "./command_group.ts";
import { processIdentity } from "./process_identity.ts";
import { until } from "./testing.ts";

const ignore = Deno.build.os === "windows";
const env = { PATH: "/usr/bin:/bin" };

Deno.test("a command gets the few variables that it needs, by any spelling on Windows", () => {
  const posix = { os: "linux", privileged: false, env: { HOME: "/h", LANG: "C", TOKEN: "x", path: "y" } } as const;
  assert.deepEqual(commandEnvironment(posix), {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/h",
    LANG: "C",
  });
  assert.equal(commandEnvironment({ ...posix, env: { PATH: "/own" } }).PATH, "/own");
  const windows = { os: "windows", privileged: false, env: { Path: "C:\\w", SystemRoot: "C:\\Windows", HOME: "x" } };
  assert.deepEqual(commandEnvironment({ ...windows, os: "windows" }), { Path: "C:\\w", SystemRoot: "C:\\Windows" });
});

Deno.test({ name: "it has its own group, no input, and its output and exit code are told", ignore }, async () => {
  const script = 'cat; echo "$0 $1"; echo bad >&2; exit 7';
  const group = spawnCommand({ argv: ["/bin/sh", "-c", script, "a b", "'$x'"], cwd: "/", env });
  const [out, err, status] = await Promise.all([
    new Response(group.stdout).text(),
    new Response(group.stderr).text(),
    group.exited,
  ]);
  assert.deepEqual([out, err, status], ["a b '$x'\n", "bad\n", { code: 7, signal: null }]);
  group.kill("SIGKILL"); // nobody is left, which is no error
});

Deno.test({ name: "a signal reaches everybody of the group, and nobody else", ignore }, async () => {
  const group = spawnCommand({ argv: ["/bin/sh", "-c", "sleep 60 & echo $!; wait"], cwd: undefined, env });
  const reader = group.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const grandchild = Number((await reader.read()).value);
  assert.ok(processIdentity(grandchild));
  group.kill("SIGKILL");
  assert.equal((await group.exited).signal, "SIGKILL");
  await until(() => processIdentity(grandchild) === null);
  assert.equal((await reader.read()).done, true);
  await group.stderr.cancel();
});

const notRoot = ignore || Deno.uid() !== 0;
Deno.test({ name: "root can run it as somebody else, without root's groups", ignore: notRoot }, async () => {
  const group = spawnCommand({ argv: ["/bin/sh", "-c", "id -u; id -g; id -G"], env, uid: 65534, gid: 65534, cwd: "/" });
  const [out] = await Promise.all([new Response(group.stdout).text(), group.stderr.cancel(), group.exited]);
  assert.equal(out, "65534\n65534\n65534\n");
});

Deno.test("a program that is not there throws", () => {
  assert.throws(() => spawnCommand({ argv: ["/no/such/program"], env }), /No such file|not found|cannot find/i);
});
