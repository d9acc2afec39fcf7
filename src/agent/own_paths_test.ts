import assert from "node:assert/strict";
import { join } from "node:path";
import { configIn } from "../../tests/helpers/loaded_config.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { ownPaths } from "./own_paths.ts";

Deno.test("the agent's own files are its directory, socket, secrets, config and program, as far as there are any", () =>
  inTempDir(async (dir) => {
    const loaded = await configIn(dir, "manager.key_file=/etc/key", "manager.cert_file=/etc/cert");
    const { work_dir, pid_file, control } = loaded.config.agent;
    const common = [work_dir, pid_file, control.socket, "/etc/key"];
    assert.deepEqual(ownPaths({ ...loaded, file: null }, null), common);
    const all = ownPaths({ ...loaded, file: join(dir, "agent.yaml") }, "/usr/bin/agent");
    assert.deepEqual(all, [...common, join(dir, "agent.yaml"), "/usr/bin/agent"]);
  }));
