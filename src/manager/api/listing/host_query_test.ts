import assert from "node:assert/strict";
import * as fc from "fast-check";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { AppError } from "../../../core/mod.ts";
import { hostFilter, hostOrder } from "./host_query.ts";
import { pageOf } from "./page.ts";

const FACTS = { hostname: "Box-7.lan", os: "linux", arch: "x86_64", version: "1.0.0", address: "10.0.0.7" };
const HOSTS = [
  hostView("a", { name: "web-1", labels: { env: "prod" }, state: "offline", lastSeenMs: 30, enrolledMs: 3 }),
  hostView("b", { name: "db-1", labels: { env: "dev" }, facts: FACTS, lastSeenMs: 10, enrolledMs: 1 }),
  hostView("c", {
    name: "web-2",
    labels: { env: "dev", team: "Blue" },
    address: "203.0.113.9",
    lastSeenMs: 20,
    enrolledMs: 2,
  }),
];

function names(query: Parameters<typeof hostFilter>[0]): string[] {
  return HOSTS.filter(hostFilter(query) ?? (() => true)).map(({ name }) => name);
}

Deno.test("hosts are found by selector, state and any part of what they are called", () => {
  assert.deepEqual(names({ select: "env=dev,name=web-*" }), ["web-2"]);
  assert.deepEqual(names({ state: "offline, unknown" }), ["web-1"]);
  for (const text of ["box-7", "10.0.0.7", "DB-"]) assert.deepEqual(names({ text }), ["db-1"], text);
  for (const text of ["team=blue", "203.0.113", "web-2"]) assert.deepEqual(names({ text }), ["web-2"], text);
  assert.equal(hostFilter({ select: "", text: "" }), null);
  assert.throws(() => hostFilter({ state: "online,asleep" }), /state must be among online, .*, got "asleep"/);
});

for (
  const [sort, expected] of [
    [undefined, ["db-1", "web-1", "web-2"]],
    ["-name", ["web-2", "web-1", "db-1"]],
    ["state", ["db-1", "web-2", "web-1"]],
    ["lastSeen", ["db-1", "web-2", "web-1"]],
    ["-enrolled", ["web-1", "web-2", "db-1"]],
  ] as const
) {
  Deno.test(`hosts sorted by ${sort ?? "nothing in particular"}`, () => {
    assert.deepEqual(pageOf(HOSTS, hostOrder(sort), {}).items.map(({ name }) => name), expected);
  });
}

Deno.test("whatever is asked for gives a filter or says what is wrong", () => {
  const text = fc.option(fc.string({ unit: "binary", maxLength: 50 }), { nil: undefined });
  fc.assert(fc.property(text, text, text, (select, part, state) => {
    try {
      hostFilter({ select, text: part, state })?.(hostView("x", { facts: FACTS }));
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "invalid_input", String(error));
    }
  }));
});
