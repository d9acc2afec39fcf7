import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import { IS_LINUX, IS_ROOT, NOBODY } from "../../tests/helpers/host.ts";
import { scriptForAnybody } from "../../tests/helpers/other_user.ts";
import {
  eventOf,
  fillStore,
  handleNamed,
  idsOf,
  movedIn,
  reasonsOf,
  storeIn,
} from "../../tests/helpers/supervisor_store.ts";
import { inPlainTempDir, inTempDir } from "../../tests/helpers/temp_dir.ts";
import { currentOs } from "../platform/mod.ts";

const NOW = new FakeClock().nowMs();
const RETRY_MS = 5_000;

const namesIn = (dir: string) => [...Deno.readDirSync(dir)].map(({ name }) => name).sort();

/** Another process that keeps the database to itself until it is killed. */
async function lockedBy(path: string): Promise<Deno.ChildProcess> {
  const script = `
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(${JSON.stringify(path)}).exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    console.log("locked");
    setInterval(() => {}, 1_000);`;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", script], stdout: "piped" }).spawn();
  const { value } = await child.stdout.getReader().read();
  assert.match(new TextDecoder().decode(value), /^locked/);
  return child;
}

Deno.test("while another process has the database, memory has to do; then it is written", () =>
  inTempDir(async (dir) => {
    fillStore(dir);
    const other = await lockedBy(`${dir}/agent.db`);
    using test = storeIn(dir);
    const { store, clock, troubles } = test;
    assert.deepEqual([idsOf(test.store), troubles.length], [[], 1]);
    assert.match(troubles[0] ?? "", /database is locked; end the other program/);
    store.saveHandle(handleNamed("late"));
    store.dropHandle("b");
    store.dropRegistered("other");
    const { seq } = store.addEvent(eventOf("late", NOW, "late"));
    await clock.advance(RETRY_MS);
    assert.equal(troubles.length, 1, "the same reason is told once");
    other.kill("SIGKILL");
    await other.status;
    await clock.advance(RETRY_MS);
    assert.equal(troubles[1], null);
    assert.deepEqual([idsOf(test.store), store.registered().length], [["a", "c", "late"], 1]);
    assert.deepEqual([reasonsOf(store).length, reasonsOf(store).at(-1)], [41, "late"]);
    assert.deepEqual(store.events({ limit: 9, after: seq - 2 }).map((event) => event.seq), [seq - 1, seq]);
    store.close();
    assert.equal(clock.sleeping, 0);
    using next = storeIn(dir);
    assert.deepEqual([idsOf(next.store), next.store.lastSeq(), movedIn(dir)], [["a", "c", "late"], seq, []]);
  }));

Deno.test("a file or directory that was deleted while in use is made again, with all that memory has", {
  ignore: currentOs() === "windows", // where nobody can delete what is open
}, () =>
  inTempDir(async (dir) => {
    const place = `${dir}/work`;
    Deno.mkdirSync(place);
    using test = storeIn(place);
    const { store, clock, troubles } = test;
    for (const id of ["a", "b"]) store.saveHandle(handleNamed(id));
    for (const name of namesIn(place)) Deno.removeSync(`${place}/${name}`);
    await clock.advance(RETRY_MS);
    store.saveHandle(handleNamed("c"));
    assert.deepEqual([namesIn(place).includes("agent.db"), troubles], [true, []]);
    Deno.removeSync(place, { recursive: true });
    await clock.advance(RETRY_MS);
    store.dropHandle("a");
    assert.match(troubles[0] ?? "", /No such file or directory/);
    Deno.mkdirSync(place);
    await clock.advance(RETRY_MS);
    assert.deepEqual(troubles.slice(1), [null]);
    store.close();
    using next = storeIn(place);
    assert.deepEqual(idsOf(next.store), ["b", "c"]);
  }));

Deno.test("events that wait for the database are bounded, and what was lost is told", () =>
  inTempDir(async (dir) => {
    using test = storeIn(`${dir}/later`);
    const { store, clock, troubles } = test;
    for (let i = 1; i <= 1_500; i++) store.addEvent(eventOf("web", NOW, String(i)));
    assert.equal(troubles.length, 1);
    assert.deepEqual([reasonsOf(store).length, reasonsOf(store)[0]], [1_000, "501"]);
    const complete = store.completeFrom();
    assert.equal(complete, store.events({ limit: 1_000 })[0]?.seq);
    Deno.mkdirSync(`${dir}/later`);
    await clock.advance(RETRY_MS);
    assert.deepEqual([reasonsOf(store).length, store.completeFrom()], [1_000, complete]);
    assert.ok(test.logged().includes("events were forgotten while the database could not be written"));
  }));

Deno.test("what was lost while the database was out of reach is not taken for kept, although there is more before it", () =>
  inTempDir(async (dir) => {
    fillStore(dir);
    const holder = new DatabaseSync(`${dir}/agent.db`);
    holder.exec("BEGIN EXCLUSIVE");
    using test = storeIn(dir);
    const { store, clock } = test;
    for (let i = 1; i <= 1_200; i++) store.addEvent(eventOf("web", NOW, String(i)));
    holder.close();
    await clock.advance(RETRY_MS);
    const reasons = reasonsOf(store);
    assert.deepEqual([reasons.length, reasons[40], test.troubles.at(-1)], [1_040, "201", null]);
    assert.equal(store.completeFrom(), store.lastSeq() - 999);
  }));

Deno.test("close writes what had to wait", () =>
  inTempDir((dir) => {
    {
      using test = storeIn(`${dir}/later`);
      test.store.saveHandle(handleNamed("a"));
      Deno.mkdirSync(`${dir}/later`);
    }
    using next = storeIn(`${dir}/later`);
    assert.deepEqual(idsOf(next.store), ["a"]);
  }));

async function mounted(options: string, use: (dir: string) => Promise<void>): Promise<void> {
  await inTempDir(async (dir) => {
    const mount = (...args: string[]) => new Deno.Command(args[0] ?? "", { args: args.slice(1) }).outputSync();
    const { success, stderr } = mount("mount", "-t", "tmpfs", "-o", options, "tmpfs", dir);
    if (!success) return skipped(new TextDecoder().decode(stderr).trim());
    try {
      await use(dir);
    } finally {
      mount("umount", "--lazy", dir);
    }
  });
}

function skipped(reason: string): void {
  // deno-lint-ignore no-console
  console.log(`skipped: ${reason}`);
}

Deno.test("on a full disk memory goes on, what was written can be read, and the rest is written when there is room", {
  ignore: !IS_LINUX,
}, async () => {
  if (!IS_ROOT) return skipped("only root can mount a small file system");
  await mounted("size=512k", async (dir) => {
    const work = `${dir}/work`;
    Deno.mkdirSync(work, { mode: 0o700 });
    using test = storeIn(work);
    const { store, clock, troubles } = test;
    store.addEvent(eventOf("web", NOW, "first"));
    Deno.writeFileSync(`${dir}/pad`, new Uint8Array(300_000));
    let count = 1;
    while (troubles.length === 0 && count < 5_000) store.addEvent(eventOf("web", NOW, `${count++} ${"x".repeat(900)}`));
    assert.match(troubles[0] ?? "", /database or disk is full; free some space/);
    store.saveHandle(handleNamed("a"));
    store.addEvent(eventOf("web", NOW, "last"));
    assert.deepEqual([reasonsOf(store)[0], reasonsOf(store).at(-1), reasonsOf(store).length], [
      "first",
      "last",
      count + 1,
    ]);
    await clock.advance(RETRY_MS * 3);
    assert.equal(troubles.length, 1, troubles.join());
    Deno.removeSync(`${dir}/pad`);
    await clock.advance(RETRY_MS);
    assert.deepEqual(troubles.slice(1), [null]);
    store.close();
    using next = storeIn(work);
    assert.deepEqual([idsOf(next.store), reasonsOf(next.store).length, next.troubles], [["a"], count + 1, []]);
    assert.deepEqual(movedIn(work), []);
  });
});

Deno.test("on a file system that becomes read-only and writable again nothing is lost", {
  ignore: !IS_LINUX,
}, async () => {
  if (!IS_ROOT) return skipped("only root can mount");
  await mounted("size=4m", async (dir) => {
    const remount = (how: string) => new Deno.Command("mount", { args: ["-o", `remount,${how}`, dir] }).outputSync();
    fillStore(dir);
    remount("ro");
    using test = storeIn(dir);
    assert.match(test.troubles.join(), /Read-only file system/);
    test.store.saveHandle(handleNamed("late"));
    assert.deepEqual(idsOf(test.store), ["late"]);
    remount("rw");
    await test.clock.advance(RETRY_MS);
    assert.deepEqual([idsOf(test.store), test.troubles.at(-1)], [["a", "b", "c", "late"], null]);
  });
});

Deno.test("in a directory that it may not write, an agent without root's rights works from memory", {
  ignore: !IS_LINUX,
}, async () => {
  if (!IS_ROOT) return skipped("only root can be somebody else");
  await inPlainTempDir(async (dir) => {
    const module = new URL("../../tests/helpers/supervisor_store.ts", import.meta.url).pathname;
    Deno.writeTextFileSync(
      `${dir}/script.ts`,
      `
      import { eventOf, handleNamed, storeIn } from ${JSON.stringify(module)};
      const [dir] = Deno.args;
      const { store, clock, troubles } = storeIn(dir);
      store.saveHandle(handleNamed("late"));
      store.addEvent(eventOf("late", 1, "late"));
      await clock.advance(20_000);
      console.log(JSON.stringify({ ids: store.handles().map(({ id }) => id), events: store.events({ limit: 9 }).length, troubles }));
      store.close();
    `,
    );
    await using user = await scriptForAnybody(`${dir}/script.ts`);
    const work = `${user.home}/work`;
    Deno.mkdirSync(work);
    fillStore(work);
    for (const name of namesIn(work)) Deno.chmodSync(`${work}/${name}`, 0o644);
    Deno.chmodSync(work, 0o755);
    const [program, ...args] = [...user.argv, work];
    const command = new Deno.Command(program ?? "", { args, env: user.env, clearEnv: true, uid: NOBODY, gid: NOBODY });
    const { stdout, stderr, success } = await command.output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const { ids, events, troubles } = JSON.parse(new TextDecoder().decode(stdout));
    assert.deepEqual([ids, events, troubles.length], [["late"], 1, 1]);
    assert.match(troubles[0], /Permission denied.*; whoever runs this must be able to write it and its directory/);
  });
});
