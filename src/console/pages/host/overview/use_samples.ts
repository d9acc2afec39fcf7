import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { HostSamples, HostView } from "../../../../protocol/mod.ts";
import { api } from "../../../kit/api.ts";
import { now } from "../../../kit/clock.ts";
import { connection, onHostsChanged } from "../../../kit/live.ts";
import { type Resource, useResource } from "../../../ui/resource.tsx";
import { SampleWindow } from "./sample_window.ts";

export const SPANS = { "1h": 3_600_000, "24h": 24 * 3_600_000 } as const;
export type Span = keyof typeof SPANS;

/** What a host had kept while it was away comes after it has connected; so does what we missed ourselves. */
const BACKFILL_MS = 5_000;
/** The minutes of a day are means that the manager makes; the hour goes on by itself, and is only made sure of. */
const EVERY_MS: Readonly<Record<Span, number>> = { "1h": 300_000, "24h": 60_000 };
/** The axis of time moves on though nothing arrives, so that a silence shows as one. */
const MOVE_MS = 5_000;

export interface Samples {
  readonly resource: Resource<HostSamples>;
  readonly window: SampleWindow | null;
  /** Another one whenever the window has changed. */
  readonly version: number;
  readonly rangeMs: readonly [number, number];
}

/** The samples of a host as the manager remembers them, going on live. */
export function useSamples(host: HostView, span: Span): Samples {
  const spanMs = SPANS[span];
  const resource = useResource(
    (signal) =>
      api.get<HostSamples>(`/api/v1/hosts/${encodeURIComponent(host.id)}/samples`, {
        query: { duration: span },
        signal,
      }),
    [host.id, span],
    { everyMs: EVERY_MS[span] },
  );
  const version = useSignal(0);
  const samples = resource.data.value;
  const window = useMemo(() => samples === undefined ? null : new SampleWindow(samples, spanMs), [samples, spanMs]);
  const aheadMs = useMemo(() => samples === undefined ? 0 : samples.toMs - Date.now(), [samples]);
  useEffect(() => {
    if (window === null) return;
    return onHostsChanged((changed) => {
      const latest = changed.find(({ id }) => id === host.id)?.latest;
      if (latest !== undefined && window.append(latest)) version.value++;
    });
  }, [window, host.id]);
  useReloadAfterSilence(host, resource);
  const endMs = quantised(now) + aheadMs;
  return { resource, window, version: version.value, rangeMs: [endMs - spanMs, endMs] };
}

function useReloadAfterSilence(host: HostView, resource: Resource<HostSamples>): void {
  const isThere = connection.value.state === "live" && (host.state === "online" || host.state === "degraded");
  const wasAway = useSignal(false);
  useEffect(() => {
    if (!isThere) {
      wasAway.value = true;
      return;
    }
    if (!wasAway.peek()) return;
    wasAway.value = false;
    const timer = setTimeout(() => resource.reload(), BACKFILL_MS);
    return () => clearTimeout(timer);
  }, [isThere]);
}

function quantised({ value }: ReadonlySignal<number>): number {
  return Math.ceil(value / MOVE_MS) * MOVE_MS;
}
