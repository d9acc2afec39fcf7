import assert from "node:assert/strict";
import { openFilesWith } from "../../tests/helpers/open_files.ts";
import { createPtys, loginAccount, type PtyOptions, type Ptys, ptyTrouble } from "./mod.ts";
import { isGone } from "./launch_testing.ts";
import { until } from "./testing.ts";

const ignore = Deno.build.os !== "linux";
const encoder = new TextEncoder();

interface Opened {
  readonly ptys: Ptys;
  text: string;
  bytes: number;
  drains: number;
  open(script: string, over?: Partial<PtyOptions>): ReturnType<Ptys["open"]>;
}

async function withPtys(use: (opened: Opened) => Promise<void>): Promise<void> {
  const ptys = createPtys();
  const decoder = new TextDecoder();
  const opened: Opened = {
    ptys,
    text: "",
    bytes: 0,
    drains: 0,
    open: (script, over = {}) =>
      ptys.open({
        argv: ["/bin/sh", "-c", script],
        cwd: "/",
        env: { PATH: "/usr/bin:/bin" },
        user: "",
        cols: 80,
        rows: 24,
        jobName: "",
        onData(bytes) {
          opened.bytes += bytes.length;
          if (opened.bytes < 1_000_000) opened.text += decoder.decode(bytes, { stream: true });
        },
        onDrain: () => void opened.drains++,
        ...over,
      }),
  };
  try {
    await use(opened);
  } finally {
    ptys.close();
  }
}

const openFiles = () => openFilesWith((path) => path.endsWith("/ptmx"));

Deno.test("a host says whether it has terminals", () => {
  const { os } = Deno.build;
  assert.equal(ptyTrouble()?.code, os === "darwin" ? "unsupported" : undefined);
});

Deno.test({ name: "a login account has a home and a shell; no such user is none", ignore }, () => {
  const own = loginAccount("");
  assert.deepEqual([own?.uid, own?.shell.startsWith("/"), own?.home.startsWith("/")], [Deno.uid(), true, true]);
  assert.deepEqual(loginAccount(String(own?.uid)), own);
  assert.equal(loginAccount("nobody-has-this-name"), null);
});

Deno.test({ name: "all that was printed comes before the exit code", ignore }, () =>
  withPtys(async (opened) => {
    const pty = opened.open("stty -opost; tty; stty size; seq 1 20000; exit 5", { cols: 132, rows: 50 });
    assert.deepEqual(await pty.exited, { code: 5 });
    assert.match(opened.text, /^\/dev\/pts\/\d+\n50 132\n1\n2\n/);
    assert.ok(opened.text.endsWith("\n19999\n20000\n"));
    pty.close();
    pty.resize(1, 1);
    assert.equal(pty.write(encoder.encode("x")), true);
  }));

Deno.test(
  { name: "what is typed is read, and a signal is what has ended it", ignore },
  () =>
    withPtys(async (opened) => {
      const pty = opened.open("read line; echo got $line; kill -TERM $$");
      pty.write(encoder.encode("one "));
      pty.write(encoder.encode("two\r"));
      assert.deepEqual(await pty.exited, { signal: "SIGTERM", coreDumped: false });
      assert.match(opened.text, /got one two\r\n/);
    }),
);

Deno.test(
  { name: "a paused terminal keeps its programs waiting, and a resumed one lets them go on", ignore },
  () =>
    withPtys(async (opened) => {
      const pty = opened.open("yes | head -c 3000000; echo done");
      await until(() => opened.bytes > 0);
      pty.pause();
      const paused = opened.bytes;
      const other = opened.open("echo other");
      await other.exited;
      assert.ok(opened.bytes - paused < 100, "only the other one's output has come");
      pty.resume();
      await pty.exited;
      assert.equal(opened.bytes, 4_500_000 + "done\r\nother\r\n".length); // each line end is two characters
    }),
);

Deno.test({ name: "one that ends while it is paused has still shown all", ignore }, () =>
  withPtys(async (opened) => {
    const pty = opened.open("sleep 0.05; echo last");
    pty.pause();
    assert.deepEqual(await pty.exited, { code: 0 });
    assert.equal(opened.text, "last\r\n");
  }));

Deno.test(
  { name: "a writer is told when it writes more than is read, and when there is room again", ignore },
  () =>
    withPtys(async (opened) => {
      const pty = opened.open("stty raw -echo; echo ready; read x; head -c 1000000 | wc -c");
      await until(() => opened.text.includes("ready"));
      const part = new Uint8Array(50_000).fill(120);
      let written = 0;
      while (pty.write(part)) written += part.length;
      written += part.length;
      assert.ok(written < 1_000_000, `${written} bytes`);
      assert.equal(opened.drains, 0);
      pty.write(encoder.encode("\n")); // `read` has taken all of that line, and lets the next one read
      await until(() => opened.drains > 0);
      for (let left = 1_000_000; left > 0; left -= part.length) {
        const before = opened.drains;
        if (!pty.write(part)) await until(() => opened.drains > before);
      }
      await pty.exited;
      assert.match(opened.text, /1000000/);
    }),
);

Deno.test(
  { name: "who waits to write is told when the terminal is taken away", ignore },
  () =>
    withPtys(async (opened) => {
      const pty = opened.open("stty raw -echo; echo ready; sleep 600");
      await until(() => opened.text.includes("ready"));
      while (pty.write(new Uint8Array(50_000)));
      pty.close();
      assert.equal(opened.drains, 1);
      assert.deepEqual(await pty.exited, { signal: "SIGHUP", coreDumped: false });
    }),
);

Deno.test(
  { name: "others who still print on it do not keep its end from being told", ignore },
  () =>
    withPtys(async (opened) => {
      const pty = opened.open("trap '' HUP; yes & echo $! ; sleep 0.05");
      await pty.exited;
      const [, pid = "0"] = /^(\d+)\r/m.exec(opened.text) ?? [];
      Deno.kill(Number(pid), "SIGKILL");
    }),
);

Deno.test({ name: "when the last terminal is gone nothing is left open", ignore }, async () => {
  await withPtys(async (opened) => void await opened.open("true").exited); // the libraries stay open
  await until(() => true);
  const before = openFiles();
  await withPtys(async (opened) => {
    const ptys = Array.from({ length: 5 }, () => opened.open("sleep 600"));
    assert.ok(openFiles() >= before + 5);
    for (const pty of ptys) pty.close();
    await Promise.all(ptys.map(({ exited }) => exited));
    await until(() => openFiles() <= before);
    assert.deepEqual(await opened.open("exit 3").exited, { code: 3 }, "another one can be opened all the same");
    await until(() => openFiles() <= before);
    const { identity, exited } = opened.open("sleep 600");
    opened.ptys.close();
    assert.deepEqual(await exited, {}, "nobody waits for it any more");
    await until(() => openFiles() <= before);
    await until(() => isGone(identity.pid) || Deno.readTextFileSync(`/proc/${identity.pid}/stat`).includes(") Z "));
  });
});

Deno.test(
  { name: "what cannot be started says why and leaves nothing open", ignore },
  () =>
    withPtys(async (opened) => {
      await opened.open("true").exited;
      const before = openFiles();
      const start = (over: Partial<PtyOptions>) => () => opened.open("true", over);
      assert.throws(start({ argv: ["/no/such/program"] }), { code: "not_found" });
      assert.throws(start({ argv: ["/etc"] }), { code: "forbidden" });
      assert.throws(start({ cwd: "/no/such/directory" }), { code: "not_found" });
      assert.throws(start({ user: "nobody-has-this-name" }), { code: "not_found" });
      assert.throws(start({ env: { "A=B": "" } }), { code: "invalid_input" });
      await until(() => openFiles() <= before);
    }),
);
