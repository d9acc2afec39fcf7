/** Real shells on real terminals, through a tunnel. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { exists, IS_LINUX, IS_ROOT, NOBODY, procStat, runs, until } from "../helpers/host.ts";
import { openFilesWith } from "../helpers/open_files.ts";
import { inTempDir } from "../helpers/temp_dir.ts";
import type { TerminalClient } from "../helpers/terminal_client.ts";
import { type TerminalsHost, withTerminals } from "../helpers/terminals.ts";
import type { TerminalView } from "../../src/protocol/mod.ts";

const ignore = !IS_LINUX;
const LOGIN_SHELL = "terminal.shell=/bin/bash";
/** Without what this host's owner has in his profile; it is no login shell by its name. */
const PLAIN_SHELL = "#!/bin/sh\nexec /bin/bash --noprofile --norc -i\n";
const CTRL_C = "\x03";
const CTRL_Z = "\x1a";
const PROMPT = /bash-[\d.]+[#$] $/;
/** A command that was pasted is run: the shell takes no more of it as pasted, and the command prints. */
const DONE = /\[\?2004l\rone\r\n/;
const ESCAPE = "\x1b";

function shellTest(
  name: string,
  use: (host: TerminalsHost, dir: string) => Promise<void>,
  { sets = [], ignored = false }: { readonly sets?: readonly string[]; readonly ignored?: boolean } = {},
): void {
  const fn = () =>
    inTempDir(async (dir) => {
      const shell = join(dir, "plain_shell");
      await Deno.writeTextFile(shell, PLAIN_SHELL, { mode: 0o700 });
      await withTerminals({ sets: [`terminal.shell=${shell}`, ...sets] }, (host) => use(host, dir));
    });
  Deno.test({ name, ignore: ignore || ignored, fn });
}

/** The same for a program that not every host has. */
function programTest(program: string, name: string, use: (host: TerminalsHost, dir: string) => Promise<void>): void {
  const ignored = !["/usr/bin", "/bin"].some((dir) => {
    try {
      return Deno.statSync(`${dir}/${program}`).isFile;
    } catch {
      return false; // it is not there
    }
  });
  shellTest(`${name}${ignored ? ` (left out: there is no ${program} on this host)` : ""}`, use, { ignored });
}

/** The number that a command prints. */
async function numberOf(guest: TerminalClient, command: string): Promise<number> {
  return Number(await guest.run(command));
}

shellTest("a shell knows its terminal's size, and is told when that changes", async ({ shell }) => {
  const guest = await shell({ cols: 100, rows: 30 });
  assert.equal(await guest.run("stty size"), "30 100\n");
  await guest.run("trap 'echo changed to $(stty size)' WINCH");
  const since = guest.text.length;
  await guest.resize(132, 43);
  await guest.untilText("changed to 43 132", since);
});

shellTest("a shell is a login shell at home, with a clean environment", async ({ shell, set }) => {
  await set(LOGIN_SHELL);
  const guest = await shell();
  const shown = await guest.run("shopt -q login_shell && echo login; pwd; env | sort; tty; stty -a");
  assert.match(shown, /^login\n/);
  assert.match(shown, new RegExp(`\\nHOME=${Deno.env.get("HOME")}\\n`));
  for (
    const line of ["TERM=xterm-256color", "COLORTERM=truecolor", "SHELL=/bin/bash", `FARHAND_TERMINAL=${guest.id}`]
  ) {
    assert.ok(shown.includes(`\n${line}\n`), line);
  }
  assert.match(shown, /\n\/dev\/pts\/\d+\n[^]* iutf8/);
});

shellTest("job control works: a program is stopped, goes on, and is interrupted", async ({ shell }) => {
  const guest = await shell();
  await guest.type("sleep 600\r");
  const pid = async () => (await numberOf(guest, "pgrep -f '^sleep 600$' -t $(tty | cut -c 6-)"));
  await until(async () => (await stateOfForeground(guest)) === "sleep", "it runs");
  let since = guest.text.length;
  await guest.type(CTRL_Z);
  await guest.untilText(/\[1\]\+\s+Stopped\s+sleep 600/, since);
  const sleeping = await pid();
  assert.equal(procStat(sleeping)?.state, "T");
  since = guest.text.length;
  await guest.type("fg\r");
  await until(() => procStat(sleeping)?.state === "S", "it goes on");
  await guest.type(CTRL_C);
  await until(() => !runs(sleeping), "it has ended");
  assert.equal(await guest.run("echo code=$?"), "code=130\n");
});

/** The name of the program that has the terminal of a guest's shell. */
async function stateOfForeground(guest: TerminalClient): Promise<string> {
  const id = (guest as TerminalClient & { id: string }).id;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environ = await Deno.readTextFile(`/proc/${name}/environ`).catch(() => ""); // it has ended
    if (!environ.includes(`FARHAND_TERMINAL=${id}`)) continue;
    const comm = (await Deno.readTextFile(`/proc/${name}/comm`).catch(() => "")).trim();
    if (comm !== "bash") return comm;
  }
  return "";
}

shellTest("characters of many bytes come whole, both ways, however they are cut", async ({ shell }) => {
  const guest = await shell();
  assert.equal(await guest.run("echo 'größer 你好 🐧' | tr -d ' '"), "größer你好🐧\n");
  const shown = await guest.run("for i in $(seq 20000); do printf '你好🐧ü'; done; echo");
  assert.equal(shown, `${"你好🐧ü".repeat(20_000)}\n`);
  assert.ok(!guest.text.includes("\ufffd"));
});

shellTest("colours and pasting as a whole are passed on as they are", async ({ shell }) => {
  const guest = await shell();
  const shown = await guest.run("printf '\\e[38;2;1;2;3mtrue\\e[0m\\n'");
  assert.equal(shown, "\x1b[38;2;1;2;3mtrue\x1b[0m\n");
  const since = guest.text.length;
  await guest.type("\x1b[200~echo one\recho two\x1b[201~");
  await guest.untilText("echo two", since);
  assert.doesNotMatch(guest.text.slice(since), DONE, "what is pasted waits for the return key");
  await guest.type("\r");
  await guest.untilText(DONE, since);
  await guest.untilText(/\ntwo\r\n/, since);
});

shellTest("titles are told as they change", async ({ shell, list }) => {
  const guest = await shell();
  await guest.run("printf '\\e]0;deploy on web-1\\a'");
  await until(async () => (await list())[0]?.title === "deploy on web-1", "it is listed");
  await until(() => guest.states.at(-1)?.terminal.title === "deploy on web-1", "it is told");
});

shellTest(
  "much that is typed at once arrives whole, and a program that reads nothing keeps nobody else waiting",
  async (host) => {
    const guest = await host.shell();
    const bytes = 3_000_000;
    const since = guest.text.length;
    await guest.type(`stty raw -echo; echo rea''dy; head -c ${bytes} | wc -c; stty sane\r`);
    await guest.untilText("ready", since);
    const part = "x".repeat(60_000);
    for (let sent = 0; sent < bytes; sent += part.length) await guest.type(part);
    await guest.untilText(new RegExp(`\\n${bytes}`), since);
    await guest.type("stty raw -echo; sleep 600\r");
    const other = await host.shell();
    const flood = (async () => {
      for (let sent = 0; sent < 100; sent++) await guest.type(part);
    })().catch(() => {}); // the terminal is ended below
    assert.equal(await other.run("echo $((6*7))"), "42\n");
    await host.end(guest.id);
    await flood;
  },
);

shellTest("a program that prints without end is interrupted at once", async ({ shell }) => {
  const guest = await shell({ keepsText: false });
  await guest.type("yes\r");
  await until(() => guest.outputBytes > 20_000_000, "much has come");
  await guest.type(CTRL_C);
  let before = -1;
  await until(
    () => {
      const isQuiet = guest.outputBytes === before;
      before = guest.outputBytes;
      return isQuiet;
    },
    "nothing comes any more",
    5_000,
  );
  await guest.type("exit 4\r");
  await guest.over;
  assert.deepEqual([guest.exit?.exitCode, guest.gaps], [4, []]);
});

shellTest("who comes back goes on where he was, with all that was printed meanwhile", async (host) => {
  const guest = await host.shell();
  await guest.run("cd /tmp; x=kept");
  const since = guest.text.length;
  await guest.type("for i in 1 2 3 4 5; do sleep 0.1; echo step-$i; done\r");
  await guest.untilText("step-1\r", since);
  const { position } = guest;
  host.cut();
  await guest.over;
  const back = await host.attach(guest.id, { from: position });
  await back.untilText("step-5\r");
  assert.equal(
    `${guest.text.slice(since)}${back.text}`.match(/step-\d\r/g)?.join(""),
    "step-1\rstep-2\rstep-3\rstep-4\rstep-5\r",
  );
  assert.equal(await back.run("echo $x $PWD"), "kept /tmp\n");
});

shellTest("the end of a shell tells its code, or what has ended it", async ({ shell }) => {
  const exits = await Promise.all(["exit 7", "kill -KILL $$", "exec true"].map(async (command) => {
    const guest = await shell();
    await guest.type(`${command}\r`);
    assert.equal(await guest.over, null);
    return guest.exit;
  }));
  assert.deepEqual(exits, [
    { exitCode: 7, reason: "the shell has ended" },
    { signal: "SIGKILL", reason: "the shell was ended by SIGKILL" },
    { exitCode: 0, reason: "the shell has ended" },
  ]);
});

shellTest("ending a terminal leaves nothing of it, whatever its programs think of signals", async ({ shell, end }) => {
  const guest = await shell();
  await guest.run("nohup sleep 600 >/dev/null 2>&1 & (trap '' HUP TERM INT; sleep 600; sleep 600) & echo");
  await guest.run("bash -c 'setsid -w sleep 600' & sleep 600 & kill -STOP $!; echo");
  await guest.type("bash -c 'trap \"\" HUP; while :; do sleep 0.01; done'\r");
  await until(async () => (await pidsOf(guest.id)).length >= 9, "all of it runs");
  const pids = await pidsOf(guest.id);
  const exit = await end(guest.id);
  assert.equal(exit.reason, "ended by alice");
  await until(() => pids.every((pid) => !runs(pid)), "all of it has ended");
  assert.deepEqual(await pidsOf(guest.id), []);
});

shellTest(
  "a daemon that was started from there lives on, and so does what a shell that ends by itself leaves",
  async (host) => {
    const guest = await host.shell();
    const daemon = async (seconds: number) => {
      await guest.run(`setsid -f sleep ${seconds} </dev/null >/dev/null 2>&1`);
      const pids = () => pidsNaming(guest.id, `sleep\0${seconds}`);
      await until(async () => (await pids()).length === 1, "it runs");
      return (await pids())[0] ?? 0;
    };
    const [first, second] = [await daemon(4_001), await daemon(4_002)];
    try {
      await guest.run("nohup sleep 4003 >/dev/null 2>&1 & echo");
      await guest.type("exit\r");
      await guest.type("exit\r"); // there are jobs, which the first one is told of
      await guest.over;
      const left = await pidsNaming(guest.id, "sleep\x004003");
      assert.equal(left.length, 1);
      for (const pid of left) Deno.kill(pid, "SIGKILL");
      const other = await host.shell();
      await other.run("setsid -f sleep 4004 </dev/null >/dev/null 2>&1");
      await until(async () => (await pidsNaming(other.id, "sleep\x004004")).length === 1, "it runs");
      const [third = 0] = await pidsNaming(other.id, "sleep\x004004");
      await host.end(other.id);
      assert.ok(runs(third), "a daemon has left the terminal");
      Deno.kill(third, "SIGKILL");
    } finally {
      for (const pid of [first, second]) Deno.kill(pid, "SIGKILL");
    }
  },
);

shellTest("fifty terminals at once take no thread each, and leave nothing behind", async (host) => {
  const threads = () => [...Deno.readDirSync("/proc/self/task")].length;
  const files = () => openFilesWith((path) => path.endsWith("/ptmx"));
  const first = await host.shell();
  await first.run("true");
  const [before, filesBefore] = [threads(), files()];
  const opened: TerminalView[] = [];
  for (let count = 0; count < 49; count++) opened.push(await host.open({ cols: 80, rows: 24 }, `user-${count}`));
  const guests = await Promise.all(opened.map(({ id }) => host.attach(id)));
  await Promise.all(
    guests.map(async (guest, at) => assert.equal(await guest.run(`echo $((${at}+1000))`), `${at + 1000}\n`)),
  );
  // Other tests of this process have threads too, but not one for each terminal of this one.
  assert.ok(threads() <= before + 20, `${before} threads before, ${threads()} with fifty terminals`);
  await Promise.all(opened.map(({ id }) => host.end(id)));
  for (const guest of guests) await guest.over;
  await until(() => files() <= filesBefore, "their files are closed");
  assert.equal((await host.list()).length, 1);
  for (const { id } of opened) assert.deepEqual(await pidsOf(id), []);
}, { sets: ["terminal.max_sessions=50"] });

Deno.test({
  name: "root can give it to another user, with that one's groups, home and terminal",
  ignore: ignore || !IS_ROOT,
  fn: () =>
    withTerminals({ sets: [LOGIN_SHELL, `terminal.user="${NOBODY}"`] }, async ({ shell, list }) => {
      const guest = await shell();
      const shown = await guest.run("id -u; id -G; echo mine >$(tty); echo $USER; cd /root; stat -c %U $(tty)");
      const [uid, groups, mine, user] = shown.split("\n");
      assert.deepEqual([uid, mine, user], [String(NOBODY), "mine", "nobody"]);
      assert.doesNotMatch(groups ?? "", /\b0\b/);
      assert.match(shown, /Permission denied[^]*\nnobody\n/);
      assert.equal((await list())[0]?.user, "nobody");
    }),
});

shellTest("what cannot be opened says why", async ({ client, set, list }) => {
  const refusal = async (code: string, message: RegExp, ...sets: string[]) => {
    await set(...sets);
    const body = { cols: 80, rows: 24 };
    await assert.rejects(client.call("/v1/terminals", { method: "POST", body }), { code, message });
  };
  await refusal("not_found", /there is no such user/, "terminal.user=nobody-has-this-name");
  await refusal("not_found", /\/no\/such\/shell: there is no such file/, "terminal.shell=/no/such/shell");
  await refusal("forbidden", /may not be executed/, "terminal.shell=/etc/passwd");
  assert.deepEqual(await list(), []);
});

programTest("vim", "vim edits a file on the whole screen", async ({ shell }, dir) => {
  const guest = await shell({ cols: 90, rows: 30 });
  const file = join(dir, "note.txt");
  await guest.type(`vim -u NONE -N ${file}\r`);
  await guest.untilText("[New]");
  await guest.type("ihällo wörld");
  await guest.untilText("wörld");
  await guest.type(ESCAPE);
  await guest.type(":set lines? columns?\r");
  await guest.untilText(/lines=30[^]*columns=90/);
  const since = guest.text.length;
  await guest.type("\r");
  await guest.untilText("wörld", since);
  await guest.resize(70, 20);
  await guest.untilText("\x1b[19;1H", since); // it has drawn the last line of the text
  await guest.type(":set lines? columns?\r");
  await guest.untilText(/lines=20[^]*columns=70/);
  await guest.type("\r:wq\r");
  await until(() => exists(file), "it is saved");
  await guest.untilText(PROMPT);
  assert.equal(await Deno.readTextFile(file), "hällo wörld\n");
});

programTest("less", "less shows a page at a time and leaves the screen as it was", async ({ shell }, dir) => {
  const guest = await shell({ cols: 80, rows: 10 });
  const file = join(dir, "lines");
  await Deno.writeTextFile(file, Array.from({ length: 500 }, (_, at) => `line ${at}`).join("\n"));
  await guest.type(`less ${file}\r`);
  await guest.untilText("line 8");
  assert.ok(!guest.text.includes("line 100"));
  await guest.type("G");
  await guest.untilText("line 499");
  const since = guest.text.length;
  await guest.type("q");
  await guest.untilText(PROMPT, since); // what is typed before may be thrown away
  assert.match(await guest.run("echo back"), /back\n$/);
});

programTest("top", "top redraws by itself and ends when it is told", async ({ shell }) => {
  const guest = await shell({ cols: 100, rows: 30 });
  await guest.type("top -d 0.2\r");
  await guest.untilText(/load average[^]*load average/);
  const since = guest.text.length;
  await guest.type("q");
  await guest.untilText(PROMPT, since); // what is typed before may be thrown away
  assert.match(await guest.run("echo back"), /back\n$/);
});

programTest("tmux", "tmux runs, survives a detach, and comes back", async ({ shell }, dir) => {
  const guest = await shell({ cols: 100, rows: 30 });
  const tmux = `tmux -S ${join(dir, "socket")}`;
  try {
    await guest.type(`${tmux} new -s work\r`);
    await guest.untilText("[work]");
    await guest.type("echo in$((1+1))side\r");
    await guest.untilText("in2side");
    await guest.type("\x02d");
    await guest.untilText("[detached");
    const since = guest.text.length;
    await guest.type(`${tmux} attach\r`);
    await guest.untilText("in2side", since);
    await guest.type("\x02d");
    await guest.untilText("[detached", since);
  } finally {
    await new Deno.Command("tmux", { args: ["-S", join(dir, "socket"), "kill-server"], stderr: "null" }).output();
  }
});

function pidsOf(terminal: string): Promise<number[]> {
  return pidsNaming(terminal, "");
}

/** The living processes that were started from a terminal, and have the text in their command line. */
async function pidsNaming(terminal: string, text: string): Promise<number[]> {
  const pids: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const read = (file: string) => Deno.readTextFile(`/proc/${name}/${file}`).catch(() => ""); // it has ended
    const isOf = (await read("environ")).includes(`FARHAND_TERMINAL=${terminal}`);
    if (isOf && (await read("cmdline")).includes(text) && runs(Number(name))) pids.push(Number(name));
  }
  return pids;
}
