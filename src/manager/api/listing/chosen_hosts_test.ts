import assert from "node:assert/strict";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { chosenHosts } from "./chosen_hosts.ts";

const HOSTS = [
  hostView("h-1", { name: "web-1", labels: { env: "prod", gpu: "yes" } }),
  hostView("h-2", { name: "web-2", labels: { env: "dev" } }),
  hostView("h-3", { name: "db", labels: { env: "prod" } }),
];

const names = (text?: string) => chosenHosts(text, HOSTS).map(({ name }) => name);

Deno.test("hosts are chosen by names, ids, stars or a selector, and all without any", () => {
  assert.deepEqual(names(), ["web-1", "web-2", "db"]);
  assert.deepEqual(names(" "), ["web-1", "web-2", "db"]);
  assert.deepEqual(names("*"), ["web-1", "web-2", "db"]);
  assert.deepEqual(names("db,web-1,h-1"), ["db", "web-1"]);
  assert.deepEqual(names("web-*, h-3"), ["web-1", "web-2", "db"]);
  assert.deepEqual(names("env=prod"), ["web-1", "db"]);
  assert.deepEqual(names("env=prod,name!=db"), ["web-1"]);
  assert.deepEqual(names("gpu"), ["web-1"]);
});

Deno.test("a name that nobody has is said, and what is no selector too", () => {
  for (const text of ["web-9", "web-1,web-9", "x y", "env=test"]) {
    assert.throws(() => names(text), { code: "not_found" }, text);
  }
  assert.throws(() => names("=prod"), { code: "invalid_input" });
});
