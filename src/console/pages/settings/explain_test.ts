import assert from "node:assert/strict";
import fc from "fast-check";
import { type SettingsRule, settingsVersion } from "../../../protocol/mod.ts";
import { appliedOn, changesFor, DRAFT_ID, overruled, previewOf, RuleSet, withDraft } from "./explain.ts";

const rule = (id: string, select: string, values: Record<string, unknown>, updatedMs = 1): SettingsRule => ({
  ...{ id, select, values, updatedMs, updatedBy: "root" },
});
const WEB = { name: "web-1", labels: { env: "prod" } };
const DB = { name: "db-1", labels: { env: "test" } };
const RULES = [
  rule("all", "", { a: 1, b: 1, "hosts.offline_after": "9s" }, 9),
  rule("prod", "env=prod", { b: 2 }, 5),
  rule("web", "name=web-*", { b: 3 }, 1),
];

Deno.test("a name wins over labels and labels over all, and each value says whose it is", () => {
  const inForce = new RuleSet(RULES).forHost(WEB);
  assert.deepEqual(inForce.get("b"), { value: 3, ruleId: "web", select: "name=web-*" });
  assert.equal(new RuleSet(RULES).forHost(DB).get("b")?.value, 1);
  const later = new RuleSet([rule("x", "env=prod", { b: 2 }, 5), rule("y", "tier", { b: 4 }, 6)]);
  assert.equal(later.forHost({ name: "n", labels: { env: "prod", tier: "1" } }).get("b")?.value, 4);
});

Deno.test("a draft takes the place of the rule for its selector, and one without keys takes it away", () => {
  const changed = withDraft(RULES, { select: " env=prod ", values: { b: 7 } });
  assert.deepEqual(changed.map(({ id }) => id), ["all", "web", "prod"]);
  assert.equal(withDraft(RULES, { select: "new", values: { b: 7 } }).at(-1)?.id, DRAFT_ID);
  assert.deepEqual(withDraft(RULES, { select: "env=prod", values: {} }).map(({ id }) => id), ["all", "web"]);
});

Deno.test("what a draft changes is told host by host, with who says so before and after", () => {
  const before = new RuleSet(RULES);
  const after = new RuleSet(withDraft(RULES, { select: "", values: { b: 8, c: [1] } }));
  assert.deepEqual(
    changesFor(DB, before, after).map(({ key, before: was, after: is }) => [key, was?.value, is?.value]),
    [
      ["a", 1, undefined],
      ["b", 1, 8],
      ["c", undefined, [1]],
      ["hosts.offline_after", "9s", undefined],
    ],
  );
  assert.deepEqual(
    [...overruled(WEB, { select: "", values: { b: 8, c: 1 } }, after)].map(([key, { select }]) => [
      key,
      select,
    ]),
    [["b", "name=web-*"]],
  );
});

Deno.test("a preview counts what changes how on how many hosts, and who wins over the draft", () => {
  const webs = ["web-1", "web-2", "web-3"].map((name) => ({ name, labels: { env: "prod" } }));
  const preview = previewOf([...webs, DB], RULES, { select: "env=prod", values: { b: 7, c: 1 } });
  assert.deepEqual(preview, {
    fitting: 3,
    changed: 3,
    rows: [{ key: "c", after: 1, hosts: 3 }],
    overruled: [{ select: "name=web-*", hosts: 3 }],
  });
  const all = previewOf([...webs, DB], RULES, { select: "", values: {} });
  assert.deepEqual([all.fitting, all.changed, all.rows.map(({ key, hosts }) => [key, hosts])], [4, 4, [["a", 4], [
    "hosts.offline_after",
    4,
  ], ["b", 1]]]);
  assert.deepEqual(previewOf(webs, RULES, { select: "=", values: { b: 1 } }).fitting, 0, "no selector, no hosts");
});

Deno.test("settings are applied where the host's version is that of what holds for it, without the manager's own keys", () => {
  const rules = new RuleSet(RULES);
  const version = settingsVersion({ a: 1, b: 3 });
  assert.equal(rules.versionFor(WEB), version);
  const hosts = [{ ...WEB, settingsVersion: version }, { ...WEB, name: "web-2", settingsVersion: 5 }, DB];
  assert.deepEqual(appliedOn(hosts, rules), { hosts: 3, applied: 1 });
  assert.deepEqual(appliedOn([DB], new RuleSet([])), { hosts: 1, applied: 1 });
});

Deno.test("no rules break it, and no change means no changes", () => {
  const anyRule = fc.record({
    id: fc.string(),
    select: fc.oneof(fc.string(), fc.constantFrom("", "env=prod", "name=web-*", "!env")),
    values: fc.dictionary(fc.string(), fc.jsonValue()),
    updatedMs: fc.nat(),
    updatedBy: fc.string(),
  });
  fc.assert(fc.property(fc.array(anyRule, { maxLength: 6 }), (rules) => {
    const set = new RuleSet(rules);
    assert.deepEqual(changesFor(WEB, set, new RuleSet(rules.toReversed().toReversed())), []);
  }));
});
