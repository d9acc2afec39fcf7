import { AppError } from "../../core/mod.ts";
import { type AnyRoute, defineRoute } from "../../http/mod.ts";
import {
  agentStatus,
  type HealthReport,
  healthReport,
  logLevelChange,
  logLevelState,
  reloadReport,
  stopReport,
  stopRequest,
} from "../../protocol/mod.ts";
import type { ControlPorts } from "./ports.ts";

/** The routes of the agent itself. Those of its other parts join them in compose.ts. */
export function controlRoutes(ports: ControlPorts): AnyRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/healthz",
      summary: "Is the agent alive: 503 when a component has failed",
      access: "public",
      response: healthReport,
      errors: ["unavailable"],
      handle: () => unless(ports.health(), "failed"),
    }),
    defineRoute({
      method: "GET",
      path: "/readyz",
      summary: "Is the agent ready: 503 until every component has started, and while it stops",
      access: "public",
      response: healthReport,
      errors: ["unavailable"],
      handle: () => unless(ports.health(), "failed", "starting", "stopping", "stopped"),
    }),
    defineRoute({
      method: "GET",
      path: "/v1/status",
      summary: "Show what the agent is, where its files are and how its components do",
      access: "owner",
      response: agentStatus,
      handle: ({ signal }) => ports.status(signal),
    }),
    defineRoute({
      method: "POST",
      path: "/v1/reload",
      summary: "Read the config again and apply what can change while running",
      access: "owner",
      response: reloadReport,
      errors: ["invalid_config"],
      handle: () => ports.reload(),
    }),
    defineRoute({
      method: "GET",
      path: "/v1/log-level",
      summary: "Show the log level in force",
      access: "owner",
      response: logLevelState,
      handle: () => ports.logLevel(),
    }),
    defineRoute({
      method: "PUT",
      path: "/v1/log-level",
      summary: "Change the log level until the next start, or until a reload brings another",
      access: "owner",
      body: logLevelChange,
      response: logLevelState,
      handle: ({ body }) => {
        ports.setLogLevel(body.level);
        return ports.logLevel();
      },
    }),
    defineRoute({
      method: "POST",
      path: "/v1/stop",
      summary: "Stop the agent; answers once everything but this API has stopped or was given up",
      access: "owner",
      body: stopRequest,
      response: stopReport,
      handle: ({ body, signal }) => ports.stop(body, signal),
    }),
  ];
}

/** Gives the report, or fails with it where the agent is in one of the states that it must not be in. */
function unless(report: HealthReport, ...states: HealthReport["state"][]): HealthReport {
  if (!states.includes(report.state)) return report;
  const guilty = report.components.filter((component) => component.state === report.state);
  const names = guilty.map(({ name, reason }) => reason === undefined ? name : `${name} (${reason})`).join(", ");
  throw new AppError("unavailable", `The agent is ${report.state}${names === "" ? "" : `: ${names}`}`, {
    details: report,
    retryable: true,
  });
}
