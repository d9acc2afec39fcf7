import assert from "node:assert/strict";
import { collectorRoutes, Collectors } from "../../src/agent/collectors/mod.ts";
import { controlRoutes } from "../../src/agent/control/mod.ts";
import { Commands, execRoutes } from "../../src/agent/exec/mod.ts";
import { Files, filesRoutes } from "../../src/agent/files/mod.ts";
import { Supervisor, supervisorRoutes } from "../../src/agent/supervisor/mod.ts";
import { terminalRoutes, Terminals } from "../../src/agent/terminal/mod.ts";
import { taskRoutes, Tasks } from "../../src/agent/tasks/mod.ts";
import { systemClock } from "../../src/core/mod.ts";
import { AGENT_ROUTES, routeAccess, TASK_PATH } from "../../src/protocol/mod.ts";
import { configIn } from "../helpers/loaded_config.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { inTempDir } from "../helpers/temp_dir.ts";

/** What no manager may ask for through the tunnel, each with the reason. */
const NOT_FOR_THE_MANAGER: Readonly<Record<string, string>> = {
  "POST /v1/stop": "it would cut the host off",
};
/** What the kit adds to every API. */
const OF_THE_KIT: readonly string[] = ["GET /openapi.json"];

const unused = () => {
  throw new Error("not part of this test");
};

/** Every route of an agent's control API, as `POST /v1/stop`. */
async function controlApi(dir: string): Promise<string[]> {
  const { config } = await configIn(dir);
  const { log } = recordingLog();
  const clock = systemClock;
  const routes = [
    ...controlRoutes({
      ...{ status: unused, health: unused, reload: unused, logLevel: unused, setLogLevel: unused, stop: unused },
    }),
    ...collectorRoutes(
      new Collectors({
        ...{ config: config.collectors, clock, log, onFailing: unused },
        ports: { supervised: () => [], queues: () => ({}) },
      }),
    ),
    ...supervisorRoutes(
      new Supervisor({ config, agent: config.agent, workDir: dir, logDir: dir, clock, log, onTrouble: unused }),
      () => 0,
    ),
    ...execRoutes(new Commands({ clock, log })),
    ...filesRoutes(
      new Files({ clock, log, uploadsDir: dir, ports: { config: unused, policy: unused, ownPaths: unused } }),
    ),
    ...terminalRoutes(new Terminals({ config: config.terminal, clock, log })),
  ];
  return routes.map(({ method, path }) => `${method} ${path}`);
}

Deno.test("every route of the control API is one that the manager may ask for, or is one that it may not, for a reason", () =>
  inTempDir(async (dir) => {
    const named = [...AGENT_ROUTES.map(({ method, path }) => `${method} ${path}`), ...Object.keys(NOT_FOR_THE_MANAGER)];
    const there = [...await controlApi(dir), ...OF_THE_KIT];
    assert.deepEqual(named.toSorted(), there.toSorted());
  }));

Deno.test("what the manager may not ask for is refused by the table that both ends have", () => {
  for (const route of Object.keys(NOT_FOR_THE_MANAGER)) {
    const [method = "", path = ""] = route.split(" ");
    assert.equal(routeAccess(method, path), null, route);
  }
});

Deno.test("the manager's own route is in no table", () => {
  const ports = { isManager: unused, call: unused, report: unused };
  const tasks = new Tasks({ path: "/nowhere", clock: systemClock, log: recordingLog().log, ports, onTrouble: unused });
  assert.deepEqual(taskRoutes(tasks, ports).map(({ method, path }) => `${method} ${path}`), [
    `POST ${TASK_PATH}`,
    `DELETE ${TASK_PATH}/{id}`,
  ]);
  assert.equal(routeAccess("POST", TASK_PATH), null);
});
