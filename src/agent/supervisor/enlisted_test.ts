import assert from "node:assert/strict";
import { join } from "node:path";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { loadConfig } from "../../config/mod.ts";
import { Enlisted } from "./enlisted.ts";
import type { RegisteredProcess } from "./store/store.ts";

const WORK_DIR = join(Deno.cwd(), "w");

async function enlistedWith(...items: readonly Record<string, unknown>[]) {
  const { config } = await loadConfig({
    file: null,
    fileRequired: true,
    env: { AGENT_PROCESSES: JSON.stringify([{ id: "db", command: ["/db"] }]) },
    defaults: { workDir: WORK_DIR, pidFile: "/p", logFile: "/l", socket: "/s" },
    cwd: "/",
  });
  const rows: RegisteredProcess[] = items.map((item) => ({ id: String(item["id"]), item }));
  const { log, records } = recordingLog();
  const enlisted = new Enlisted({ agent: config.agent, store: { registered: () => [...rows] }, log });
  const ids = () => enlisted.all(config).map((owned) => `${owned.config.id} ${owned.origin}`);
  return { config, rows, enlisted, ids, told: () => records.map(({ fields }) => `${fields["process"]}`) };
}

Deno.test("registered processes may depend on each other in any order, and on those of the config", async () => {
  const { ids, told } = await enlistedWith(
    { id: "shop", command: ["/shop"], depends_on: ["cache"] },
    { id: "cache", command: ["/cache"], depends_on: ["db"] },
  );
  assert.deepEqual(ids(), ["db config", "cache api", "shop api"]);
  assert.deepEqual(told(), []);
});

Deno.test("one that is wrong is left out, and that is said once for as long as nothing changes", async () => {
  const bench = await enlistedWith({ id: "shop", command: ["/shop"], depends_on: ["gone"] });
  assert.deepEqual([bench.ids(), bench.ids(), bench.told()], [["db config"], ["db config"], ["shop"]]);
  bench.rows.push({ id: "gone", item: { id: "gone", command: ["/gone"] } });
  assert.deepEqual(bench.ids(), ["db config", "gone api", "shop api"], "it is looked at anew");
  bench.rows.splice(1, 1, { id: "gone", item: { id: "gone", command: [] } });
  assert.deepEqual(bench.ids(), ["db config"], "a row was replaced");
  const changed = { ...bench.config, processes: [] };
  assert.deepEqual(bench.enlisted.all(changed), []);
});

Deno.test("one that is to be registered may replace itself, and nothing of the config", async () => {
  const { enlisted, config } = await enlistedWith({ id: "shop", command: ["/shop"] });
  assert.deepEqual(enlisted.check({ id: "shop", command: ["/new"] }, config).command, ["/new"]);
  assert.throws(() => enlisted.check({ id: "db", command: ["/db"] }, config), { code: "invalid_input" });
  assert.throws(() => enlisted.check("shop", config), { code: "invalid_input" });
});
