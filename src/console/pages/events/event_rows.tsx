import { Component, type JSX } from "preact";
import type { FleetEvent } from "../../../protocol/mod.ts";
import { clockTime, dateTime } from "../../kit/format.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { StateBadge, stateName, toneOf } from "../../ui/badge.tsx";
import { byDay } from "./timeline.ts";

/** Events under the days on which they happened, the newest first. */
export function EventRows({ events, hidesHost = false }: {
  readonly events: readonly FleetEvent[];
  readonly hidesHost?: boolean | undefined;
}): JSX.Element {
  return (
    <div class="events" key={language.value}>
      {byDay(events, dayOf).map(({ day, events: ofDay }) => (
        <section key={day} class="events-day">
          <h2>{day}</h2>
          <ol>{ofDay.map((event) => <EventRow key={event.seq} event={event} hidesHost={hidesHost} />)}</ol>
        </section>
      ))}
    </div>
  );
}

/** The date of "2026-03-14 14:03:22". */
function dayOf(timeMs: number): string {
  return dateTime(timeMs).split(" ", 1)[0] ?? "";
}

interface RowProps {
  readonly event: FleetEvent;
  readonly hidesHost: boolean;
}

/** An event never changes, and thousands may stand here while new ones come. */
class EventRow extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return next.event !== this.props.event || next.hidesHost !== this.props.hidesHost;
  }

  override render(): JSX.Element {
    const { event, hidesHost } = this.props;
    const { timeMs, level, kind, host, hostId, process, state, message } = event;
    return (
      <li class={`events-row ${toneOf(level)}`}>
        <time class="nums muted" dateTime={isoOf(timeMs)} title={dateTime(timeMs)}>
          {clockTime(timeMs)}
        </time>
        <span class="events-level" role="img" aria-label={stateName(level)} title={stateName(level)} />
        <span class="events-what">
          {!hidesHost && host !== undefined && (
            hostId === undefined
              ? <strong>{visible(host, 80)}</strong>
              : <Link href={hostHref(host)} class="strong">{visible(host, 80)}</Link>
          )}
          {process !== undefined && host !== undefined && (
            <Link href={hostHref(host, "processes")}>{visible(process, 80)}</Link>
          )}
          {(process === undefined || host === undefined) && <span class="muted">{t(`events.one_${kind}`)}</span>}
          {state !== undefined && <StateBadge state={state} />}
          <span class="events-message">{visible(message, 500)}</span>
        </span>
      </li>
    );
  }
}

/** The clock of a host may say anything. */
function isoOf(timeMs: number): string | undefined {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
