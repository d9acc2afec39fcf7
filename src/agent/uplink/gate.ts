import type { Config } from "../../config/mod.ts";
import { AppError, oneLine } from "../../core/mod.ts";
import type { Admission, Gate } from "../../http/mod.ts";
import { type PolicyNeed, routeAccess, TASK_PATH } from "../../protocol/mod.ts";

export type Policy = Config["policy"];

/** Who comes through the tunnel, as routes are told. There is no other; nothing that a request says makes one. */
const MANAGER: unique symbol = Symbol("manager");

export function isManager(caller: unknown): boolean {
  return caller === MANAGER;
}

export interface PolicyGateOptions {
  /** As it is now: what a reload has changed holds from then on. */
  readonly policy: () => Policy;
  /** Whether tasks may be delivered; a task itself may not deliver another. */
  readonly takesTasks: boolean;
}

const MAX_SHOWN = 120;

/**
 * What the host lets its manager ask for, decided by method and path alone, before any route sees the request. Only the
 * host's own config can widen it.
 */
export function policyGate({ policy, takesTasks }: PolicyGateOptions): Gate {
  const admission: Admission = { access: "owner", caller: MANAGER };
  return (request) => {
    const { method, url } = request;
    const path = plainPath(url);
    if (!(takesTasks && isTask(method, path))) checkPolicy(method, path, policy());
    return admission;
  };
}

function isTask(method: string, path: string | null): boolean {
  if (method === "POST") return path === TASK_PATH;
  return method === "DELETE" && path !== null && path.startsWith(`${TASK_PATH}/`) &&
    !path.slice(TASK_PATH.length + 1).includes("/");
}

function checkPolicy(method: string, path: string | null, policy: Policy): void {
  const access = path === null ? null : routeAccess(method, path);
  if (path === null || access === null) {
    throw new AppError(
      "host_refuses",
      `${oneLine(`${method} ${path ?? "a path of that spelling"}`, MAX_SHOWN)} cannot be reached through the tunnel`,
    );
  }
  const { policy: need } = access;
  if (need === undefined || allows(policy, need)) return;
  throw new AppError(
    "host_refuses",
    `This host does not let its manager do that: its config would need the line "policy.${need.key}: ${wanted(need)}"`,
    { details: { policy: need.key } },
  );
}

function allows(policy: Policy, { key, write = false }: PolicyNeed): boolean {
  if (key !== "files") return policy[key];
  return write ? policy.files === "write" : policy.files !== "off";
}

function wanted({ key, write = false }: PolicyNeed): string {
  if (key !== "files") return "on";
  return write ? "write" : "read";
}

/**
 * The path as routes read it, or null where it could be read in more than one way: what is decided about is then not
 * what is served. The runtime has resolved dots already; nothing legitimate has an escaped slash or escaped dots, an empty part or
 * an escape for what needs none.
 */
export function plainPath(url: string): string | null {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const end = url.slice(start).search(/[?#]/);
  const path = start < 0 ? "/" : end < 0 ? url.slice(start) : url.slice(start, start + end);
  return path.slice(1).split("/").every(isPlain) ? path : null;
}

function isPlain(part: string): boolean {
  if (!/^[\w.~!$&'()*+,;=:@%-]+$/.test(part)) return false;
  try {
    const text = decodeURIComponent(part);
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    return !/[\x00-\x1f\x7f/\\%]/.test(text) && !/^\.*$/.test(text) && !hasNeedlessEscape(part);
  } catch {
    return false; // no UTF-8, which no name of ours has
  }
}

function hasNeedlessEscape(part: string): boolean {
  return part.match(/%[2-7][0-9a-f]/gi)?.some((escape) => /[\w.~-]/.test(decodeURIComponent(escape))) === true;
}
