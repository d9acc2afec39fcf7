import { HostSelector } from "../../../core/mod.ts";
import {
  FLEET_SERIES,
  type FleetProcess,
  fleetProcessList,
  fleetProcessQuery,
  fleetSamples,
  type HostView,
  PROCESS_STATES,
} from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { wordsOf } from "../listing/host_query.ts";
import { both, only } from "../listing/filters.ts";
import { type Order, pageOf } from "../listing/page.ts";
import type { ApiPorts } from "../ports.ts";

type FleetPorts = Pick<ApiPorts, "hub" | "samples">;

const BY_HOST: Order<FleetProcess> = {
  name: "processes",
  isReversed: false,
  keyOf: ({ host }) => host,
  idOf: ({ hostId, id }) => `${hostId} ${id}`,
};

/** What is told of all hosts at once. */
export function fleetRoutes(make: RouteMaker, { hub, samples }: FleetPorts, nowMs: () => number): ManagerRoute[] {
  return [
    make.verb("host.view", {
      tags: ["samples"],
      method: "GET",
      path: "/api/v1/samples",
      summary: "Show the latest sample of each host that the caller may see",
      response: fleetSamples,
      handle: ({ caller }) => {
        const hosts = [];
        for (const { id } of only(hub.views(), make.hosts.filter(caller))) {
          const latest = samples.latest(id);
          if (latest !== null) hosts.push({ id, timeMs: latest.timeMs, values: Array.from(latest.values, measured) });
        }
        return { timeMs: nowMs(), series: [...FLEET_SERIES], hosts };
      },
    }),
    make.verb("host.view", {
      tags: ["processes"],
      method: "GET",
      path: "/api/v1/processes",
      summary: "Show the processes of all hosts that the caller may see, as last reported, by host",
      query: fleetProcessQuery(),
      response: fleetProcessList,
      handle: ({ caller, query }) => {
        const isWanted = both(onHosts(hub, both(make.hosts.filter(caller), selected(query.select))), wishOf(query));
        const { items, total, next } = pageOf(only(hub.processes(), isWanted), BY_HOST, query);
        return { processes: items, total, ...(next !== undefined && { next }) };
      },
    }),
  ];
}

/** JSON has no NaN. */
function measured(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function selected(select: string | undefined): ((host: HostView) => boolean) | null {
  if (select === undefined) return null;
  const selector = HostSelector.parse(select);
  return selector.isEverything ? null : (host) => selector.matches(host);
}

/** The processes of a host follow each other, so that each host is looked at once. */
function onHosts(hub: FleetPorts["hub"], isWanted: (host: HostView) => boolean): (process: FleetProcess) => boolean {
  let last = "";
  let isGood = false;
  return ({ hostId }) => {
    if (hostId === last) return isGood;
    last = hostId;
    const host = hub.view(hostId);
    return isGood = host !== null && isWanted(host);
  };
}

interface ProcessWish {
  readonly state?: string | undefined;
  readonly text?: string | undefined;
}

function wishOf({ state, text }: ProcessWish): ((process: FleetProcess) => boolean) | null {
  const wanted = state === undefined ? null : wordsOf("state", state, PROCESS_STATES);
  const part = text === undefined || text === "" ? null : text.toLowerCase();
  if (wanted === null && part === null) return null;
  return (process) =>
    (wanted === null || wanted.includes(process.state)) &&
    (part === null ||
      [process.id, process.name, process.host].some((each) => each.toLowerCase().includes(part)));
}
