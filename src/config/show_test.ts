import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig, type LoadedConfig } from "./load.ts";
import { Secret } from "../core/mod.ts";
import { configDifference, effectiveEntries, redactedTree, redactedYaml } from "./show.ts";

const COMPLETE = join(import.meta.dirname ?? "", "../../tests/fixtures/configs/complete.yaml");
const defaults = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };

function load(file: string | null, ...set: string[]): Promise<LoadedConfig> {
  return loadConfig({ file, fileRequired: true, env: { AGENT_LOG_LEVEL: "warn" }, defaults, cwd: "/", flags: { set } });
}

Deno.test("every effective value is shown with its origin, secrets redacted", async () => {
  const entries = effectiveEntries(await load(COMPLETE, "agent.stop_timeout=5s"));
  const shown = new Map(entries.map(({ path, value, origin }) => [path, `${value} (${origin})`]));
  assert.equal(shown.size, entries.length);
  assert.equal(shown.get("agent.id"), `web-1 (${COMPLETE}:3)`);
  assert.equal(shown.get("agent.log.level"), "warn (environment AGENT_LOG_LEVEL)");
  assert.equal(shown.get("agent.stop_timeout"), "5s (flag --set agent.stop_timeout)");
  assert.equal(shown.get("agent.log.max_size"), "50MB (default)");
  assert.equal(shown.get("agent.control.token_file"), '"" (default)');
  assert.equal(shown.get("manager.token"), `[redacted] (${COMPLETE}:10)`);
  assert.equal(shown.get("collectors.network.interfaces"), `["eth0"] (${COMPLETE}:21)`);
  assert.equal(shown.get("processes[0].command"), `["/opt/shop/bin/shop","--port","8080"] (${COMPLETE}:26)`);
  assert.match(shown.get("processes[0].health_check.http_endpoint") ?? "", /^http:\/\/\[redacted\]@127\.0\.0\.1/);
  assert.equal(shown.get("processes[1].env.PATTERN_TOKEN"), `[redacted] (${COMPLETE}:36)`);
  assert.equal(shown.get("processes[1].liveness.headers.Authorization"), `[redacted] (${COMPLETE}:44)`);
  assert.equal(shown.get('processes[1].labels."app.kubernetes.io/name"'), `2024-01-02 (${COMPLETE}:38)`);
  assert.equal(shown.get("processes[1].depends_on[0].id"), `shop (${COMPLETE}:39)`);
  assert.equal(shown.get("processes[0].env"), "{} (default)");
  assert.doesNotMatch(JSON.stringify(entries), /not-to-be-seen|probe:secret/);
});

Deno.test("an empty secret is shown as empty, not as hidden", async () => {
  const entry = effectiveEntries(await load(null)).find(({ path }) => path === "manager.token");
  assert.equal(entry?.value, '""');
});

Deno.test("the redacted YAML is a config that loads to the same values, except secrets", async () => {
  const { config } = await load(COMPLETE);
  assert.doesNotMatch(redactedYaml(config), /not-to-be-seen|probe:secret/);
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, redactedYaml(config));
    const again = await load(file);
    assert.deepEqual(redactedTree(again.config), redactedTree(config));
    assert.deepEqual(configDifference(config, again.config), [
      "manager.token",
      "processes.shop.health_check.http_endpoint",
      "processes.filebeat.env.PATTERN_TOKEN",
      "processes.filebeat.env.RETRIES",
      "processes.filebeat.liveness.headers.Authorization",
    ]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("differences name keys, and processes by their id", async () => {
  const before = (await load(COMPLETE)).config;
  assert.deepEqual(configDifference(before, (await load(COMPLETE)).config), []);
  const [shop, filebeat] = before.processes;
  assert(shop !== undefined && filebeat !== undefined);
  const moved = { ...before, processes: [filebeat, shop] };
  assert.deepEqual(configDifference(before, moved), []);
  const changed = {
    ...before,
    agent: { ...before.agent, log: { ...before.agent.log, level: "debug" as const } },
    processes: [{ ...filebeat, args: ["-v"] }, { ...shop, id: "till" }],
  };
  assert.deepEqual(configDifference(before, changed), [
    "agent.log.level",
    "processes.shop",
    "processes.filebeat.args",
    "processes.till",
  ]);
  const env = { PATTERN_TOKEN: new Secret("another"), NEW: new Secret("x") };
  const other = { ...before, processes: [shop, { ...filebeat, env, labels: {} }] };
  assert.deepEqual(configDifference(before, other), [
    "processes.filebeat.env.PATTERN_TOKEN",
    "processes.filebeat.env.RETRIES",
    "processes.filebeat.env.NEW",
    "processes.filebeat.labels.tier",
    "processes.filebeat.labels.app.kubernetes.io/name",
  ]);
  const token = { ...before, manager: { ...before.manager, token: new Secret("other") } };
  assert.deepEqual(configDifference(before, token), ["manager.token"]);
});
