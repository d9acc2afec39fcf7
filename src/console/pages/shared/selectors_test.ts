import assert from "node:assert/strict";
import type { HostView } from "../../../protocol/mod.ts";
import { fitting, selectorKind, selectorOf } from "./selectors.ts";

const host = (name: string, labels: Record<string, string> = {}): HostView => ({
  ...{ id: name, name, kind: "agent", labels, state: "online", sinceMs: 1, reason: "", enrolledMs: 1 },
  ...{ drained: false, processes: { total: 0, bad: 0 }, duplicates: [] },
});
const HOSTS = [host("web-1", { env: "prod" }), host("web-2"), host("db-1", { env: "prod" })];
const names = (select: string) => fitting(selectorOf(select), HOSTS).map(({ name }) => name);

Deno.test("a selector means the hosts that it fits, and what is none means none", () => {
  assert.deepEqual(names("env=prod,name=web-*"), ["web-1"]);
  assert.deepEqual(names(""), ["web-1", "web-2", "db-1"]);
  assert.deepEqual(names("=="), []);
});

Deno.test("how strong a rule is shows in its selector", () => {
  const kind = (select: string) => selectorKind(selectorOf(select) ?? assert.fail(select));
  assert.deepEqual(["", "env=prod", "env=prod, name=a", "!name"].map(kind), ["all", "labels", "name", "labels"]);
});
