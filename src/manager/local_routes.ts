import { type AnyRoute, defineRoute } from "../http/mod.ts";
import {
  logLevelChange,
  type LogLevelState,
  logLevelState,
  type ReloadReport,
  reloadReport,
  setupLink,
  type StopReport,
  stopReport,
  type StopRequest,
  stopRequest,
} from "../protocol/mod.ts";

/** What the owner of the manager's files may do to it, whom no login can stand for. */
export interface LocalPorts {
  reload(): Promise<ReloadReport>;
  /** Begins to stop; resolves when all but what the answer travels through has stopped or was given up. */
  stop(request: StopRequest, signal: AbortSignal): Promise<StopReport>;
  /** The one-time link for the first admin; null once there is a user. */
  setupLink(): Promise<string | null>;
  logLevel(): LogLevelState;
  setLogLevel(level: LogLevelState["level"]): Promise<void>;
}

/** Routes of the control socket alone, besides those of the API. */
export function localRoutes(ports: LocalPorts): AnyRoute[] {
  return [
    defineRoute({
      method: "POST",
      path: "/v1/reload",
      summary: "Read the config and the certificate again, and apply what can change while running",
      access: "owner",
      response: reloadReport,
      errors: ["invalid_config"],
      handle: () => ports.reload(),
    }),
    defineRoute({
      method: "POST",
      path: "/v1/stop",
      summary: "Stop the manager; answers once everything but this API has stopped or was given up",
      access: "owner",
      body: stopRequest,
      response: stopReport,
      handle: ({ body, signal }) => ports.stop(body, signal),
    }),
    defineRoute({
      method: "POST",
      path: "/v1/setup-link",
      summary: "Give the one-time link by which the first admin is made",
      access: "owner",
      response: setupLink,
      handle: async () => ({ link: await ports.setupLink() }),
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
      handle: async ({ body }) => {
        await ports.setLogLevel(body.level);
        return ports.logLevel();
      },
    }),
  ];
}
