import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { configJsonSchema } from "./json_schema.ts";
import { loadConfig } from "./load.ts";
import { configSchema } from "./schema/config.ts";
import { keyAt, keysBelow, type SchemaKey, schemaKeys } from "./schema_keys.ts";

const CONFIGS = join(import.meta.dirname ?? "", "../../configs");
/** The platform's paths that configs/agent.yaml shows. */
const defaults = {
  workDir: resolve("/var/lib/farhand"),
  pidFile: resolve("/run/farhand/agent.pid"),
  logFile: resolve("/var/log/farhand/agent.log"),
  socket: resolve("/run/farhand/agent.sock"),
};

function load(file: string | null) {
  return loadConfig({ file, fileRequired: true, env: {}, defaults, cwd: "/start" });
}

/** configs/agent.yaml with the `#` before its keys removed. */
async function uncommented(): Promise<string> {
  const text = await Deno.readTextFile(join(CONFIGS, "agent.yaml"));
  return text.replace(/^( *)#(?=[a-z_]+:|- (?:id|name):)/gm, "$1");
}

async function loadText(text: string) {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, text);
    return await load(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("configs/agent.yaml as it stands gives the defaults", async () => {
  const { config, origins } = await load(join(CONFIGS, "agent.yaml"));
  assert.deepEqual(config, (await load(null)).config);
  assert.equal(origins.size, 0);
});

Deno.test("the values that configs/agent.yaml shows are the defaults", async () => {
  const shown = (await loadText(await uncommented())).config;
  const { exec, watch } = shown.collectors;
  assert.deepEqual([shown.processes.length, exec.length, watch.length], [2, 1, 2]);
  const withoutExamples = { ...shown, processes: [], collectors: { ...shown.collectors, exec: [], watch: [] } };
  assert.deepEqual(withoutExamples, (await load(null)).config);
});

/** Lists of sections, of which agent.yaml has examples. */
const LISTS = ["processes", "collectors.exec", "collectors.watch"] as const;

Deno.test("configs/agent.yaml names every key", async () => {
  const { origins } = await loadText(await uncommented());
  const root = schemaKeys(configSchema(defaults));
  const named = [...origins.keys()];
  /** A mapping whose names the user chooses, or a list of sections, is named by what is in it. */
  const isNamed = (key: string) => named.some((one) => one.startsWith(key) && /^($|[.[])/.test(one.slice(key.length)));
  for (const { path } of [...keysBelow(root)].filter(isLeaf)) assert(isNamed(path), `${path} is not in agent.yaml`);
  for (const list of LISTS) {
    const item = keyAt(root, list.split("."))?.item;
    assert(item !== null && item !== undefined, list);
    for (const { path } of [...keysBelow(item)].filter(isLeaf)) {
      const paths = [0, 1].map((index) => path.replace("[]", `[${index}]`));
      assert(paths.some(isNamed), `${path} is not in agent.yaml`);
    }
  }
});

function isLeaf({ kind, path, values }: SchemaKey): boolean {
  return (kind !== "mapping" || values !== null) && !LISTS.some((list) => list === path);
}

Deno.test("the processes that configs/agent.yaml shows are good ones", async () => {
  const [shop, filebeat] = (await loadText(await uncommented())).config.processes;
  assert.deepEqual([shop?.umask, shop?.env.SHOP_WORKERS?.reveal(), shop?.replicas], ["027", "4", 3]);
  assert.deepEqual(shop?.depends_on, [{ id: "filebeat", condition: "started" }]);
  assert.equal(filebeat?.pid_strategy, "spawn");
});

Deno.test("configs/agent.dev.yaml is a standalone agent with its files in the checkout", async () => {
  const { config, warnings } = await load(join(CONFIGS, "agent.dev.yaml"));
  assert.deepEqual(warnings, []);
  assert.equal(config.manager.address, "");
  assert.equal(config.agent.work_dir, resolve("/start/.farhand"));
  assert.equal(config.agent.log.file, resolve("/start/logs/agent.log"));
  assert.equal(config.agent.control.listen, "127.0.0.1:8081");
  assert.equal(config.collectors.disk.interval.ms, 10_000);
});

Deno.test("configs/agent.schema.json is up to date (deno task gen)", async () => {
  const written = JSON.parse(await Deno.readTextFile(join(CONFIGS, "agent.schema.json")));
  assert.deepEqual(written, JSON.parse(JSON.stringify(configJsonSchema())));
});

Deno.test("the JSON schema describes every key and refuses unknown ones", () => {
  const check = (schema: unknown, path: string): void => {
    assert(typeof schema === "object" && schema !== null);
    if (path !== "" && !path.endsWith("[]")) assert("description" in schema, `${path} has no description`);
    if ("items" in schema && LISTS.some((list) => list === path)) check(schema.items, `${path}[]`);
    if (!("properties" in schema) || typeof schema.properties !== "object") return;
    assert("additionalProperties" in schema && schema.additionalProperties === false, path);
    for (const [name, child] of Object.entries(schema.properties ?? {})) {
      check(child, `${path}.${name}`.replace(/^\./, ""));
    }
  };
  check(configJsonSchema(), "");
  assert.doesNotMatch(JSON.stringify(configJsonSchema()), /by platform|shortForm/);
});
