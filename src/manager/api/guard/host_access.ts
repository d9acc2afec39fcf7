import { AppError, HostSelector } from "../../../core/mod.ts";
import type { Caller, HostView, Verb } from "../../../protocol/mod.ts";
import type { ApiPorts, MayShow } from "../ports.ts";

/** Which hosts a caller may see; every list and every route about a host asks here. */
export class HostAccess {
  readonly #auth: ApiPorts["auth"];
  readonly #hub: ApiPorts["hub"];

  constructor({ auth, hub }: Pick<ApiPorts, "auth" | "hub">) {
    this.#auth = auth;
    this.#hub = hub;
  }

  /** Hosts that are not there and hosts that are not the caller's business answer alike. */
  find(caller: Caller, nameOrId: string): HostView {
    const host = this.lookUp(nameOrId);
    if (host !== null && this.#auth.mayUse(caller, "host.view", host)) return host;
    throw new AppError("not_found", `There is no host ${nameOrId}; /api/v1/hosts lists those that there are`);
  }

  /** Whoever asks. An id goes before a name, so that no host can be named to stand in for another. */
  lookUp(nameOrId: string): HostView | null {
    return this.#hub.view(nameOrId) ?? this.#hub.byName(nameOrId);
  }

  /** The id of a host that is, or for who may see all was, there: what it has done and owed is kept for longer. */
  idOf(caller: Caller, nameOrId: string): string {
    return this.seesAll(caller) ? this.lookUp(nameOrId)?.id ?? nameOrId : this.find(caller, nameOrId).id;
  }

  /** A filter for lists, made once for each list. */
  filter(caller: Caller, verb: Verb = "host.view"): (host: HostView) => boolean {
    if (caller.scopes.length === 0 && this.#auth.mayUse(caller, verb)) return () => true;
    return (host) => this.#auth.mayUse(caller, verb, host);
  }

  /** For what is kept about hosts, removed ones too; undefined where the caller may see all of it. */
  mayShow(caller: Caller): MayShow | undefined {
    return this.seesAll(caller) ? undefined : (hostId) => this.maySee(caller, hostId);
  }

  /** Whether something about this host, which may be gone, is the caller's business. */
  maySee(caller: Caller, hostId: string): boolean {
    if (this.seesAll(caller)) return true;
    const host = this.#hub.view(hostId);
    return host !== null && this.#auth.mayUse(caller, "host.view", host);
  }

  seesAll({ scopes }: Caller): boolean {
    return scopes.every(isEverything);
  }
}

function isEverything(scope: string): boolean {
  try {
    return HostSelector.parse(scope).isEverything;
  } catch {
    // What cannot be read opens nothing.
    return false;
  }
}
