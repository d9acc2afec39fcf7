import { Marks } from "../../src/agent/supervisor/unit/marks.ts";
import { NO_GROUP, type UnitServices } from "../../src/agent/supervisor/unit/services.ts";
import { recordingLog } from "./recording_log.ts";

type Given = Pick<UnitServices, "clock" | "launcher">;

/** What a supervised process needs around it; everything that is not given does nothing and finds nothing. */
export function unitServices(given: Given & Partial<UnitServices>): UnitServices {
  const report = { probe: "readiness", type: "tcp", result: "waiting" } as const;
  return {
    random: () => 0,
    log: recordingLog().log,
    marks: new Marks("key"),
    baseEnv: {},
    startProbe: () => ({ report: () => report, stop: () => {} }),
    awaitLine: () => () => {},
    keepLogs: () => {},
    saveHandle: () => {},
    dropHandle: () => {},
    record: () => {},
    prepareGroup: () => NO_GROUP,
    updateGroup: () => NO_GROUP,
    removeGroup: () => 0,
    openNotify: () => "/run/notify.sock",
    closeNotify: () => {},
    openHeartbeats: () => {},
    closeHeartbeats: () => {},
    signalOne: () => {},
    find: () => null,
    usage: () => undefined,
    waitsFor: () => null,
    changed: () => {},
    ...given,
  };
}
