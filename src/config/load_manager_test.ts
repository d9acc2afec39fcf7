import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import { managerJsonSchema } from "./json_schema.ts";
import { loadManagerConfig, locateManager } from "./load_manager.ts";
import type { LoadOptions } from "./load_as.ts";
import { parseListenUrl } from "./schema/server/listen.ts";
import { managerConfigSchema } from "./schema/server/manager.ts";
import { keysBelow, schemaKeys } from "./schema_keys.ts";

const ROOT = join(import.meta.dirname ?? "", "../..");
const EXAMPLE = join(ROOT, "configs/manager.yaml");
const BAD = join(ROOT, "tests/fixtures/bad_manager_configs");
/** The platform's paths that configs/manager.yaml shows. */
const defaults = {
  workDir: resolve("/var/lib/farhand-manager"),
  pidFile: resolve("/run/farhand/manager.pid"),
  logFile: resolve("/var/log/farhand/manager.log"),
  socket: resolve("/run/farhand/manager.sock"),
};

function load(file: string | null, more: Partial<LoadOptions> = {}) {
  return loadManagerConfig({ file, fileRequired: true, env: {}, defaults, cwd: "/start", ...more });
}

async function loadText(text: string) {
  let loaded: Awaited<ReturnType<typeof load>> | undefined;
  await inPlainTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "manager.yaml"), text);
    loaded = await load(join(dir, "manager.yaml"));
  });
  return loaded ?? assert.fail("not loaded");
}

/** configs/manager.yaml with the `#` before its keys removed. */
async function uncommented(): Promise<string> {
  return (await Deno.readTextFile(EXAMPLE)).replace(/^( *)#(?=[a-z_]+:)/gm, "$1");
}

Deno.test("configs/manager.yaml as it stands gives the defaults", async () => {
  const { config, origins, warnings } = await load(EXAMPLE);
  assert.deepEqual(config, (await load(null)).config);
  assert.deepEqual([origins.size, warnings], [0, []]);
});

Deno.test("the values that configs/manager.yaml shows are the defaults, and it names every key", async () => {
  const { config, origins } = await loadText(await uncommented());
  assert.deepEqual(config, (await load(null)).config);
  const leaves = [...keysBelow(schemaKeys(managerConfigSchema(defaults)))].filter(({ kind }) => kind !== "mapping");
  assert.ok(leaves.length > 20);
  for (const { path } of leaves) assert.ok(origins.has(path), `${path} is not in manager.yaml`);
});

Deno.test("configs/manager.schema.json is up to date (deno task gen)", async () => {
  const written = JSON.parse(await Deno.readTextFile(join(ROOT, "configs/manager.schema.json")));
  assert.deepEqual(written, JSON.parse(JSON.stringify(managerJsonSchema())));
  assert.doesNotMatch(JSON.stringify(written), /by platform/);
});

const fixtures = [...Deno.readDirSync(BAD)].map(({ name }) => name).filter((name) => name.endsWith(".yaml")).sort();
for (const name of fixtures) {
  const ignore = Deno.build.os === "windows" && name.endsWith("socket_too_long.yaml");
  Deno.test({ name: `a manager refuses ${name}`, ignore }, async () => {
    const file = join(BAD, name);
    const expected = (await Deno.readTextFile(file.replace(/yaml$/, "txt"))).trimEnd();
    await assert.rejects(load(file), (error) => {
      assert.ok(error instanceof AppError && error.code === "invalid_config");
      assert.equal(error.message.replaceAll(file, "{file}"), expected);
      return true;
    });
  });
}

Deno.test("the manager's variables are its own: the agent's say nothing to it, and unknown ones are named", async () => {
  const env = { MANAGER_LISTEN: "http://127.0.0.1:8080", MANAGER_LOG_LEVEL: "debug", AGENT_LOG_LEVEL: "error" };
  const { config, warnings } = await load(null, { env: { ...env, MANAGER_LISTNE: "x" } });
  assert.deepEqual([config.listen, config.log.level], ["http://127.0.0.1:8080", "debug"]);
  assert.deepEqual(warnings, [
    "environment variable MANAGER_LISTNE is not known and is ignored; did you mean MANAGER_LISTEN?",
  ]);
});

Deno.test("a data directory of its own takes the other files along, where nobody has placed them", async () => {
  const flags = { overrides: [{ flag: "--data-dir", key: "data_dir", value: "mine" }], set: ["pid_file=/run/x.pid"] };
  const { config } = await load(null, { flags });
  assert.equal(config.data_dir, resolve("/start/mine"));
  assert.equal(config.pid_file, resolve("/run/x.pid"));
  assert.equal(config.log.file, resolve("/start/mine/manager.log"));
  assert.equal(config.control.socket, resolve("/start/mine/manager.sock"));
});

Deno.test("a manager is found even by a config that has become wrong", async () => {
  const flags = { set: ["data_dir=/srv/m", "listen=nonsense"] };
  const found = await locateManager({ file: null, fileRequired: true, env: {}, defaults, cwd: "/", flags });
  assert.deepEqual([found.dir, found.socket], [resolve("/srv/m"), resolve("/srv/m/manager.sock")]);
  assert.equal(found.error?.code, "invalid_config");
  assert.deepEqual("textOf" in found, false);
});

Deno.test("an address to listen on is read from its URL, whatever else the text is", () => {
  assert.deepEqual(parseListenUrl("https://0.0.0.0:9443"), { secure: true, host: "0.0.0.0", port: 9443 });
  assert.deepEqual(parseListenUrl("http://[::1]:8080/"), { secure: false, host: "::1", port: 8080 });
  assert.deepEqual(parseListenUrl("https://manager"), { secure: true, host: "manager", port: 443 });
  for (const wrong of ["", "0.0.0.0:1", "https://", "https://a:65536", "https://a/b", "https://u@a", "ftp://a"]) {
    assert.equal(parseListenUrl(wrong), null, wrong);
  }
  fc.assert(fc.property(fc.string(), fc.nat(99_999), (host, port) => {
    const read = parseListenUrl(`https://${host}:${port}`);
    assert.ok(read === null || (read.port === port && port <= 65_535 && /^[\w.:-]+$/.test(read.host)));
  }));
});
