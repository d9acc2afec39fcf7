import assert from "node:assert/strict";
import { type Launching, ownZombies, withLauncher } from "./launch_testing.ts";
import { until } from "./testing.ts";

function test(name: string, use: (launching: Launching) => Promise<void> | void): void {
  Deno.test({ name, ignore: Deno.build.os !== "linux", fn: () => withLauncher(use) });
}

test("orphans that end are taken away, and no command loses its exit code", async ({ sh, exitOf }) => {
  const orphans = "for i in $(seq 50); do (sleep 0.1 & ) ; (setsid sleep 0.1 &) ; done; (exit 9) & exit 0";
  const codes: number[] = [];
  const commands = async () => {
    for (let code = 0; code < 25; code++) {
      const { code: seen } = await new Deno.Command("/bin/sh", { args: ["-c", `sleep 0.02; exit ${code}`] }).output();
      codes.push(seen);
    }
  };
  await Promise.all([exitOf(sh(orphans)), exitOf(sh(orphans)), commands(), commands()]);
  assert.deepEqual(codes.sort((a, b) => a - b), Array.from({ length: 50 }, (_, index) => index >> 1));
  await until(() => ownZombies().length === 0);
  const path = `/proc/self/task/${Deno.pid}/children`;
  await until(() => Deno.readTextFileSync(path).trim() === "");
});

test("a command that was started before, and ends late, keeps its exit code among orphans", async ({ sh, exitOf }) => {
  const command = new Deno.Command("/bin/sh", { args: ["-c", "sleep 0.3; exit 42"] }).spawn();
  await exitOf(sh("for i in $(seq 100); do (setsid sleep 0.25 &); done"));
  assert.equal((await command.status).code, 42);
  await until(() => ownZombies().length === 0);
});
