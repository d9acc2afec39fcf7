import { AppError, type Clock, type Secret } from "../../core/mod.ts";
import { type AnyRoute, buildApp, type Connection, type Gate } from "../../http/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { Logger } from "../../log/mod.ts";
import { API_TITLE } from "./docs/description.ts";
import { docsRoutes } from "./docs/docs_routes.ts";
import { eventRoutes } from "./events/event_routes.ts";
import { AuditTrail } from "./guard/audit_trail.ts";
import { LastingAccess } from "./guard/lasting_access.ts";
import { RouteMaker } from "./guard/manager_route.ts";
import type { ManagerRoute } from "./guard/route_spec.ts";
import { liveRoute } from "./live/live_route.ts";
import { LiveSockets } from "./live/live_sockets.ts";
import { HttpMetrics } from "./metrics/http_metrics.ts";
import { LoopLag } from "./metrics/loop_lag.ts";
import { type MetricsOptions, metricsRoutes } from "./metrics/metrics_routes.ts";
import type { ApiPorts } from "./ports.ts";
import { agentRoute } from "./remote/agent_route.ts";
import { terminalRoute } from "./remote/terminal_route.ts";
import { auditRoutes } from "./routes/audit_routes.ts";
import { fleetRoutes } from "./routes/fleet_routes.ts";
import { hostEntrances } from "./routes/host_entrances.ts";
import { hostRoutes } from "./routes/host_routes.ts";
import { logSearchRoutes } from "./routes/log_search_routes.ts";
import { managerRoutes } from "./routes/manager_routes.ts";
import { recordingRoutes } from "./routes/recording_routes.ts";
import { sessionRoutes } from "./routes/session_routes.ts";
import { settingRoutes } from "./routes/setting_routes.ts";
import { taskRoutes } from "./routes/task_routes.ts";
import { apiTokenRoutes, joinTokenRoutes } from "./routes/token_routes.ts";
import { userRoutes } from "./routes/user_routes.ts";
import { securityHeaders } from "./security_headers.ts";

export interface ManagerApiOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  readonly metrics: MetricsOptions;
  /** For hosts that can only report; null where they may not. */
  readonly workerToken: Secret | null;
}

export interface ManagerAppOptions {
  /** Who asks: auth's gate for people, one that trusts everybody for the control socket. */
  readonly gate: Gate;
  /** Whether people come by https, here or at the proxy. */
  readonly isSecure: boolean;
  /** Further routes of this address, such as those of the control socket alone. */
  readonly more?: readonly AnyRoute[];
}

/** A login, an enrolment, a worker's heartbeat: none is as long as this. */
const MAX_PUBLIC_BODY_BYTES = 64 * 1024;

export type ManagerFetch = (request: Request, connection: Connection) => Response | Promise<Response>;

/** What routes are made with. */
interface RouteParts {
  readonly ports: ApiPorts;
  readonly make: RouteMaker;
  readonly trail: AuditTrail;
  readonly lasting: LastingAccess;
  readonly stopped: AbortSignal;
}

/** The manager's API: its routes, apps of them for each address, and what must run beside them. */
export class ManagerApi {
  readonly routes: readonly ManagerRoute[];
  readonly #options: ManagerApiOptions;
  readonly #stopping = new AbortController();
  readonly #http = new HttpMetrics();
  readonly #lag: LoopLag;
  readonly #live: LiveSockets;
  #measuring: Promise<void> = Promise.resolve();

  constructor(ports: ApiPorts, options: ManagerApiOptions) {
    this.#options = options;
    const { clock, log } = options;
    const stopped = this.#stopping.signal;
    this.#lag = new LoopLag(clock);
    const trail = new AuditTrail({ audit: ports.audit, clock, log });
    const make = new RouteMaker(ports, trail);
    const lasting = new LastingAccess(ports.auth, clock, log);
    this.#live = new LiveSockets({ ports, hosts: make.hosts, lasting, clock, log, stopped });
    this.routes = this.#makeRoutes({ ports, make, trail, lasting, stopped });
  }

  app({ gate, isSecure, more = [] }: ManagerAppOptions): ManagerFetch {
    const { version, log } = this.#options;
    const app = buildApp({
      title: API_TITLE,
      version,
      routes: [...this.routes, ...more],
      gate,
      log,
      headers: securityHeaders(isSecure),
      ownerNeeds: "a login or an API token",
      maxPublicBodyBytes: MAX_PUBLIC_BODY_BYTES,
      onAnswered: (answered) => this.#http.answered(answered),
    });
    return (request, connection) => app.fetch(request, connection);
  }

  /** Ends what was opened to last: streams, live connections, requests to hosts. */
  component(dependsOn: readonly string[] = []): Component {
    return {
      name: "api",
      dependsOn,
      start: (signal) =>
        Promise.try(() => {
          signal.throwIfAborted();
          this.#measuring = this.#lag.run(this.#stopping.signal);
        }),
      stop: async () => {
        this.#stopping.abort(new AppError("unavailable", "The manager stops; ask again", { retryable: true }));
        await Promise.all([this.#measuring, this.#live.stop()]);
      },
    };
  }

  #makeRoutes({ ports, make, trail, lasting, stopped }: RouteParts): ManagerRoute[] {
    const { clock, log, metrics, workerToken } = this.#options;
    const { auth, hub, settings, events, audit, manager, terminals, logSearch } = ports;
    const nowMs = () => clock.nowMs();
    const live = this.#live;
    const sources = { ports, http: this.#http, lag: this.#lag, nowMs, liveConnections: () => live.size };
    return [
      ...sessionRoutes(make, auth),
      ...userRoutes(make, auth),
      ...apiTokenRoutes(make, auth),
      ...joinTokenRoutes(make, auth, manager),
      ...hostRoutes(make, ports, nowMs),
      agentRoute(make, { auth, hub, trail, lasting, stopped }),
      terminalRoute(make, { auth, hub, terminals, trail, lasting, clock, log }),
      ...recordingRoutes(make, ports),
      ...fleetRoutes(make, ports, nowMs),
      ...logSearchRoutes(make, { hub, logSearch, lasting, clock, stopped }),
      ...eventRoutes(make, { events, lasting, nowMs, stopped }),
      ...taskRoutes(make, ports),
      ...settingRoutes(make, settings),
      ...auditRoutes(make, audit, nowMs),
      liveRoute(make, auth, live),
      ...metricsRoutes(make, sources, metrics),
      ...managerRoutes(make, ports),
      ...hostEntrances(make, hub, workerToken),
      ...docsRoutes(make, { clock, allRoutes: () => this.routes }),
    ];
  }
}
