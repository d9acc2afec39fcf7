import { AppError, HostSelector } from "../../../core/mod.ts";
import type { Caller, HostVerb, HostView, NewTasks, Operation } from "../../../protocol/mod.ts";
import type { RouteMaker } from "../guard/manager_route.ts";
import type { AuthPort, HubPort } from "../ports.ts";
import { type AgentTarget, agentTarget } from "../remote/agent_target.ts";

/** What a task asks of its hosts, when that may be asked of hosts at all. */
export function targetOf({ method, path }: Operation): AgentTarget {
  const target = agentTarget(method, path);
  if (target !== null && target.path === path) return target;
  throw new AppError(
    "invalid_input",
    `Hosts have no ${method} ${path} that a task could ask for; a host's /openapi.json says what there is`,
  );
}

/**
 * The hosts that are meant, each of which the caller may do this on. Named ones must be there and be allowed; a selector
 * means those that the caller may use.
 */
export function hostsFor(
  make: RouteMaker,
  { auth, hub }: { readonly auth: AuthPort; readonly hub: HubPort },
  caller: Caller,
  { hosts, select }: NewTasks,
  verb: HostVerb,
): HostView[] {
  if ((hosts === undefined) === (select === undefined)) {
    throw new AppError("invalid_input", "Say which hosts: either `hosts` with their ids, or `select`");
  }
  if (hosts !== undefined) return [...new Set(hosts.map((id) => named(make.authorised(caller, verb, id))))];
  const selector = HostSelector.parse(select ?? "");
  const meant = hub.views().filter((host) =>
    host.kind === "agent" && selector.matches(host) && auth.mayUse(caller, "host.view", host)
  );
  const allowed = meant.filter((host) => auth.mayUse(caller, verb, host));
  // Where it is refused everywhere, the refusal says why.
  if (allowed.length === 0) auth.authorise(caller, verb, meant[0]);
  return allowed;
}

function named(host: HostView): HostView {
  if (host.kind === "agent") return host;
  throw new AppError("unsupported", `${host.name} only reports; it has no tunnel by which it could be told anything`);
}
