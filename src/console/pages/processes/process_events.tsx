import type { JSX } from "preact";
import { agentPath, api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { Time } from "../../ui/time.tsx";
import { latestEvents, type ShownEvent } from "./model/process_details.ts";

const SHOWN = 20;

/** What has happened to a process lately, the latest first, as its host tells. */
export function ProcessEvents({ hostId, processId, state }: {
  readonly hostId: string;
  readonly processId: string;
  /** Asked for again when it changes. */
  readonly state: string;
}): JSX.Element {
  const events = useResource(
    async (signal) => {
      const query = { process: processId, limit: SHOWN };
      return latestEvents(await api.get<unknown>(agentPath(hostId, "/v1/events"), { query, signal }), SHOWN);
    },
    [hostId, processId, state],
  );
  return (
    <section class="stack tight">
      <h3>{t("processes.events")}</h3>
      <Loaded resource={events} title={t("processes.no_events_read")}>
        {(found) =>
          found.length === 0 ? <p class="muted">{t("processes.no_events")}</p> : (
            <ol class="processes-events">
              {found.map((event) => <Line key={event.key} event={event} />)}
            </ol>
          )}
      </Loaded>
    </section>
  );
}

function Line({ event: { timeMs, badge, text } }: { readonly event: ShownEvent }): JSX.Element {
  return (
    <li class="processes-event">
      <StateBadge state={badge} />
      <span class="break">{visible(text, 500)}</span>
      <span class="muted small end">
        <Time ms={timeMs} />
      </span>
    </li>
  );
}
