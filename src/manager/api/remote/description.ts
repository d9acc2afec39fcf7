import type { RouteAccess } from "../../../protocol/mod.ts";

/** What a request to a host does, in the words of the audit. */
export interface Description {
  readonly action: string;
  readonly details: Record<string, unknown>;
}

type Json = Readonly<Record<string, unknown>>;

const MAX_TEXT = 1_000;
const MAX_ITEMS = 50;

/**
 * What matters of the body or the query, route by route: never all of it, because there may be secrets in it (the
 * environment of a command, its input).
 */
export function describe({ method, path, verb }: RouteAccess, body: unknown, query?: URLSearchParams): Description {
  const given = isObject(body) ? body : {};
  switch (`${method} ${path}`) {
    case "POST /v1/processes/actions":
      return { action: actionOf("process", given), details: only(given, ["select", "signal", "tree"]) };
    case "POST /v1/processes":
      return {
        action: "process.add",
        details: only(isObject(given.process) ? given.process : {}, ["name", "command"]),
      };
    case "DELETE /v1/processes/{id}":
      return { action: "process.remove", details: {} };
    case "POST /v1/exec":
    case "POST /v1/exec/stream":
      return { action: "host.exec", details: only(given, ["argv", "cwd", "user"]) };
    case "PUT /v1/log-level":
      return { action: "agent.log_level", details: only(given, ["level"]) };
    case "POST /v1/reload":
      return { action: "agent.reload", details: {} };
    case "POST /v1/terminals":
      return { action: "terminal.open", details: only(given, ["cols", "rows", "term"]) };
    case "DELETE /v1/terminals/{id}":
      return { action: "terminal.end", details: {} };
    case "GET /v1/files/content":
      return { action: "file.read", details: queried(query, "path") };
    case "GET /v1/files/tail":
      return { action: "file.tail", details: queried(query, "path") };
    case "GET /v1/files/zip":
      return { action: "file.zip", details: queried(query, "path") };
    case "POST /v1/files/actions":
      return {
        action: actionOf("file", given),
        details: only(given, ["path", "to", "mode", "recursive", "overwrite"]),
      };
    case "POST /v1/files/uploads":
      return { action: "file.upload", details: only(given, ["path", "sizeBytes", "sha256", "mode", "overwrite"]) };
    case "PUT /v1/files/uploads/{id}":
      return { action: "file.upload_part", details: queried(query, "offset") };
    case "POST /v1/files/uploads/{id}/commit":
      return { action: "file.upload_commit", details: only(given, ["sha256"]) };
    case "DELETE /v1/files/uploads/{id}":
      return { action: "file.upload_cancel", details: {} };
    default:
      return { action: verb, details: {} };
  }
}

function actionOf(of: string, { action }: Json): string {
  return typeof action === "string" && /^[a-z_-]{1,30}$/.test(action) ? `${of}.${action}` : `${of}.action`;
}

/** All of its values: which one the host takes is its business. */
function queried(query: URLSearchParams | undefined, key: string): Record<string, unknown> {
  const [first, ...more] = query?.getAll(key) ?? [];
  return only({ [key]: more.length === 0 ? first : [first, ...more] }, first === undefined ? [] : [key]);
}

function only(given: Json, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    keys.filter((key) => Object.hasOwn(given, key)).map((key) => [key, short(given[key], 0)]),
  );
}

function short(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.slice(0, MAX_TEXT);
  if (Array.isArray(value)) return depth > 2 ? "…" : value.slice(0, MAX_ITEMS).map((each) => short(each, depth + 1));
  if (!isObject(value)) return value;
  if (depth > 2) return "…";
  return Object.fromEntries(
    Object.entries(value).slice(0, MAX_ITEMS).map(([key, member]) => [key, short(member, depth + 1)]),
  );
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
