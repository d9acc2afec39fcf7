import { AppError, type Secret } from "../../../core/mod.ts";
import { upgradeToWebSocket } from "../../../http/mod.ts";
import {
  ENROL_PATH,
  enrolAnswer,
  enrolRequest,
  TUNNEL_PATH,
  TUNNEL_SUBPROTOCOL,
  workerAnswer,
  workerHeartbeat,
} from "../../../protocol/mod.ts";
import { requireBearer } from "../guard/bearer.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { ManagerRoute } from "../guard/route_spec.ts";
import type { HubPort } from "../ports.ts";

const TAG = { tags: ["for hosts"] };

/** By what hosts come in. They prove by themselves who they are, so these are open to all. */
export function hostEntrances(make: RouteMaker, hub: HubPort, workerToken: Secret | null): ManagerRoute[] {
  const entrances = [enrolRoute(make, hub), tunnelRoute(make, hub)];
  return workerToken === null ? entrances : [...entrances, workerRoute(make, hub, workerToken)];
}

function enrolRoute(make: RouteMaker, hub: HubPort): ManagerRoute {
  return make.open({
    ...TAG,
    method: "POST",
    path: ENROL_PATH,
    summary: "Become a host of this manager, once, with a join token",
    body: enrolRequest(),
    response: enrolAnswer,
    errors: ["unauthorized", "conflict", "rate_limited"],
    audit: {
      action: "host.enrol",
      subject: ({ body, data }) => `host ${data?.name ?? body?.name ?? body?.facts.hostname ?? ""}`,
      actor: ({ data }) => data === undefined ? undefined : `host:${data.name}`,
      details: ({ body, data }) => ({
        hostname: body?.facts.hostname,
        os: body?.facts.os,
        publicKey: body?.publicKey,
        hostId: data?.hostId,
      }),
    },
    handle: (asked) => hub.enrol(asked.body, make.client(asked).address),
  });
}

function tunnelRoute(make: RouteMaker, hub: HubPort): ManagerRoute {
  return make.openRaw({
    ...TAG,
    method: "GET",
    path: TUNNEL_PATH,
    summary: `Hold a host's tunnel: a WebSocket with the subprotocol ${TUNNEL_SUBPROTOCOL}`,
    description: "Over it the host proves who it is, and then both sides make requests to each other.",
    produces: [],
    answers: { 101: "The tunnel begins" },
    errors: ["invalid_input", "rate_limited", "unavailable"],
    handle(asked) {
      const { request, headers } = asked;
      checkUpgrade(headers);
      // No program that holds a tunnel sends one; a browser always does, whosever page has made it come here.
      if (headers.has("origin")) throw new AppError("forbidden", "A tunnel is for agents, not for web pages");
      const { address } = make.client(asked);
      hub.admit?.(address);
      const { socket, response } = upgradeToWebSocket(request, { protocol: TUNNEL_SUBPROTOCOL, idleTimeout: 0 });
      hub.accept(socket, address);
      return response;
    },
  });
}

function checkUpgrade(headers: Headers): void {
  const isWebSocket = headers.get("upgrade")?.toLowerCase() === "websocket";
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  if (isWebSocket && offered.includes(TUNNEL_SUBPROTOCOL)) return;
  throw new AppError(
    "invalid_input",
    `${TUNNEL_PATH} is a WebSocket with the subprotocol ${TUNNEL_SUBPROTOCOL}; agents use it by themselves`,
  );
}

function workerRoute(make: RouteMaker, hub: HubPort, token: Secret): ManagerRoute {
  return make.open({
    ...TAG,
    method: "POST",
    path: "/api/worker/heartbeat",
    summary: "Report as a host that cannot hold a WebSocket, with the workers' bearer token",
    body: workerHeartbeat(),
    response: workerAnswer,
    errors: ["unauthorized", "rate_limited", "conflict"],
    admit: ({ headers }) => requireBearer(headers, token, "worker_heartbeat.token_file"),
    handle: async (asked) => {
      const { hostId, intervalMs, settings } = await hub.workerHeartbeat(asked.body, make.client(asked).address);
      return { host_id: hostId, heartbeat_interval: intervalMs / 1000, settings: { ...settings } };
    },
  });
}
