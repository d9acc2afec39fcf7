import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { FakeClock } from "../../tests/helpers/fake_clock.ts";
import {
  eventOf,
  fillStore,
  handleNamed,
  idsOf,
  movedIn,
  reasonsOf,
  storeIn,
} from "../../tests/helpers/supervisor_store.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";

const NOW = new FakeClock().nowMs();

/** Whether it takes what is told to it and the next agent finds it. */
function assertWorks(dir: string, what: string): void {
  {
    using test = storeIn(dir);
    test.store.saveHandle(handleNamed("new"));
    test.store.saveRegistered({ id: "new", item: { id: "new" } });
    const { seq } = test.store.addEvent(eventOf("new", NOW, "new"));
    assert.ok(seq >= 1, what);
    assert.equal(test.troubles.at(-1) ?? null, null, what);
  }
  using next = storeIn(dir);
  assert.deepEqual(next.store.handles().find(({ id }) => id === "new"), handleNamed("new"), what);
  assert.ok(next.store.registered().some(({ id }) => id === "new"), what);
  assert.equal(reasonsOf(next.store).at(-1), "new", what);
  assert.deepEqual(next.troubles, [], what);
}

for (
  const [what, damage] of [
    ["garbage", (path: string) => Deno.writeTextFileSync(path, "not a database ".repeat(1_000))],
    ["a header and nothing else", (path: string) => Deno.truncateSync(path, 100)],
    ["another one, with tables that are not ours", (path: string) => {
      const db = new DatabaseSync(path);
      db.exec("DROP TABLE supervisor_events; CREATE TABLE supervisor_events (a)");
      db.close();
    }],
    ["half of itself", (path: string) => Deno.truncateSync(path, Deno.statSync(path).size / 2)],
  ] as const
) {
  Deno.test(`a database that has become ${what} is moved aside, and it is said`, () =>
    inTempDir((dir) => {
      fillStore(dir);
      damage(`${dir}/agent.db`);
      {
        using test = storeIn(dir);
        const { troubles } = test;
        assert.equal(movedIn(dir).length, 1);
        assert.equal(troubles.length, 2);
        assert.match(troubles[0] ?? "", /The database .*agent\.db was damaged and is kept as .*agent\.db\.corrupt-/);
        assert.equal(troubles[1], null);
        assert.deepEqual(test.logged(), ["the database was damaged; it is begun anew"]);
        const { seq } = test.store.addEvent(eventOf("web", NOW));
        assert.ok(seq > 1_000_000, "numbers of events do not come twice, although nobody knows which there were");
      }
      assertWorks(dir, what);
    }));
}

Deno.test("an empty file is as good as none", () =>
  inTempDir((dir) => {
    Deno.writeTextFileSync(`${dir}/agent.db`, "");
    assertWorks(dir, "empty");
    assert.deepEqual(movedIn(dir), []);
  }));

Deno.test("of a file whose events are damaged, the processes are saved", () =>
  inTempDir((dir) => {
    fillStore(dir, 400);
    const db = new DatabaseSync(`${dir}/agent.db`);
    const pages = db.prepare("SELECT pageno FROM dbstat WHERE name LIKE 'supervisor_events%'").all();
    db.close();
    const file = Deno.openSync(`${dir}/agent.db`, { write: true });
    for (const { pageno } of pages) {
      file.seekSync((Number(pageno) - 1) * 4_096, Deno.SeekMode.Start);
      file.writeSync(new Uint8Array(64).fill(0xff));
    }
    file.close();
    {
      using test = storeIn(dir);
      assert.deepEqual([idsOf(test.store), movedIn(dir).length], [["a", "b", "c"], 1]);
      assert.deepEqual(test.store.registered(), [{ id: "api", item: { id: "api" } }]);
      assert.deepEqual(reasonsOf(test.store), []);
    }
    using next = storeIn(dir);
    assert.deepEqual([idsOf(next.store), next.troubles], [["a", "b", "c"], []]);
  }));

Deno.test("damage that shows while the agent runs: what memory has is written into a new file", () =>
  inTempDir((dir) => {
    fillStore(dir, 2_000);
    using test = storeIn(dir);
    const { store, troubles } = test;
    const before = store.lastSeq();
    const file = Deno.openSync(`${dir}/agent.db`, { write: true });
    const size = file.statSync().size;
    for (let at = 0; at < size; at += 4_096) {
      file.seekSync(at, Deno.SeekMode.Start);
      file.writeSync(new Uint8Array(64).fill(0x7f));
    }
    file.close();
    for (let i = 0; i < 20 && troubles.length === 0; i++) {
      store.events({ limit: 10_000, process: `p${i}` });
      store.addEvent(eventOf(`p${i}`, NOW, "during"));
      store.saveHandle(handleNamed("d"));
    }
    assert.equal(troubles.length, 2, troubles.join());
    assert.equal(troubles[1], null);
    assert.ok(store.addEvent(eventOf("web", NOW, "after")).seq > before);
    store.close();
    using next = storeIn(dir);
    assert.deepEqual(idsOf(next.store), ["a", "b", "c", "d"]);
    assert.equal(reasonsOf(next.store).at(-1), "after");
    assert.equal(next.store.registered().length, 1);
  }));

Deno.test("whatever bytes of the files are changed or cut off, there is a store that works", () =>
  inTempDir((base) => {
    fillStore(base);
    const whole = Deno.readFileSync(`${base}/agent.db`);
    const damage = fc.record({
      flips: fc.array(fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), to: fc.nat(255) }), {
        maxLength: 8,
      }),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      // Most of the file is the middle of pages, but what matters most is where they begin.
      inHeaders: fc.boolean(),
    });
    let count = 0;
    fc.assert(
      fc.property(damage, ({ flips, cut, inHeaders }) => {
        const bytes = whole.slice(0, cut === null ? undefined : Math.floor(cut * whole.length));
        for (const { at, to } of flips) {
          const index = Math.floor(at * bytes.length);
          bytes[inHeaders ? index - index % 4_096 + to % 100 : index] = to;
        }
        const dir = `${base}/${count++}`;
        Deno.mkdirSync(dir);
        Deno.writeFileSync(`${dir}/agent.db`, bytes);
        assertWorks(dir, "damaged");
        assertWorks(dir, "and at the next start");
        Deno.removeSync(dir, { recursive: true });
      }),
      {
        numRuns: 150,
        // The byte by which SQLite would take the file for one that may only be read.
        examples: [[{ flips: [{ at: 0, to: 18 }], cut: null, inHeaders: true }]],
      },
    );
  }));

Deno.test("whatever bytes of the log of a killed agent are changed, there is a store that works", () =>
  inTempDir((base) => {
    const running = storeIn(base);
    for (let i = 0; i < 60; i++) running.store.addEvent(eventOf("web", NOW, `event ${i}`));
    running.store.saveHandle(handleNamed("a"));
    const [main, wal] = ["", "-wal"].map((part) => Deno.readFileSync(`${base}/agent.db${part}`));
    running.store.close();
    assert.ok(main !== undefined && wal !== undefined && wal.length > 4_096);
    let count = 0;
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255), fc.boolean(), (at, to, isCut) => {
        const index = Math.floor(at * wal.length);
        const bytes = wal.slice(0, isCut ? index : undefined);
        if (!isCut) bytes[index] = to;
        const dir = `${base}/${count++}`;
        Deno.mkdirSync(dir);
        Deno.writeFileSync(`${dir}/agent.db`, main);
        Deno.writeFileSync(`${dir}/agent.db-wal`, bytes);
        assertWorks(dir, "damaged");
        Deno.removeSync(dir, { recursive: true });
      }),
      { numRuns: 60 },
    );
  }));

Deno.test("somebody who only looks at the database while the agent starts does not keep it from working", () =>
  inTempDir((dir) => {
    fillStore(dir);
    const looker = new DatabaseSync(`${dir}/agent.db`);
    looker.prepare("SELECT count(*) FROM supervisor_events").get();
    assertWorks(dir, "beside a looker");
    looker.close();
  }));
