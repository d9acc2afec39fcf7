import type { ProcessDetails, ProcessView } from "../../../protocol/mod.ts";
import type { LogFileReport } from "../../../protocol/mod.ts";
import type { Unit } from "../unit/unit.ts";

export function viewOf(unit: Unit): ProcessView {
  const { spec, life, run, statusText, watches } = unit;
  const usage = unit.usage();
  return {
    id: spec.id,
    name: spec.name,
    group: spec.group,
    kind: spec.kind,
    type: spec.type,
    labels: { ...spec.labels },
    origin: spec.origin,
    enabled: spec.enabled,
    state: life.state,
    sinceMs: life.sinceMs,
    reason: life.reason,
    wanted: life.wanted,
    ...(run === undefined ? {} : { pid: run.identity.pid, startedMs: run.startedMs }),
    restarts: life.restarts,
    ...(life.nextStartMs === null ? {} : { nextStartMs: life.nextStartMs }),
    ...(life.lastExit === null ? {} : { lastExit: life.lastExit }),
    probes: watches?.report() ?? [],
    ...(usage === undefined ? {} : { usage }),
    ...(statusText === undefined ? {} : { statusText }),
  };
}

/** How it is run besides. Values of its environment may be secrets and are not told; nor are they in its arguments. */
export function detailsOf(unit: Unit, files: readonly LogFileReport[]): ProcessDetails {
  const { spec, group } = unit;
  const { user } = spec.account;
  return {
    ...viewOf(unit),
    argv: [...spec.argv ?? []],
    workDir: spec.workDir,
    ...(user === "" ? {} : { user }),
    envNames: Object.keys(spec.env).sort(),
    dependsOn: spec.dependsOn.map(({ id, condition }) => ({ id, condition })),
    logs: files.map(({ name, path, sizeBytes }) => ({ name, path, ...(sizeBytes === undefined ? {} : { sizeBytes }) })),
    limits: [...group.applied],
    problems: [...group.problems],
  };
}
