import assert from "node:assert/strict";
import { join } from "node:path";
import { until } from "../helpers/host.ts";
import { inTempDir } from "../helpers/temp_dir.ts";
import type { TerminalClient } from "../helpers/terminal_client.ts";
import { type TerminalsHost, withTerminals } from "../helpers/terminals.ts";
import { createLauncher, ptyTrouble } from "../../src/platform/mod.ts";

// What Wine cannot show: that a program takes the console's own input and outputs for its standard ones without being
// told (there the shell is a batch file that tells it), that a new size is heard of (ResizePseudoConsole is not
// implemented), and Ctrl+C.
const ignore = Deno.build.os !== "windows";
const SHELL = "@echo off\r\ncmd.exe /q <CONIN$ >CONOUT$ 2>&1\r\n";

function shellTest(name: string, use: (host: TerminalsHost, dir: string) => Promise<void>): void {
  const fn = () =>
    inTempDir(async (dir) => {
      const shell = join(dir, "shell.cmd");
      await Deno.writeTextFile(shell, SHELL);
      await withTerminals({ sets: [`terminal.shell=${shell}`] }, (host) => use(host, dir));
    });
  Deno.test({ name, ignore, fn });
}

/** Types a command line and gives all that is shown until its end. */
async function shown(guest: TerminalClient, command: string): Promise<string> {
  const since = guest.text.length;
  const word = crypto.randomUUID().slice(0, 8);
  await guest.type(`${command} & echo end-^${word}\r`);
  await guest.untilText(`end-${word}`, since);
  return guest.text.slice(since);
}

Deno.test({ name: "this Windows has pseudo consoles", ignore }, () => assert.equal(ptyTrouble(), null));

shellTest("a shell shows what it prints, takes what is typed, and tells how it has ended", async ({ shell, list }) => {
  const guest = await shell({ cols: 100, rows: 30 });
  const text = await shown(guest, "echo %FARHAND_TERMINAL%-%TERM%");
  assert.ok(text.includes(`${guest.id}-xterm-256color`), text);
  assert.equal((await list())[0]?.user, Deno.env.get("USERNAME"));
  await guest.resize(120, 40);
  await until(async () => (await list())[0]?.cols === 120, "the new size is noted");
  await guest.type("exit 7\r");
  assert.equal(await guest.over, null);
  assert.deepEqual([guest.exit?.exitCode, guest.exit?.reason], [7, "the shell has ended"]);
  assert.deepEqual(await list(), []);
});

shellTest("who comes back goes on where he was", async (host) => {
  const guest = await host.shell();
  await shown(guest, "set KEPT=yes");
  host.cut();
  await guest.over;
  const back = await host.attach(guest.id, { from: guest.position });
  assert.match(await shown(back, "echo kept-%KEPT%"), /kept-yes/);
});

shellTest("a long output comes whole", async ({ shell }, dir) => {
  const file = join(dir, "long.txt");
  await Deno.writeTextFile(file, Array.from({ length: 5_000 }, (_, at) => `line ${at}\r\n`).join(""));
  const guest = await shell();
  await shown(guest, `type "${file}"`);
  assert.match(guest.text, /line 4999/);
});

shellTest("ending a terminal leaves nothing of it", async ({ shell, end, list }) => {
  const guest = await shell();
  await shown(guest, "start /b cmd.exe /c ping -n 600 127.0.0.1");
  const launcher = createLauncher();
  try {
    const tree = { leader: null, marker: "", cgroup: "", jobName: `farhand-terminal-${guest.id}` };
    const count = () => (launcher.members([tree])[0] ?? []).length;
    assert.ok(count() >= 3, `${count()} processes`);
    assert.equal((await end(guest.id)).reason, "ended by alice");
    assert.equal(count(), 0);
    await guest.over;
    assert.deepEqual(await list(), []);
  } finally {
    launcher.close();
  }
});

shellTest("ten at once", async (host) => {
  const guests = await Promise.all(Array.from({ length: 10 }, () => host.shell()));
  await Promise.all(guests.map(async (guest, at) => {
    assert.match(await shown(guest, `set /a ${at}+1000`), new RegExp(String(at + 1000)));
  }));
  await Promise.all(guests.map(({ id }) => host.end(id)));
  for (const guest of guests) assert.equal(await guest.over, null);
});

Deno.test(
  { name: "another user's terminal is not to be had, which is told", ignore },
  () =>
    withTerminals({ sets: ["terminal.user=somebody"] }, async ({ client }) => {
      const body = { cols: 80, rows: 24 };
      await assert.rejects(client.call("/v1/terminals", { method: "POST", body }), { code: "unsupported" });
    }),
);
