import assert from "node:assert/strict";
import { FakeClock, settle } from "../../tests/helpers/fake_clock.ts";
import type { CommandGroup, ExitStatus } from "./halves.ts";
import { runCommand } from "./run_command.ts";

/** A command that does only what the test makes it do. */
function fakeGroup() {
  const exit = Promise.withResolvers<ExitStatus>();
  const signals: string[] = [];
  const pipe = () => new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 10 });
  const [stdout, stderr] = [pipe(), pipe()];
  const group: CommandGroup = {
    pid: 1,
    stdout: stdout.readable,
    stderr: stderr.readable,
    exited: exit.promise,
    kill: (signal) => void signals.push(signal),
  };
  return {
    group,
    signals,
    exit: exit.resolve,
    stdout: stdout.writable.getWriter(),
    stderr: stderr.writable.getWriter(),
  };
}

const limits = { timeoutMs: 5_000, maxOutputBytes: 8 };
const quiet = new AbortController().signal;

Deno.test("a command that cannot be killed is given up, and said to be there still", async () => {
  const clock = new FakeClock();
  const { group, signals } = fakeGroup();
  const result = runCommand(group, limits, clock, quiet);
  await clock.advance(5_000 + 1_000 + 1_000 + 400);
  const { killedFor, status } = await result;
  assert.deepEqual([killedFor, status, signals], ["timeout", null, ["SIGTERM", "SIGKILL", "SIGKILL"]]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("pipes that somebody else holds are let go of", async () => {
  const clock = new FakeClock();
  const { group, exit, stdout } = fakeGroup();
  const result = runCommand(group, limits, clock, quiet);
  await stdout.write(new TextEncoder().encode("a 1\n"));
  exit({ code: 0, signal: null });
  await clock.advance(400);
  const { killedFor, stdout: bytes } = await result;
  assert.deepEqual([killedFor, new TextDecoder().decode(bytes)], [null, "a 1\n"]);
  assert.equal(clock.sleeping, 0);
});

Deno.test("too much output that arrives with the end is too much all the same", async () => {
  const clock = new FakeClock();
  const { group, exit, stdout, stderr } = fakeGroup();
  exit({ code: 0, signal: null });
  const result = runCommand(group, limits, clock, quiet);
  await stdout.write(new Uint8Array(9));
  await Promise.all([stdout.close().catch(() => {}), stderr.close()]); // the reader may be gone already
  await settle();
  assert.equal((await result).killedFor, "output");
});

Deno.test("of much output the end can be kept, which then may be of any length", async () => {
  const { group, exit, stdout, stderr } = fakeGroup();
  const result = runCommand(group, { ...limits, maxOutputBytes: Infinity, tailBytes: 4 }, new FakeClock(), quiet);
  const write = (text: string) => stdout.write(new TextEncoder().encode(text));
  await write("abcdef");
  await write("g");
  await write("hi");
  await stderr.write(new TextEncoder().encode("no"));
  await Promise.all([stdout.close(), stderr.close()]);
  exit({ code: 1, signal: null });
  const { killedFor, stdout: out, stderr: err } = await result;
  assert.deepEqual([killedFor, new TextDecoder().decode(out), new TextDecoder().decode(err)], [null, "fghi", "no"]);
});
