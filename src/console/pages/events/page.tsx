import { type ReadonlySignal, type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { FLEET_EVENT_KINDS, FLEET_EVENT_LEVELS, type FleetEvent, type FleetEventList } from "../../../protocol/mod.ts";
import { api, isAbort } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { onEvent } from "../../kit/live.ts";
import { queryParam } from "../../kit/router.tsx";
import { Button } from "../../ui/button.tsx";
import { Page, Toolbar } from "../../ui/page.tsx";
import { Empty, Note, Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { HostFilter, hostIdOf } from "../shared/host_filter.tsx";
import { chosenOf, Toggles } from "../shared/toggles.tsx";
import { EventRows } from "./event_rows.tsx";
import { begun, type EventFilter, isWanted, type Timeline, withNew, withOlder } from "./timeline.ts";

const PAGE = 200;
/** What happens at once is shown at once, but not one by one. */
const GATHER_MS = 200;
/** Of what waits while the page is paused. */
const MAX_WAITING = 1_000;

export default function EventsPage(): JSX.Element {
  const [kind, level, host] = [queryParam("kind"), queryParam("level"), queryParam("host")];
  const kinds = chosenOf(kind.value, FLEET_EVENT_KINDS);
  const levels = chosenOf(level.value, FLEET_EVENT_LEVELS);
  const hostId = hostIdOf(host.value);
  const filter: EventFilter = { kinds, levels, ...hostId !== undefined && { hostId } };
  const events = useEvents(filter);
  return (
    <Page
      title={t("events.title")}
      actions={
        <Button
          icon={events.isPaused.value ? "play" : "pause"}
          isPressed={events.isPaused.value}
          onClick={() => events.isPaused.value = !events.isPaused.peek()}
        >
          {t(events.isPaused.value ? "events.resume" : "events.pause")}
        </Button>
      }
    >
      <Toolbar label={t("common.filter")}>
        <Toggles
          label={t("events.kind")}
          chosen={kinds}
          options={FLEET_EVENT_KINDS.map((value) => ({ value, label: t(`events.kind_${value}`) }))}
          onChange={(chosen) => kind.value = chosen.join(",")}
        />
        <Toggles
          label={t("events.level")}
          chosen={levels}
          options={FLEET_EVENT_LEVELS.map((value) => ({ value, label: t(`events.level_${value}`) }))}
          onChange={(chosen) => level.value = chosen.join(",")}
        />
        <HostFilter label={t("events.host")} value={host.value} onChange={(name) => host.value = name} />
      </Toolbar>
      <Shown events={events} isFiltered={kinds.length + levels.length > 0 || hostId !== undefined} />
    </Page>
  );
}

/** A host's page shows its own events by this as well. */
export function Shown({ events, isFiltered, hidesHost }: {
  readonly events: Events;
  readonly isFiltered: boolean;
  readonly hidesHost?: boolean | undefined;
}): JSX.Element {
  const timeline = events.timeline.value;
  const problem = events.problem.value;
  const isLoading = events.isLoading.value;
  return (
    <>
      {events.isPaused.value && <Note>{t("events.paused", { n: events.waiting.value })}</Note>}
      {timeline?.isCut === true && (
        <Note>
          {t("events.cut")}
          <div>
            <Button isSmall icon="up" onClick={events.reload}>{t("events.to_newest")}</Button>
          </div>
        </Note>
      )}
      {problem !== undefined && (
        <Problem problem={problem} isBusy={isLoading} onRetry={timeline === null ? events.reload : events.older} />
      )}
      {timeline === null
        ? problem === undefined && <Loading />
        : timeline.events.length === 0
        ? (
          <Empty icon="events" title={t("events.none")}>
            {t(isFiltered ? "events.none_fit" : "events.none_yet")}
          </Empty>
        )
        : <EventRows events={timeline.events} hidesHost={hidesHost} />}
      {timeline !== null && timeline.events.length > 0 && (
        <div class="shared-more">
          {timeline.previous === null
            ? <span class="muted">{t("events.no_older")}</span>
            : <Button icon="down" isBusy={isLoading} onClick={events.older}>{t("events.older")}</Button>}
        </div>
      )}
    </>
  );
}

export interface Events {
  readonly timeline: ReadonlySignal<Timeline | null>;
  readonly problem: ReadonlySignal<unknown>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly isPaused: Signal<boolean>;
  /** How many have happened while it is paused. */
  readonly waiting: ReadonlySignal<number>;
  older(): void;
  reload(): void;
}

/** The time line of a filter: its first page, what happens, and older ones as far as somebody wants to look. */
export function useEvents(filter: EventFilter): Events {
  const timeline = useSignal<Timeline | null>(null);
  const problem = useSignal<unknown>(undefined);
  const isLoading = useSignal(true);
  const isPaused = useSignal(false);
  const waiting = useSignal(0);
  const round = useSignal(0);
  const left = useRef(new AbortController());
  const told = useRef<FleetEvent[]>([]);
  const { kinds, levels, hostId } = filter;
  const inputs = [kinds.join(), levels.join(), hostId];
  const ask = async (before: number | null) => {
    const { signal } = left.current;
    isLoading.value = true;
    try {
      const query = { limit: PAGE, kind: kinds.join(), level: levels.join(), host: hostId, before };
      const page = await api.get<FleetEventList>("/api/v1/events", { query, signal });
      if (signal.aborted) return;
      const known = timeline.peek();
      timeline.value = before === null || known === null ? begun(page, take(told)) : withOlder(known, page);
      problem.value = undefined;
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      problem.value = error;
    }
    isLoading.value = false;
  };
  useEffect(() => {
    left.current = new AbortController();
    timeline.value = null;
    problem.value = undefined;
    told.current = [];
    void ask(null);
    return () => left.current.abort();
  }, [...inputs, round.value]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = () => {
      timer = undefined;
      const known = timeline.peek();
      waiting.value = isPaused.peek() ? told.current.length : 0;
      if (known !== null && !isPaused.peek()) timeline.value = withNew(known, take(told));
    };
    const leave = onEvent((event) => {
      if (!isWanted(filter, event)) return;
      told.current.push(event);
      if (told.current.length > MAX_WAITING) told.current.shift();
      timer ??= setTimeout(flush, GATHER_MS);
    });
    const untold = isPaused.subscribe(() => timer ??= setTimeout(flush, 0));
    return () => {
      leave();
      untold();
      clearTimeout(timer);
    };
  }, inputs);
  const older = () => {
    const previous = timeline.peek()?.previous ?? null;
    if (previous !== null && !isLoading.peek()) void ask(previous);
  };
  return { timeline, problem, isLoading, isPaused, waiting, older, reload: () => void round.value++ };
}

function take<T>(from: { current: T[] }): T[] {
  const taken = from.current;
  from.current = [];
  return taken;
}
