import { AppError, Duration } from "../../../core/mod.ts";
import { type AnyRoute, defineRoute } from "../../../http/mod.ts";
import {
  PROCESS_STATES,
  processActionReport,
  processActionRequest,
  processAddRequest,
  type ProcessDetails,
  processDetails,
  processList,
  processListQuery,
  processParams,
  processRemoveReport,
  processUsageQuery,
  processUsageReport,
  type ProcessView,
} from "../../../protocol/mod.ts";
import type { Keeper } from "../keeper.ts";
import type { Supervisor } from "../supervisor.ts";
import type { Unit } from "../unit/unit.ts";
import { detailsOf } from "./views.ts";

const DEFAULT_USAGE_MS = 3_600_000;

/** What the control API has of the processes. */
export function processRoutes(supervisor: Supervisor): AnyRoute[] {
  return [...listRoutes(supervisor), ...changeRoutes(supervisor)];
}

function listRoutes(supervisor: Supervisor): AnyRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/v1/processes",
      summary: "Show the supervised processes with their states, in the order of the config",
      access: "owner",
      query: processListQuery(),
      response: processList,
      errors: ["unavailable"],
      handle: ({ query: { label, state } }) => {
        const isWanted = filterOf(label, state);
        return { processes: supervisor.views().filter(isWanted) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/v1/processes/{id}",
      summary: "Show one process with how it is run",
      access: "owner",
      params: processParams(),
      response: processDetails,
      errors: ["not_found", "unavailable"],
      handle: async ({ params }) => {
        const keeper = await supervisor.keeper();
        return details(keeper, keeper.unit(params.id));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/v1/processes/{id}/usage",
      summary: "Show what a process and its descendants have used, an hour at most",
      access: "owner",
      params: processParams(),
      query: processUsageQuery(),
      response: processUsageReport,
      errors: ["not_found", "unavailable"],
      handle: async ({ params, query }) => {
        const keeper = await supervisor.keeper();
        return usageOf(keeper, keeper.unit(params.id), query.duration);
      },
    }),
  ];
}

function changeRoutes(supervisor: Supervisor): AnyRoute[] {
  return [
    defineRoute({
      method: "POST",
      path: "/v1/processes",
      summary: "Register a process that is run besides those of the config, or replace one that was registered so",
      access: "owner",
      body: processAddRequest(),
      response: processDetails,
      errors: ["conflict", "unavailable"],
      handle: async ({ body }) => {
        const keeper = await supervisor.keeper();
        const [first] = keeper.add(body.process);
        if (first === undefined) {
          throw new AppError("internal", "Cannot show the process that was added: it is not there");
        }
        return details(keeper, first);
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/v1/processes/{id}",
      summary: "Stop a registered process and forget it, with all its replicas; its log files stay",
      access: "owner",
      params: processParams(),
      response: processRemoveReport,
      errors: ["not_found", "conflict", "unavailable"],
      handle: async ({ params, signal }) => ({ removed: await (await supervisor.keeper()).remove(params.id, signal) }),
    }),
    defineRoute({
      method: "POST",
      path: "/v1/processes/actions",
      summary: "Start, stop, restart or signal processes, each after those that it depends on",
      access: "owner",
      body: processActionRequest(),
      response: processActionReport,
      errors: ["not_found", "unavailable"],
      handle: async ({ body, signal }) => await (await supervisor.keeper()).act(body, signal),
    }),
  ];
}

function details(keeper: Keeper, unit: Unit): ProcessDetails {
  return detailsOf(unit, keeper.equipment.logs.files(unit.id));
}

function usageOf({ equipment }: Keeper, { id, spec }: Unit, text: string | undefined) {
  const durationMs = text === undefined ? DEFAULT_USAGE_MS : durationOf(text);
  const { cpuPercent, memoryBytes } = spec.thresholds;
  return {
    id,
    intervalMs: equipment.usageIntervalMs,
    usage: equipment.usage.history(id, durationMs),
    limits: {
      ...(cpuPercent > 0 && { cpuThreshold: cpuPercent }),
      ...(memoryBytes > 0 && { memoryThresholdBytes: memoryBytes }),
    },
  };
}

function durationOf(text: string): number {
  const duration = Duration.parse(text);
  if (duration === null) throw new AppError("invalid_input", `duration must be such as 15m or 1h, got "${text}"`);
  return duration.ms;
}

function filterOf(label: string | undefined, states: string | undefined): (view: ProcessView) => boolean {
  const [name = "", ...value] = label?.split("=") ?? [];
  if (label !== undefined && (name === "" || value.length === 0)) {
    throw new AppError("invalid_input", `label must be name=value, got "${label}"`);
  }
  const wanted = states?.split(",").map((state) => state.trim());
  const unknown = wanted?.find((state) => !PROCESS_STATES.some((known) => known === state));
  if (unknown !== undefined) {
    throw new AppError("invalid_input", `state must be among ${PROCESS_STATES.join(", ")}, got "${unknown}"`);
  }
  return (view) =>
    (label === undefined || view.labels[name] === value.join("=")) &&
    (wanted === undefined || wanted.includes(view.state));
}
