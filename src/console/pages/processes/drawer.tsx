import type { JSX } from "preact";
import { agentPath, api, withQuery } from "../../kit/api.ts";
import { bytes, percent } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { watchHost } from "../../kit/live.ts";
import { StateBadge } from "../../ui/badge.tsx";
import { Labels } from "../../ui/labels.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Note } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { Since, Time } from "../../ui/time.tsx";
import { type Acting, ActionButtons } from "./acting.tsx";
import { Details } from "./details.tsx";
import { shownDetails } from "./model/process_details.ts";
import { isReachable, type ProcessRow } from "./model/process_row.ts";
import { ProcessEvents } from "./process_events.tsx";
import { UsageCharts } from "./usage_charts.tsx";

const EVERY_MS = 5_000;

export interface DrawerProps {
  /** Undefined where the address names one that is not in the list (any more). */
  readonly row: ProcessRow | undefined;
  readonly onAct: (acting: Acting) => void;
  readonly onClose: () => void;
}

/** All that is known of one process. */
export function ProcessDrawer({ row, onAct, onClose }: DrawerProps): JSX.Element {
  if (row === undefined) {
    return (
      <Dialog kind="side" title={t("processes.gone")} onClose={onClose}>
        <p>{t("processes.gone_why")}</p>
      </Dialog>
    );
  }
  return (
    <Dialog
      kind="side"
      title={visible(row.name, 80)}
      onClose={onClose}
      actions={<ActionButtons rows={[row]} onAct={onAct} />}
    >
      <div class="stack loose">
        <Summary row={row} />
        <Remote row={row} />
      </div>
    </Dialog>
  );
}

function Summary({ row }: { readonly row: ProcessRow }): JSX.Element {
  const { id, name, host, state, sinceMs, reason, labels, pid, restarts, cpuPercent, rssBytes } = row;
  return (
    <dl class="facts">
      <dt>{t("common.state")}</dt>
      <dd class="row wrap">
        <StateBadge state={state} />{" "}
        <span class="muted">
          <Since ms={sinceMs} />
        </span>
      </dd>
      <dt>{t("common.reason")}</dt>
      <dd class="break">{visible(reason, 1_000) || "–"}</dd>
      <dt>{t("common.host")}</dt>
      <dd>
        <Link href={hostHref(host, "processes")}>{visible(host, 80)}</Link>
      </dd>
      {name !== id && (
        <>
          <dt>{t("processes.id")}</dt>
          <dd class="mono break">{visible(id, 80)}</dd>
        </>
      )}
      <dt>{t("processes.pid")}</dt>
      <dd class="nums">{pid ?? "–"}</dd>
      <dt>{t("processes.restarts")}</dt>
      <dd class="nums">{restarts}</dd>
      <dt>{t("processes.usage_now")}</dt>
      <dd class="nums">{percent(cpuPercent)} · {bytes(rssBytes)}</dd>
      <dt>{t("common.labels")}</dt>
      <dd>{Object.keys(labels).length === 0 ? "–" : <Labels labels={labels} max={64} />}</dd>
      <dt>{t("processes.logs")}</dt>
      <dd>
        <Link href={logsHref(row)}>{t("processes.follow_log")}</Link>
      </dd>
    </dl>
  );
}

/** What only the host itself knows; where it is away, when it was last heard of. */
function Remote({ row }: { readonly row: ProcessRow }): JSX.Element {
  const state = watchHost(row.hostId).value?.state ?? row.hostState;
  if (!isReachable(state)) {
    return (
      <Note tone="warn">
        <span>
          {t("processes.host_away")} <Time ms={row.reportedMs} />
        </span>
      </Note>
    );
  }
  return (
    <>
      <section class="stack tight">
        <h3>{t("processes.usage")}</h3>
        <UsageCharts hostId={row.hostId} processId={row.id} />
      </section>
      <ProcessEvents hostId={row.hostId} processId={row.id} state={row.state} />
      <RemoteDetails row={row} />
    </>
  );
}

function RemoteDetails({ row: { hostId, host, id, state } }: { readonly row: ProcessRow }): JSX.Element {
  const details = useResource(
    (signal) => api.get<unknown>(agentPath(hostId, `/v1/processes/${encodeURIComponent(id)}`), { signal }),
    [hostId, id, state],
    { everyMs: EVERY_MS },
  );
  return (
    <Loaded resource={details} title={t("processes.no_details")}>
      {(found) => <Details details={shownDetails(found)} logHref={(file) => logsHref({ host, id }, file)} />}
    </Loaded>
  );
}

/** Where the log of a process is followed. */
export function logsHref({ host, id }: Pick<ProcessRow, "host" | "id">, file?: string): string {
  return withQuery("/logs", { host, process: id, file });
}
