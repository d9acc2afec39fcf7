import { AppError } from "../../../core/mod.ts";
import { durationOf, timeOf } from "../../../http/mod.ts";
import {
  hostList,
  hostListQuery,
  hostParams,
  hostPatch,
  hostRemoval,
  hostSamples,
  hostSamplesQuery,
  hostSettings,
  hostView,
} from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import { hostFilter, hostOrder } from "../listing/host_query.ts";
import { pageOf } from "../listing/page.ts";
import { both, only } from "../listing/filters.ts";
import type { ApiPorts, SamplesQuery } from "../ports.ts";

const TAG = { tags: ["hosts"] };
const DEFAULT_SPAN_MS = 3_600_000;

type HostPorts = Pick<ApiPorts, "auth" | "hub" | "samples" | "settings">;

export function hostRoutes(make: RouteMaker, ports: HostPorts, nowMs: () => number): ManagerRoute[] {
  return [...readRoutes(make, ports), ...changeRoutes(make, ports), ...detailRoutes(make, ports, nowMs)];
}

function readRoutes(make: RouteMaker, { hub }: HostPorts): ManagerRoute[] {
  return [
    make.verb("host.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/hosts",
      summary: "Show the hosts that the caller may see, filtered, in order, a page at a time",
      query: hostListQuery(),
      response: hostList,
      handle: ({ caller, query }) => {
        const isWanted = both(make.hosts.filter(caller), hostFilter(query));
        const { items, total, next } = pageOf(only(hub.views(), isWanted), hostOrder(query.sort), query);
        return { hosts: items, total, ...(next !== undefined && { next }) };
      },
    }),
    make.host("host.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/hosts/{id}",
      summary: "Show one host, by id or name",
      params: hostParams(),
      response: hostView,
      errors: ["not_found"],
      handle: ({ host }) => host,
    }),
  ];
}

function changeRoutes(make: RouteMaker, { auth, hub }: HostPorts): ManagerRoute[] {
  return [
    make.host("host.manage", {
      ...TAG,
      method: "PATCH",
      path: "/api/v1/hosts/{id}",
      summary: "Rename a host, give it other labels, or drain it: begin no tasks there",
      description: "Labels replace those before. Who has a scope cannot move a host out of it.",
      params: hostParams(),
      body: hostPatch(),
      response: hostView,
      errors: ["not_found", "conflict"],
      audit: {
        action: "host.change",
        subject: ({ params, host }) => `host ${host?.name ?? params.id}`,
        details: ({ body }) => ({ ...body }),
      },
      handle: ({ caller, host, body }) => {
        const after = { name: body.name ?? host.name, labels: body.labels ?? host.labels };
        auth.authorise(caller, "host.manage", after);
        return hub.change(host.id, body);
      },
    }),
    make.host("host.manage", {
      ...TAG,
      method: "DELETE",
      path: "/api/v1/hosts/{id}",
      summary: "Forget a host: its key is no longer let in, and what it still owes is cancelled",
      params: hostParams(),
      response: hostRemoval,
      errors: ["not_found"],
      audit: { action: "host.remove", subject: ({ params, host }) => `host ${host?.name ?? params.id}` },
      handle: async ({ host }) => {
        const { id, name } = await hub.remove(host.id);
        return { id, name };
      },
    }),
  ];
}

function detailRoutes(make: RouteMaker, { samples, settings }: HostPorts, nowMs: () => number): ManagerRoute[] {
  return [
    make.host("settings.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/hosts/{id}/settings",
      summary: "Show which settings are in force for a host by the manager's rules, and which rule says so",
      params: hostParams(),
      response: hostSettings,
      errors: ["not_found"],
      handle: ({ host }) => {
        const { settingsVersion: appliedVersion } = host;
        const { version, values } = settings.explain(host);
        return { version, values: { ...values }, ...(appliedVersion !== undefined && { appliedVersion }) };
      },
    }),
    make.host("host.view", {
      ...TAG,
      method: "GET",
      path: "/api/v1/hosts/{id}/samples",
      summary: "Show what the manager remembers of a host's samples, the last hour unless told otherwise",
      description: "An hour in full and a day by the minute; the host itself knows more, by its own API.",
      params: hostParams(),
      query: hostSamplesQuery(),
      response: hostSamples,
      errors: ["not_found"],
      handle: ({ host, query }) => samples.query(host.id, spanOf(query, nowMs())),
    }),
  ];
}

interface SpanQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly duration?: string | undefined;
  readonly step?: string | undefined;
}

function spanOf(query: SpanQuery, nowMs: number): SamplesQuery {
  const toMs = query.to === undefined ? nowMs : timeOf("to", query.to);
  const spanMs = query.duration === undefined ? DEFAULT_SPAN_MS : durationOf("duration", query.duration);
  const fromMs = query.from === undefined ? toMs - spanMs : timeOf("from", query.from);
  if (fromMs > toMs) throw new AppError("invalid_input", "from must not be later than to");
  return { fromMs, toMs, ...(query.step !== undefined && { stepMs: durationOf("step", query.step) }) };
}
