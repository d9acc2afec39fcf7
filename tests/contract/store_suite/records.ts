import assert from "node:assert/strict";
import type { FleetEvent } from "../../../src/protocol/mod.ts";
import { auditEntry, hostRecord, newEvent, NOW_MS, settingsRule } from "../../helpers/store_records.ts";
import { HOSTILE_TEXTS, rejectsWith, type StoreTests } from "./suite.ts";

const messagesOf = (events: readonly FleetEvent[]) => events.map(({ message }) => message).join("");
const seqsOf = (entries: readonly { readonly seq: number }[]) => entries.map(({ seq }) => seq);

export const EVENT_TESTS: StoreTests = {
  "events get numbers that grow, and the name that their host has then": async ({ hosts, events }) => {
    await hosts.add(hostRecord("a"));
    const process = newEvent("x", { hostId: "a", hostSeq: 5, process: "web", state: "running", level: "error" });
    const [first, second] = await events.add([process, newEvent("y", { kind: "manager" })]);
    assert.deepEqual(first, { ...process, seq: first?.seq, host: "name-a" });
    assert.deepEqual(second, { ...newEvent("y", { kind: "manager" }), seq: second?.seq });
    await hosts.change("a", { name: "renamed" });
    const [third] = await events.add([newEvent("z", { kind: "host", hostId: "a" })]);
    assert.equal(third?.host, "renamed");
    assert.ok(
      (first?.seq ?? 0) > 0 && (second?.seq ?? 0) > (first?.seq ?? 0) && (third?.seq ?? 0) > (second?.seq ?? 0),
    );
    assert.deepEqual(await events.list({ limit: 10 }), [first, second, third]);
    assert.deepEqual(await events.add([]), []);
  },

  "what a host has told already is left out, and how far it has told grows in the same step": async (
    { hosts, events },
  ) => {
    for (const id of ["a", "b"]) await hosts.add(hostRecord(id));
    const told = (hostId: string, ...hostSeqs: number[]) =>
      events.add(hostSeqs.map((hostSeq) => newEvent(`${hostId}${hostSeq} `, { hostId, hostSeq })));
    assert.equal(messagesOf(await told("a", 1, 2, 2, 1, 4)), "a1 a2 a4 ");
    assert.equal(messagesOf(await told("a", 3, 4, 5)), "a5 ");
    assert.equal(messagesOf(await told("b", 2)), "b2 ");
    assert.equal(messagesOf(await told("a", 5)), "");
    assert.deepEqual((await hosts.all()).map(({ eventSeq }) => eventSeq), [5, 2]);
    const own = newEvent("own ", { hostId: "a", kind: "host" });
    assert.equal(messagesOf(await events.add([own, own])), "own own ", "the manager's own have no number of the host");
    assert.equal(messagesOf(await events.list({ limit: 10 })), "a1 a2 a4 a5 b2 own own ");
  },

  "the same report that comes twice at once is kept once": async ({ hosts, events }) => {
    await hosts.add(hostRecord("a"));
    const report = [1, 2, 3].map((hostSeq) => newEvent(`${hostSeq}`, { hostId: "a", hostSeq }));
    const answers = await Promise.all([events.add(report), events.add(report), events.add(report)]);
    assert.deepEqual(answers.map(messagesOf), ["123", "", ""]);
  },

  "of a host that is gone, what it reports is left out, what the manager says of it is kept": async (
    { hosts, events },
  ) => {
    await hosts.add(hostRecord("a"));
    await hosts.remove("a");
    const late = newEvent("late", { hostId: "a", hostSeq: 9 });
    const removed = newEvent("removed", { hostId: "a", kind: "host" });
    assert.deepEqual((await events.add([late, removed])).map(({ message, host }) => [message, host]), [
      ["removed", undefined],
    ]);
  },

  "events are listed after a number, or the latest, always oldest first": async ({ events }) => {
    const added = await events.add(["a", "b", "c", "d", "e"].map((message) => newEvent(message)));
    const seq = (at: number) => added[at]?.seq ?? NaN;
    assert.equal(messagesOf(await events.list({ limit: 2 })), "de");
    assert.equal(messagesOf(await events.list({ limit: 9 })), "abcde");
    assert.equal(messagesOf(await events.list({ before: seq(3), limit: 2 })), "bc");
    assert.equal(messagesOf(await events.list({ before: seq(0), limit: 2 })), "");
    assert.equal(messagesOf(await events.list({ after: seq(0), before: seq(4), limit: 2 })), "bc");
    assert.equal(messagesOf(await events.list({ after: 0, limit: 2 })), "ab");
    assert.equal(messagesOf(await events.list({ after: seq(1), limit: 2 })), "cd");
    assert.equal(messagesOf(await events.list({ after: seq(4), limit: 2 })), "");
    assert.equal(messagesOf(await events.list({ limit: 0 })), "");
  },

  "events are listed by host, kind, level and time": async ({ hosts, events }) => {
    for (const id of ["a", "b"]) await hosts.add(hostRecord(id));
    await events.add([
      newEvent("1", { hostId: "a", timeMs: 30 }),
      newEvent("2", { hostId: "b", timeMs: 10, kind: "task", level: "warn" }),
      newEvent("3", { timeMs: 20, kind: "manager" }),
      newEvent("4", { hostId: "a", timeMs: 5, kind: "host" }),
    ]);
    const listed = async (query: object) => messagesOf(await events.list({ limit: 10, ...query }));
    assert.equal(await listed({ hostIds: ["a"] }), "14");
    assert.equal(await listed({ hostIds: ["a", "b"] }), "124");
    assert.equal(await listed({ hostIds: [] }), "");
    assert.equal(await listed({ hostIds: ["none"] }), "");
    assert.equal(await listed({ kinds: ["manager", "host"] }), "34");
    assert.equal(await listed({ kinds: [] }), "");
    assert.equal(await listed({ levels: ["warn", "error"] }), "2");
    assert.equal(await listed({ levels: ["info"], hostIds: ["a"] }), "14");
    assert.equal(await listed({ levels: [] }), "");
    assert.equal(await listed({ sinceMs: 20 }), "13");
    assert.equal(await listed({ sinceMs: 31 }), "");
    assert.equal(await listed({ sinceMs: 5, hostIds: ["a"], kinds: ["host"], limit: 1 }), "4");
    assert.equal(await listed({ sinceMs: 10, after: 0, limit: 2 }), "12");
  },

  "events that are too old or too many are forgotten, and their numbers are not given again": async ({ events }) => {
    const added = await events.add([50, 10, 60, 20, 70].map((timeMs) => newEvent(`${timeMs} `, { timeMs })));
    assert.equal(await events.trim({ maxCount: 10, beforeMs: 20 }), 1);
    assert.equal(messagesOf(await events.list({ limit: 10 })), "50 60 20 70 ");
    assert.equal(await events.trim({ maxCount: 2, beforeMs: 0 }), 2);
    assert.equal(messagesOf(await events.list({ limit: 10 })), "20 70 ");
    assert.equal(await events.trim({ maxCount: 0, beforeMs: 0 }), 2);
    assert.equal(await events.trim({ maxCount: 0, beforeMs: 0 }), 0);
    const [next] = await events.add([newEvent("next")]);
    assert.ok((next?.seq ?? 0) > (added.at(-1)?.seq ?? Infinity));
  },

  "more events are forgotten than go in one step": async ({ events }) => {
    await events.add(Array.from({ length: 2_600 }, (_, at) => newEvent("e", { timeMs: at % 2 })));
    assert.equal(await events.trim({ maxCount: 700, beforeMs: 1 }), 1_900);
    assert.equal((await events.list({ limit: 10_000 })).length, 700);
  },

  "events with hostile texts": async ({ hosts, events }) => {
    for (const [at, text] of HOSTILE_TEXTS.entries()) {
      await hosts.add(hostRecord(`h${at}`, { name: text }));
      const event = newEvent(text, { hostId: `h${at}`, process: text, state: text });
      const [added] = await events.add([event]);
      assert.deepEqual(added, { ...event, seq: added?.seq, host: text });
      assert.deepEqual(await events.list({ limit: 1 }), [added]);
    }
  },
};

export const SETTINGS_TESTS: StoreTests = {
  "a selector has one rule, which keeps its place, and each change a version": async ({ settings }) => {
    assert.deepEqual(await settings.all(), { version: 0, rules: [] });
    const everything = settingsRule("r1", "");
    assert.equal(await settings.put(everything), 1);
    assert.equal(await settings.put(settingsRule("r2", "env=prod")), 2);
    const replaced = settingsRule("r3", "", { values: { a: [1, { b: null }] }, updatedMs: 9, updatedBy: "anna" });
    assert.equal(await settings.put(replaced), 3);
    assert.deepEqual(await settings.all(), { version: 3, rules: [replaced, settingsRule("r2", "env=prod")] });
    assert.equal(await settings.remove("r1"), null);
    assert.equal(await settings.remove("r3"), 4);
    assert.deepEqual(await settings.all(), { version: 4, rules: [settingsRule("r2", "env=prod")] });
  },

  "a rule does not wander to another selector": async ({ settings }) => {
    await settings.put(settingsRule("r", "env=prod"));
    await rejectsWith(settings.put(settingsRule("r", "env=test")), "conflict", { field: "id" });
    assert.equal((await settings.all()).version, 1);
    assert.equal(await settings.put(settingsRule("r", "env=prod")), 2);
  },

  "settings with hostile texts": async ({ settings }) => {
    const rules = HOSTILE_TEXTS.map((text, at) => settingsRule(`r${at}`, text, { values: { [text]: text } }));
    for (const rule of rules) await settings.put(rule);
    assert.deepEqual(await settings.all(), { version: rules.length, rules });
  },
};

export const AUDIT_TESTS: StoreTests = {
  "audit entries follow one another without a gap": async ({ audit }) => {
    assert.equal(await audit.last(), null);
    await rejectsWith(audit.append([auditEntry(2)]), "conflict", { field: "seq" });
    await audit.append([auditEntry(1), auditEntry(2)]);
    await rejectsWith(audit.append([auditEntry(2)]), "conflict", { field: "seq" });
    await rejectsWith(audit.append([auditEntry(4)]), "conflict", { field: "seq" });
    await rejectsWith(audit.append([auditEntry(3), auditEntry(5)]), "conflict", { field: "seq" });
    await audit.append([]);
    assert.deepEqual(await audit.last(), auditEntry(2));
    const racers = await Promise.allSettled([audit.append([auditEntry(3)]), audit.append([auditEntry(3)])]);
    assert.deepEqual(racers.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.deepEqual(await audit.walk(0, 10), [auditEntry(1), auditEntry(2), auditEntry(3)]);
  },

  "audit entries are listed newest first, by page, actor, action, host and time": async ({ audit }) => {
    await audit.append([
      auditEntry(1, { actor: "anna" }),
      auditEntry(2, { action: "host.remove", hostId: "a" }),
      auditEntry(3, { hostId: "b", timeMs: NOW_MS - 1 }),
      auditEntry(4, { actor: "anna", action: "host.remove", hostId: "a" }),
    ]);
    const listed = async (query: object) => seqsOf(await audit.list({ limit: 10, ...query }));
    assert.deepEqual(await listed({}), [4, 3, 2, 1]);
    assert.deepEqual(await listed({ limit: 2 }), [4, 3]);
    assert.deepEqual(await listed({ limit: 2, before: 3 }), [2, 1]);
    assert.deepEqual(await listed({ before: 1 }), []);
    assert.deepEqual(await listed({ actor: "anna" }), [4, 1]);
    assert.deepEqual(await listed({ action: "host.remove" }), [4, 2]);
    assert.deepEqual(await listed({ hostId: "a" }), [4, 2]);
    assert.deepEqual(await listed({ sinceMs: NOW_MS + 2 }), [4, 2]);
    assert.deepEqual(await listed({ sinceMs: NOW_MS + 9 }), []);
    assert.deepEqual(await listed({ actor: "anna", action: "host.remove", hostId: "a", before: 4 }), []);
  },

  "the chain is walked oldest first, in parts": async ({ audit }) => {
    await audit.append([1, 2, 3, 4, 5].map((seq) => auditEntry(seq)));
    assert.deepEqual(seqsOf(await audit.walk(0, 2)), [1, 2]);
    assert.deepEqual(seqsOf(await audit.walk(2, 2)), [3, 4]);
    assert.deepEqual(seqsOf(await audit.walk(4, 2)), [5]);
    assert.deepEqual(seqsOf(await audit.walk(5, 2)), []);
  },

  "an audit entry comes back to the last character, or its hash would not hold": async ({ audit }) => {
    const entries = HOSTILE_TEXTS.map((text, at) =>
      auditEntry(at + 1, { actor: text, subject: text, address: text, action: text, details: { [text]: [text, 1.5] } })
    );
    await audit.append(entries);
    const read = await audit.walk(0, 100);
    assert.deepEqual(read, entries);
    assert.equal(JSON.stringify(read), JSON.stringify(entries), "in the same order too");
    for (const entry of entries) assert.deepEqual(await audit.list({ limit: 9, actor: entry.actor }), [entry]);
  },
};

export const FACT_TESTS: StoreTests = {
  "a fact is set, replaced and removed": async ({ facts }) => {
    assert.equal(await facts.get("id"), null);
    await facts.set("id", "1");
    await facts.set("id", "2");
    assert.equal(await facts.get("id"), "2");
    await facts.remove("id");
    await facts.remove("id");
    assert.equal(await facts.get("id"), null);
  },

  "of many who set a fact once, all are told the value that holds": async ({ facts }) => {
    const values = await Promise.all(Array.from({ length: 20 }, (_, at) => facts.setOnce("id", `${at}`)));
    assert.equal(new Set(values).size, 1);
    assert.equal(await facts.get("id"), values[0]);
    assert.equal(await facts.setOnce("id", "late"), values[0]);
  },

  "facts with hostile texts": async ({ facts }) => {
    for (const text of HOSTILE_TEXTS) {
      await facts.set(text, text);
      assert.equal(await facts.get(text), text);
      assert.equal(await facts.setOnce(`${text} once`, text), text);
    }
  },
};
