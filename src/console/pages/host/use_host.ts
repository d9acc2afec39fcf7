import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { HostList, HostView } from "../../../protocol/mod.ts";
import { api, ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts, hostsAreLoaded, hostsByName, putHost, watchHost } from "../../kit/live.ts";
import { hostHref, navigate, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";

export type FoundHost =
  | { readonly is: "there"; readonly host: HostView }
  | { readonly is: "loading" }
  /** It was there while we looked, and has been removed since. */
  | { readonly is: "gone" }
  | { readonly is: "unknown"; readonly problem: unknown; readonly retry: () => void };

/** What the API takes as the name of a host in its paths; people may call theirs anything. */
const IN_PATHS = /^[\w.-]{1,64}$/;
const MOST = 1_000;

/** The host of an address, by its name or id, as it is live; a rename is followed. */
export function useHost(name: string): FoundHost {
  const known = useSignal<{ readonly name: string; readonly id: string } | null>(null);
  const problem = useSignal<unknown>(undefined);
  const round = useSignal(0);
  const id = known.value?.name === name ? known.value.id : null;
  const host = id === null ? undefined : watchHost(id).value;
  // Only while it is not found yet: all that changes anywhere would render the page anew.
  const named = id === null && hostsAreLoaded.value ? hostsByName.value.get(name) ?? hosts.value.get(name) : undefined;
  useEffect(() => {
    if (named !== undefined) known.value = { name, id: named.id };
  }, [named?.id]);
  useEffect(() => {
    if (id !== null) return;
    const left = new AbortController();
    find(name, left.signal).then((found) => {
      if (left.signal.aborted) return;
      putHost(found);
      known.value = { name, id: found.id };
    }, (error) => {
      if (!left.signal.aborted) problem.value = error;
    });
    return () => left.abort();
  }, [name, round.value]);
  useEffect(() => {
    // Renamed: after a reload the old address would lead nowhere.
    if (host === undefined || host.name === name || host.id === name) return;
    known.value = { name: host.name, id: host.id };
    navigate(hostHref(host.name, route.peek().params["tab"]) + location.search, { replace: true });
  }, [host?.name]);
  if (host !== undefined) return { is: "there", host };
  if (id !== null) return { is: hostsAreLoaded.value ? "gone" : "loading" };
  if (problem.value === undefined || named !== undefined) return { is: "loading" };
  return {
    is: "unknown",
    problem: problem.value,
    retry: () => {
      problem.value = undefined;
      round.value++;
    },
  };
}

async function find(name: string, signal: AbortSignal): Promise<HostView> {
  if (IN_PATHS.test(name)) return await api.get<HostView>(`/api/v1/hosts/${encodeURIComponent(name)}`, { signal });
  const { hosts: found } = await api.get<HostList>("/api/v1/hosts", { query: { text: name, limit: MOST }, signal });
  const host = found.find((each) => each.name === name);
  if (host !== undefined) return host;
  throw new ApiProblem(t("host.no_such", { name: visible(name, 80) }), { code: PROBLEM_CODES.notFound, status: 404 });
}
