import assert from "node:assert/strict";
import { IS_LINUX, runs, until } from "../helpers/host.ts";
import { type Managed, managed } from "../helpers/managed.ts";
import { userShell as shell } from "../helpers/user_shell.ts";

const TERMINAL_ON = "policy:\n  terminal: on\nterminal:\n  shell: /bin/sh\n";
interface Listed {
  readonly id: string;
  readonly guests: { readonly actor: string; readonly mode: string }[];
}

async function listed(world: Managed): Promise<Listed[]> {
  return JSON.parse((await world.expectUser(0, ["shell", "web-1", "--list", "--json"])).stdout).terminals;
}

interface Recorded {
  readonly id: string;
  readonly endedMs?: number;
  readonly reason: string;
}

async function recordings(world: Managed): Promise<Recorded[]> {
  return (await world.api("/api/v1/recordings")).envelope.data.recordings as Recorded[];
}

async function castOf({ dataDir }: Managed, id: string): Promise<string> {
  const lines = (await Deno.readTextFile(`${dataDir}/recordings/${id}.cast`)).split("\n").slice(1, -1);
  return lines.map((line) => JSON.parse(line)).filter(([, code]) => code === "o").map(([, , text]) => text).join("");
}

function inShell(name: string, play: (world: Managed) => Promise<void>): void {
  managed(name, async (world) => {
    // deno-lint-ignore no-console
    if (!IS_LINUX) return console.log("skipped: script has other options here");
    await play(world);
  });
}

inShell(
  "a shell on a host: its size, what is typed, its exit code; the terminal is as it was, and all is recorded",
  async (world) => {
    await world.host("web-1", TERMINAL_ON);
    const terminal = await shell(world, "web-1");
    if (terminal === null) return;
    await terminal.shows("[what this terminal shows is recorded; ~. leaves, ~? helps]");
    await terminal.press("stty size; echo $TERM-é\r");
    await terminal.shows(/30 100\r\nxterm-256color-é\r\n/);
    await terminal.resize(120, 40);
    await terminal.press("stty size\r");
    await terminal.shows("40 120");
    await terminal.press("\r~?");
    await terminal.shows("leave; the terminal goes on");
    await terminal.press("sleep 1000\r");
    await terminal.shows("sleep 1000");
    await terminal.press("\x03");
    await terminal.press("exit 7\r");
    assert.deepEqual(await terminal.ended(), { code: 7, isRestored: true });
    assert.deepEqual(await listed(world), []);
    await until(async () => (await recordings(world))[0]?.endedMs !== undefined, "the recording has ended");
    const [recording] = await recordings(world);
    const cast = await castOf(world, recording?.id ?? "");
    for (const text of ["30 100\r\n", "40 120\r\n", "-é\r\n"]) assert.ok(cast.includes(text), cast);
    const { entries } = JSON.parse((await world.manager(["audit", "list", "--json"])).stdout);
    const told = entries.map(({ actor, result, action }: Record<string, string>) => `${actor} ${result} ${action}`);
    for (const action of ["open", "attach", "leave"]) {
      assert.ok(
        told.includes(`ada ok terminal.${action}`),
        told.join(),
      );
    }
  },
);

inShell("who leaves comes back to what goes on, and others look on without typing", async (world) => {
  await world.host("web-1", TERMINAL_ON);
  const first = await shell(world, "web-1");
  if (first === null) return;
  await first.shows("is recorded");
  await first.press("x=kept; printf '\\033[?1049h'; echo inside\r");
  await first.shows("inside");
  await first.press("\r~.");
  const { code, isRestored } = await first.ended();
  assert.deepEqual([code, isRestored], [0, true]);
  const id = /agent shell web-1 --attach (\S+)/.exec(first.text)?.[1] ?? "";
  assert.ok(first.text.indexOf("\x1b[?1049l") < first.text.indexOf("Left. The terminal lives on"), first.text);
  assert.ok(first.text.includes("\x1b[?1049l"), "the other screen is left");
  assert.deepEqual((await listed(world)).map((each) => [each.id, each.guests]), [[id, []]]);

  const again = await shell(world, "web-1", "--attach", id.slice(0, 8));
  await again?.shows("inside");
  const view = await shell(world, "web-1", "--view", id);
  await view?.shows("inside");
  await view?.press("echo from-the-view\r");
  await again?.press("echo $x-$((6*7))\r");
  await again?.shows("kept-42");
  await view?.shows("kept-42");
  assert.equal(again?.text.includes("from-the-view"), false);
  const table = (await world.expectUser(0, ["shell", "web-1", "--list"])).stdout;
  assert.match(table, /^ID +OPENED BY +USER .*\n.* ada .*ada.*\(views\)/);
  await view?.press("\x03");
  assert.deepEqual(await view?.ended(), { code: 0, isRestored: true });
  await again?.press("exit\r");
  assert.deepEqual(await again?.ended(), { code: 0, isRestored: true });
  assert.equal((await recordings(world)).length, 1, "one terminal is one recording");
  const missing = await shell(world, "web-1", "--attach", id);
  assert.deepEqual(await missing?.ended(), { code: 1, isRestored: true });
  assert.match(missing?.text ?? "", /There is no terminal/);
});

inShell("a manager that is killed: the shell comes back by itself, and what was recorded is there", async (world) => {
  await world.host("web-1", TERMINAL_ON);
  const terminal = await shell(world, "web-1");
  if (terminal === null) return;
  await terminal.shows("is recorded");
  await terminal.press("echo before-$((40+2))\r");
  await terminal.shows("before-42");
  const [{ id } = { id: "" }] = await recordings(world);
  await until(async () => (await castOf(world, id)).includes("before-42"), "it is on the disk");
  const pid = await world.managerPid();
  Deno.kill(pid, "SIGKILL");
  await until(() => !runs(pid), "the manager is gone");
  await terminal.shows("attaching again");
  await world.start();
  await terminal.shows("[attached again]", 60_000);
  await terminal.press("echo after-$((40+3))\r");
  await terminal.shows("after-43");
  await terminal.press("exit 3\r");
  assert.deepEqual(await terminal.ended(), { code: 3, isRestored: true });
  await until(async () => (await recordings(world)).every(({ endedMs }) => endedMs !== undefined), "both have ended");
  const [later, earlier] = await recordings(world);
  assert.deepEqual([earlier?.id, earlier?.reason], [id, "the manager has ended meanwhile"]);
  assert.ok((await castOf(world, id)).includes("before-42"));
  assert.ok((await castOf(world, later?.id ?? "")).includes("after-43"));
  assert.equal(terminal.text.split("before-42").length, 2, "nothing is shown twice");
});

inShell(
  "what a host does not allow is refused with the line that would allow it, and no terminal is touched",
  async (world) => {
    await world.host("web-1");
    const terminal = await shell(world, "web-1");
    if (terminal === null) return;
    assert.deepEqual(await terminal.ended(), { code: 4, isRestored: true });
    assert.match(terminal.text, /policy\.terminal: on/);
    const piped = await world.expectUser(2, ["shell", "web-1"]);
    assert.match(piped.stderr, /agent exec web-1 -- COMMAND/);
  },
);

inShell("a signal ends it, and leaves the user's terminal as it was", async (world) => {
  await world.host("web-1", TERMINAL_ON);
  const terminal = await shell(world, "web-1");
  if (terminal === null) return;
  await terminal.shows("is recorded");
  const processes = await world.managerWorld.processes();
  const found = processes.find(({ argv }) => / shell web-1$/.test(argv) && !/script|stty/.test(argv));
  assert.ok(found, JSON.stringify(processes));
  Deno.kill(found.pid, "SIGTERM");
  assert.deepEqual(await terminal.ended(), { code: 130, isRestored: true });
  assert.equal((await listed(world)).length, 1, "the terminal lives on");
});
