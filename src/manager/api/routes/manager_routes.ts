import { AppError } from "../../../core/mod.ts";
import {
  AUTHORITY_PATH,
  type Caller,
  type HealthReport,
  healthReport,
  HOST_STATES,
  type HostState,
  managerStatus,
} from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { only } from "../listing/filters.ts";
import type { ApiPorts } from "../ports.ts";

const TAG = { tags: ["manager"] };

type OwnPorts = Pick<ApiPorts, "hub" | "manager">;

/** The manager itself. */
export function managerRoutes(make: RouteMaker, ports: OwnPorts): ManagerRoute[] {
  const { manager } = ports;
  return [
    make.open({
      ...TAG,
      method: "GET",
      path: "/healthz",
      summary: "Is the manager alive: 503 when a component has failed",
      response: healthReport,
      errors: ["unavailable"],
      handle: ({ caller }) => unless(healthFor(caller, manager.health()), "failed"),
    }),
    make.open({
      ...TAG,
      method: "GET",
      path: "/readyz",
      summary: "Is the manager ready: 503 until every component has started, and while it stops",
      response: healthReport,
      errors: ["unavailable"],
      handle: ({ caller }) => unless(healthFor(caller, manager.health()), "failed", "starting", "stopping", "stopped"),
    }),
    make.verb("metrics.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/status",
      summary: "Show what the manager is, where its files are and how its components do",
      response: managerStatus,
      handle: async ({ caller }) => ({ ...await manager.status(), hosts: countsFor(make, ports, caller) }),
    }),
    make.openRaw({
      ...TAG,
      method: "GET",
      path: AUTHORITY_PATH,
      summary: "Give the certificate authority that the manager has made for itself, PEM",
      produces: ["application/x-pem-file"],
      errors: ["not_found"],
      handle() {
        const authority = manager.authority();
        if (authority === null) {
          throw new AppError("not_found", "The manager has no certificate authority of its own");
        }
        return new Response(authority, { headers: { "content-type": "application/x-pem-file" } });
      },
    }),
  ];
}

function countsFor(make: RouteMaker, { hub }: OwnPorts, caller: Caller): Record<HostState, number> {
  const counts = Object.fromEntries(HOST_STATES.map((state) => [state, 0])) as Record<HostState, number>;
  for (const { state } of only(hub.views(), make.hosts.filter(caller))) counts[state]++;
  return counts;
}

/** Strangers are not told why: there may be names and paths in it that are none of their business. */
function healthFor(caller: Caller | null, report: HealthReport): HealthReport {
  if (caller !== null) return report;
  return { ...report, components: report.components.map(({ reason: _, ...component }) => component) };
}

/** Gives the report, or fails with it where the manager is in one of the states that it must not be in. */
function unless(report: HealthReport, ...states: HealthReport["state"][]): HealthReport {
  if (!states.includes(report.state)) return report;
  const guilty = report.components.filter((component) => component.state === report.state);
  const names = guilty.map(({ name, reason }) => reason === undefined ? name : `${name} (${reason})`).join(", ");
  throw new AppError("unavailable", `The manager is ${report.state}${names === "" ? "" : `: ${names}`}`, {
    details: report,
    retryable: true,
  });
}
