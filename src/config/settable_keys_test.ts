import assert from "node:assert/strict";
import { checkDynamicSettings } from "./dynamic_settings.ts";
import { settableKeys } from "./settable_keys.ts";

Deno.test("every key that is offered may be set by a manager, to its own default", () => {
  const keys = settableKeys();
  assert.ok(keys.length > 30);
  for (const { key, default: value, description } of keys) {
    assert.deepEqual(checkDynamicSettings({ [key]: value }), [], key);
    assert.notEqual(description, "", key);
  }
});

Deno.test("kinds and defaults are those of the schema, and what is the host's own is not offered", () => {
  const byKey = new Map(settableKeys().map((one) => [one.key, one]));
  const shown = (key: string) => [byKey.get(key)?.kind, byKey.get(key)?.default];
  assert.deepEqual(shown("collectors.interval"), ["duration", "60s"]);
  assert.deepEqual(shown("collectors.cpu.enabled"), ["switch", true]);
  assert.deepEqual(shown("collectors.history.max_size"), ["size", "4MiB"]);
  assert.deepEqual(shown("collectors.processes.top"), ["number", 10]);
  assert.deepEqual(shown("collectors.network.exclude_interfaces"), ["list", ["veth*", "cali*", "lxc*"]]);
  assert.deepEqual(shown("manager.heartbeat_interval"), ["duration", "10s"]);
  for (const key of ["collectors.exec", "collectors.roots.proc", "manager.address", "policy.exec"]) {
    assert.equal(byKey.has(key), false, key);
  }
});
