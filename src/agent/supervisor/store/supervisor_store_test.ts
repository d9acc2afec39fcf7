import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { exists } from "../../../../tests/helpers/host.ts";
import { inTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { currentOs } from "../../../platform/mod.ts";
import { DAY_MS, eventOf, handleNamed, reasonsOf, storeIn } from "../../../../tests/helpers/supervisor_store.ts";

const NOW = new FakeClock().nowMs();

Deno.test("what is saved is there for the next agent, and what is dropped is not", () =>
  inTempDir((dir) => {
    {
      using first = storeIn(dir);
      for (const id of ["web", "db", "gone"]) first.store.saveHandle(handleNamed(id));
      first.store.saveHandle(handleNamed("web", 200));
      first.store.dropHandle("gone");
      first.store.saveRegistered({
        id: "api-1",
        item: { id: "api-1", argv: ["sleep", "9"], env: { A: "ü\0\u{1F600}" } },
      });
      first.store.saveRegistered({ id: "api-2", item: {} });
      first.store.dropRegistered("api-2");
    }
    using second = storeIn(dir);
    assert.deepEqual(second.store.handles(), [handleNamed("web", 200), handleNamed("db")]);
    assert.deepEqual(second.store.registered(), [
      { id: "api-1", item: { id: "api-1", argv: ["sleep", "9"], env: { A: "ü\0\u{1F600}" } } },
    ]);
    assert.deepEqual(second.troubles, []);
  }));

Deno.test("what was saved is there after the agent was killed, too", () =>
  inTempDir(async (dir) => {
    const module = new URL("../../../../tests/helpers/supervisor_store.ts", import.meta.url).href;
    const script = `
      const { storeIn, handleNamed, eventOf } = await import(${JSON.stringify(module)});
      const { store } = storeIn(${JSON.stringify(dir)});
      for (let i = 0; i < 300; i++) { store.saveHandle(handleNamed("p" + i)); store.addEvent(eventOf("p" + i, ${NOW})); }
      await Promise.resolve(); // the end of the turn in which it was saved
      Deno.kill(Deno.pid, "SIGKILL");`;
    const { signal } = await new Deno.Command(Deno.execPath(), { args: ["eval", script], stderr: "null" }).output();
    if (currentOs() !== "windows") assert.equal(signal, "SIGKILL");
    using next = storeIn(dir);
    assert.deepEqual([next.store.handles().length, next.store.lastSeq(), reasonsOf(next.store).length], [
      300,
      300,
      300,
    ]);
    assert.deepEqual(next.troubles, []);
  }));

Deno.test("there is no file until there is something to write", () =>
  inTempDir(async (dir) => {
    using test = storeIn(dir);
    const { store, path } = test;
    assert.deepEqual([store.handles(), store.registered(), store.events({ limit: 5 }), store.lastSeq()], [
      [],
      [],
      [],
      0,
    ]);
    assert.equal(store.completeFrom(), 1);
    store.dropHandle("never");
    store.setLimits({ maxCount: 100, maxAgeMs: DAY_MS });
    store.close();
    assert.equal(await exists(path), false);
    using later = storeIn(dir);
    later.store.saveHandle(handleNamed("web"));
    await Promise.resolve(); // it is written at the end of the turn
    assert.equal(await exists(path), true);
  }));

Deno.test("nobody else can read the file", { ignore: currentOs() === "windows" }, () =>
  inTempDir(async (dir) => {
    using test = storeIn(dir);
    test.store.saveHandle(handleNamed("web"));
    await Promise.resolve(); // it is written at the end of the turn
    const modes = [...Deno.readDirSync(dir)].map(({ name }) => (Deno.statSync(`${dir}/${name}`).mode ?? 0) & 0o777);
    assert.deepEqual(new Set(modes), new Set([0o600]));
  }));

Deno.test("what a user wanted holds until the host is booted", () =>
  inTempDir((dir) => {
    {
      using first = storeIn(dir);
      assert.equal(first.store.wanted("web", "boot-1"), undefined);
      first.store.saveWanted("web", false, "boot-1");
      first.store.saveWanted("db", true, "boot-1");
    }
    using second = storeIn(dir);
    assert.deepEqual([second.store.wanted("web", "boot-1"), second.store.wanted("db", "boot-1")], [false, true]);
    assert.equal(second.store.wanted("web", "boot-2"), undefined);
    second.store.saveWanted("db", true, "boot-2");
    second.store.close();
    const db = new DatabaseSync(second.path);
    assert.deepEqual(db.prepare("SELECT id FROM supervisor_wanted").all().map(({ id }) => id), ["db"]);
    db.close();
  }));

Deno.test("that a oneshot has done its work holds until the host is booted", () =>
  inTempDir((dir) => {
    {
      using first = storeIn(dir);
      assert.equal(first.store.completed("job", "boot-1"), undefined);
      first.store.saveCompleted("job", "f1", "boot-1");
    }
    using second = storeIn(dir);
    assert.deepEqual([second.store.completed("job", "boot-1"), second.store.completed("job", "boot-2")], [
      "f1",
      undefined,
    ]);
  }));

Deno.test("an event comes back as it was added, with a number that never comes twice", () =>
  inTempDir((dir) => {
    const event = eventOf("web", NOW);
    {
      using first = storeIn(dir);
      assert.deepEqual(first.store.addEvent(event), { seq: 1, ...event });
      first.store.addEvent({ ...event, kind: "probe", state: "running", level: "info" });
    }
    using second = storeIn(dir);
    assert.equal(second.store.lastSeq(), 2);
    assert.equal(second.store.addEvent(event).seq, 3);
    assert.deepEqual(second.store.events({ limit: 1, take: "earliest" }), [{ seq: 1, ...event }]);
  }));

Deno.test("events are chosen by number, time, process and count", () =>
  inTempDir((dir) => {
    using test = storeIn(dir);
    const { store } = test;
    for (let i = 1; i <= 10; i++) store.addEvent(eventOf(i % 2 === 0 ? "even" : "odd", NOW + i, String(i)));
    const chosen = (query: Omit<Parameters<typeof store.events>[0], "limit"> & { limit?: number }) =>
      store.events({ limit: 100, ...query }).map(({ reason }) => Number(reason));
    assert.deepEqual(chosen({ after: 7 }), [8, 9, 10]);
    assert.deepEqual(chosen({ limit: 2 }), [9, 10]);
    assert.deepEqual(chosen({ limit: 2, take: "earliest" }), [1, 2]);
    assert.deepEqual(chosen({ after: 3, limit: 2, take: "earliest", process: "odd" }), [5, 7]);
    assert.deepEqual(chosen({ sinceMs: NOW + 9 }), [9, 10]);
    assert.deepEqual(chosen({ process: "even", sinceMs: NOW + 5, limit: 2 }), [8, 10]);
    assert.deepEqual(chosen({ process: "none" }), []);
    assert.deepEqual(chosen({ limit: 0 }), []);
    assert.deepEqual(chosen({ after: 99 }), []);
  }));

Deno.test("events after the clock was set back are found by their own times", () =>
  inTempDir((dir) => {
    using test = storeIn(dir);
    const { store } = test;
    for (let i = 0; i < 50; i++) store.addEvent(eventOf("web", NOW, "before"));
    for (let i = 0; i < 50; i++) store.addEvent(eventOf("web", NOW - 3_600_000, "set back"));
    assert.deepEqual(
      new Set(store.events({ sinceMs: NOW, limit: 100 }).map(({ reason }) => reason)),
      new Set(["before"]),
    );
    assert.equal(store.events({ sinceMs: NOW - 3_600_000, limit: 100 }).length, 100);
  }));

Deno.test("no more events are shown than may be kept, and in the file there are hardly more", () =>
  inTempDir((dir) => {
    using test = storeIn(dir, { limits: { maxCount: 100, maxAgeMs: DAY_MS } });
    const { store, path } = test;
    for (let i = 1; i <= 5_000; i++) {
      store.addEvent(eventOf("web", NOW, String(i)));
      if (i === 4_990) assert.deepEqual([reasonsOf(store).length, reasonsOf(store)[0]], [100, "4891"]);
    }
    assert.equal(store.completeFrom(), 4_901);
    store.close();
    const db = new DatabaseSync(path);
    assert.ok(Number(db.prepare("SELECT count(*) AS n FROM supervisor_events").get()?.["n"]) <= 600);
    db.close();
    assert.ok(Deno.statSync(path).size < 500_000, `${Deno.statSync(path).size} bytes`);
  }));

Deno.test("events that are too old are forgotten, with those of a time that cannot be; the last one stays", () =>
  inTempDir(async (dir) => {
    using test = storeIn(dir, { limits: { maxCount: 1_000, maxAgeMs: DAY_MS } });
    const { store, clock } = test;
    store.addEvent(eventOf("web", NOW + 1_000 * DAY_MS, "future"));
    store.addEvent(eventOf("web", NOW, "old"));
    await clock.advance(2 * DAY_MS);
    store.addEvent(eventOf("web", clock.nowMs(), "new"));
    assert.deepEqual(reasonsOf(store), ["new"]);
    await clock.advance(2 * DAY_MS);
    store.saveHandle(handleNamed("web"));
    assert.deepEqual(reasonsOf(store), ["new"]);
    assert.equal(store.addEvent(eventOf("web", clock.nowMs(), "newer")).seq, 4);
  }));

Deno.test("a great many events too many are deleted little by little", () =>
  inTempDir((dir) => {
    {
      using first = storeIn(dir);
      for (let i = 1; i <= 6_000; i++) first.store.addEvent(eventOf("web", NOW, String(i)));
    }
    using second = storeIn(dir, { limits: { maxCount: 100, maxAgeMs: DAY_MS } });
    second.store.addEvent(eventOf("web", NOW));
    assert.equal(reasonsOf(second.store).length, 100, "they are not shown, though");
    for (let i = 0; i < 4; i++) second.store.addEvent(eventOf("web", NOW));
    second.store.close();
    const db = new DatabaseSync(second.path);
    assert.ok(Number(db.prepare("SELECT count(*) AS n FROM supervisor_events").get()?.["n"]) <= 200);
    db.close();
  }));

Deno.test("a reason as long as a book is cut, and never within a character", () =>
  inTempDir((dir) => {
    using test = storeIn(dir);
    const { reason } = test.store.addEvent(eventOf("web", NOW, `${"x".repeat(999)}\u{1F600}${"y".repeat(100_000)}`));
    assert.equal(reason.length, 1_000);
    assert.deepEqual([reason.isWellFormed(), reasonsOf(test.store)], [true, [reason]]);
  }));

Deno.test("after close nothing throws, and nothing is open", () =>
  inTempDir((dir) => {
    using test = storeIn(dir);
    const { store, clock } = test;
    store.saveHandle(handleNamed("web"));
    store.close();
    store.close();
    store.saveHandle(handleNamed("late"));
    store.addEvent(eventOf("late", NOW));
    assert.deepEqual([store.handles().length, store.events({ limit: 9 }).length, clock.sleeping], [2, 1, 0]);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["agent.db"]);
  }));

Deno.test("rows that no agent would write are left out, and it is said", () =>
  inTempDir((dir) => {
    {
      using first = storeIn(dir);
      for (const id of ["good", "bad", "worse"]) first.store.saveHandle(handleNamed(id));
      for (const reason of ["1", "2", "3", "4"]) first.store.addEvent(eventOf("web", NOW, reason));
    }
    const db = new DatabaseSync(`${dir}/agent.db`);
    db.exec(`
      UPDATE supervisor_handles SET data = replace(data, '"pid":100', '"pid":-1') WHERE id = 'bad';
      UPDATE supervisor_handles SET data = substr(data, 1, 9) WHERE id = 'worse';
      UPDATE supervisor_events SET data = '[]' WHERE seq = 1;
      UPDATE supervisor_events SET data = replace(data, 'backoff', 'backofg') WHERE seq = 2;
      UPDATE supervisor_events SET seq = 9000000000000000000 WHERE seq = 4;
    `);
    db.close();
    using second = storeIn(dir);
    assert.deepEqual(second.store.handles(), [handleNamed("good")]);
    assert.deepEqual([reasonsOf(second.store), reasonsOf(second.store), second.store.lastSeq()], [["3"], ["3"], 3]);
    assert.deepEqual(second.logged().sort(), [
      "events of the agent's database are not what an agent writes and are left out",
      "rows of the agent's database are not what an agent writes and are left out",
    ]);
    assert.deepEqual(second.troubles, []);
  }));
