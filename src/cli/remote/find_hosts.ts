import { AppError, nearest } from "../../core/mod.ts";
import type { ApiClient } from "../../http/mod.ts";
import { hostList, type HostView } from "../../protocol/mod.ts";
import { safeText } from "../safe_text.ts";

const PAGE = 1_000;
/** The manager, however it is reached. */
type Asked = Pick<ApiClient, "call">;

export interface HostFilter {
  readonly select?: string;
  readonly text?: string;
  readonly state?: string;
  readonly sort?: string;
}

/** All hosts that the filter leaves and the user may see, however many pages that takes. */
export async function listHosts(api: Asked, signal: AbortSignal, filter: HostFilter = {}): Promise<HostView[]> {
  const found: HostView[] = [];
  let cursor: string | undefined;
  for (;;) {
    const given = Object.entries({ ...filter, limit: String(PAGE), cursor });
    const query = new URLSearchParams(given.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]));
    const { hosts, next } = hostList().parse(await api.call(`/api/v1/hosts?${query}`, { signal }));
    found.push(...hosts);
    if (next === undefined) return found;
    cursor = next;
  }
}

/** The host of that name or id. */
export async function findHost(api: Asked, signal: AbortSignal, name: string): Promise<HostView> {
  const [host] = await findHosts(api, signal, [name]);
  if (host === undefined) throw new AppError("internal", "A host was found and is not there");
  return host;
}

/** The hosts of these names or ids, in their order, each once. One that is not there is an error that names it. */
export async function findHosts(api: Asked, signal: AbortSignal, names: readonly string[]): Promise<HostView[]> {
  const [text, ...more] = names;
  // What is looked for by name is mostly found so; an id is no text to search for, nor is what was mistyped.
  const few = text !== undefined && more.length === 0 ? await listHosts(api, signal, { text }) : [];
  const hosts = names.every((name) => pick(few, name) !== undefined) ? few : await listHosts(api, signal);
  return [...new Set(names.map((name) => pick(hosts, name) ?? unknownHost(name, hosts)))];
}

function pick(hosts: readonly HostView[], name: string): HostView | undefined {
  return hosts.find((host) => host.name === name) ?? hosts.find(({ id }) => id === name);
}

function unknownHost(name: string, hosts: readonly HostView[]): never {
  const near = nearest(name, hosts.map((host) => host.name));
  const hint = near === undefined ? '"agent hosts" lists those that you may see' : `did you mean ${safeText(near)}?`;
  throw new AppError("not_found", `The manager knows no host "${safeText(name)}"; ${hint}`);
}
