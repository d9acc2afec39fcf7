import assert from "node:assert/strict";
import fc from "fast-check";
import { checkDynamicSettings } from "./dynamic_settings.ts";
import { loadConfig } from "./load.ts";

const FILES = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };

Deno.test("settings are checked as the hosts will check them", () => {
  assert.deepEqual(
    checkDynamicSettings({
      "collectors.interval": "5s",
      "collectors.cpu.enabled": false,
      "collectors.disk.mount_points": ["/data/*"],
      "manager.heartbeat_interval": "30s",
    }),
    [],
  );
  assert.deepEqual(checkDynamicSettings({ "collectors.cpu.interval": 5 }), [{
    key: "collectors.cpu.interval",
    message: "collectors.cpu.interval must be a duration such as 60s, got 5; write 5s",
  }]);
  const [typo] = checkDynamicSettings({ "collectors.cpu.intervall": "5s" });
  assert.match(typo?.message ?? "", /is not a known key; did you mean "interval"\?/);
});

Deno.test("what is the host's own is refused, above all what would run programs or read files there", async () => {
  const own = {
    "collectors.exec": [{ name: "x", command: ["/bin/sh"] }],
    "collectors.watch": [{ name: "x", type: "http", target: "http://10.0.0.1", headers_file: "/etc/shadow" }],
    "collectors.roots.proc": "/tmp",
    "collectors.textfile.directory": "/root",
    "policy.exec": true,
    "manager.address": "wss://elsewhere.example.com",
    "processes": [],
  };
  for (const [key, value] of Object.entries(own)) {
    const problems = checkDynamicSettings({ [key]: value });
    assert.match(problems[0]?.message ?? "", /is the host's own, and not the manager's to set/, key);
  }
  const { config } = await loadConfig({ file: null, fileRequired: false, env: {}, defaults: FILES, dynamic: own });
  assert.deepEqual([config.collectors.exec, config.collectors.watch, config.processes], [[], [], []]);
  assert.deepEqual([config.collectors.roots.proc, config.collectors.textfile.directory], ["/proc", ""]);
  assert.equal(config.manager.address, "");
});

Deno.test("no settings make the check throw, and what passes it loads", async () => {
  const key = fc.oneof(
    fc.constantFrom("collectors.cpu.interval", "collectors", "manager.timeout", "__proto__", "collectors..x", ""),
    fc.string(),
  );
  const value = fc.oneof(fc.constantFrom("5s", "0s", "1h", true, null), fc.jsonValue());
  await fc.assert(fc.asyncProperty(fc.dictionary(key, value), async (dynamic) => {
    if (checkDynamicSettings(dynamic).length > 0) return;
    await loadConfig({ file: null, fileRequired: false, env: {}, defaults: FILES, dynamic });
  }));
});
