import assert from "node:assert/strict";
import { hostRecord, recordingRecord } from "../../helpers/store_records.ts";
import { HOSTILE_TEXTS, idsOf, rejectsWith, type StoreTests } from "./suite.ts";

export const RECORDING_TESTS: StoreTests = {
  "a recording is added, changed and removed": async ({ recordings }) => {
    const begun = recordingRecord("r");
    await recordings.add(begun);
    await rejectsWith(recordings.add(begun), "conflict", { field: "id" });
    assert.deepEqual(await recordings.get("r"), begun);
    assert.equal(await recordings.get("none"), null);
    const ended = { endedMs: 9, reason: "the shell has ended", durationMs: 7, sizeBytes: 100, isCut: true } as const;
    assert.equal(await recordings.change("r", { ...ended, cols: 200, rows: 50, position: 12 }), true);
    assert.deepEqual(await recordings.get("r"), { ...begun, ...ended, cols: 200, rows: 50, position: 12 });
    assert.equal(await recordings.change("none", ended), false);
    assert.deepEqual([await recordings.remove("r"), await recordings.remove("r")], [true, false]);
    assert.deepEqual(await recordings.list({ limit: 9 }), []);
  },

  "recordings are listed newest first, by page, host and actor": async ({ recordings }) => {
    await recordings.add(recordingRecord("a", { startedMs: 20, hostId: "x" }));
    await recordings.add(recordingRecord("b", { startedMs: 10, hostId: "y", actor: "berta" }));
    await recordings.add(recordingRecord("c", { startedMs: 20, hostId: "y" }));
    await recordings.add(recordingRecord("d", { startedMs: 30, hostId: "z", actor: "berta" }));
    const listed = async (query: object) => idsOf(await recordings.list({ limit: 10, ...query })).join("");
    assert.equal(await listed({}), "dcab");
    assert.equal(await listed({ limit: 2 }), "dc");
    assert.equal(await listed({ before: { startedMs: 20, id: "c" }, limit: 2 }), "ab");
    assert.equal(await listed({ before: { startedMs: 10, id: "b" } }), "");
    assert.equal(await listed({ hostIds: ["y"] }), "cb");
    assert.equal(await listed({ hostIds: ["x", "z"] }), "da");
    assert.equal(await listed({ hostIds: [] }), "");
    assert.equal(await listed({ actor: "berta" }), "db");
    assert.equal(await listed({ actor: "berta", hostIds: ["y"], before: { startedMs: 30, id: "d" } }), "b");
  },

  "those that go on are told apart from those that have ended, of which the oldest comes first": async (
    { recordings },
  ) => {
    await recordings.add(recordingRecord("a", { startedMs: 30, endedMs: 31, sizeBytes: 5 }));
    await recordings.add(recordingRecord("b", { startedMs: 20 }));
    await recordings.add(recordingRecord("c", { startedMs: 10, endedMs: 40, sizeBytes: 7 }));
    await recordings.add(recordingRecord("d", { startedMs: 10, sizeBytes: 1 }));
    assert.equal(idsOf(await recordings.open()).join(""), "bd");
    assert.equal(idsOf(await recordings.oldest(9)).join(""), "ca");
    assert.equal(idsOf(await recordings.oldest(1)).join(""), "c");
    assert.deepEqual(await recordings.usage(), { count: 4, sizeBytes: 13 });
    await recordings.change("b", { endedMs: 50 });
    assert.equal(idsOf(await recordings.open()).join(""), "d");
    assert.equal(idsOf(await recordings.oldest(9)).join(""), "cba");
  },

  "how far a terminal is recorded is the highest of its recordings": async ({ recordings }) => {
    assert.deepEqual(await recordings.usage(), { count: 0, sizeBytes: 0 });
    assert.equal(await recordings.position("x", "t"), 0);
    await recordings.add(recordingRecord("a", { hostId: "x", terminalId: "t", position: 900 }));
    await recordings.add(recordingRecord("b", { hostId: "x", terminalId: "t", position: 20 }));
    await recordings.add(recordingRecord("c", { hostId: "y", terminalId: "t", position: 5_000_000_000 }));
    assert.equal(await recordings.position("x", "t"), 900);
    assert.equal(await recordings.position("y", "t"), 5_000_000_000);
    assert.equal(await recordings.position("x", "u"), 0);
  },

  "a recording outlives its host": async ({ hosts, recordings }) => {
    await hosts.add(hostRecord("h"));
    await recordings.add(recordingRecord("r", { hostId: "h" }));
    await hosts.remove("h");
    assert.equal((await recordings.get("r"))?.host, "web-1");
  },

  "recordings with hostile texts": async ({ recordings }) => {
    for (const [at, text] of HOSTILE_TEXTS.entries()) {
      const values = { host: text, actor: text, user: text, shell: text, title: text, reason: text };
      const record = recordingRecord(`r${at}`, { ...values, hostId: text, terminalId: text });
      await recordings.add(record);
      assert.deepEqual(await recordings.get(`r${at}`), record);
      assert.deepEqual(await recordings.list({ limit: 9, hostIds: [text], actor: text }), [record]);
      assert.equal(await recordings.position(text, text), 0);
    }
  },
};
