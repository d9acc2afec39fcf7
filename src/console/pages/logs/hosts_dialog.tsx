import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { SearchHost } from "../../../protocol/mod.ts";
import { bytes } from "../../kit/format.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import type { Search } from "./use_search.ts";

type State = SearchHost["state"];

const TONES: Readonly<Record<State, string>> = {
  searching: "info",
  done: "good",
  cancelled: "dim",
  offline: "bad",
  failed: "bad",
  skipped: "dim",
};
/** Those that have something to say first. */
const RANKS: readonly State[] = ["failed", "offline", "searching", "done", "cancelled", "skipped"];

/** How it stands with each host of a search. */
export function HostsDialog({ search, onClose }: {
  readonly search: Search;
  readonly onClose: () => void;
}): JSX.Element {
  void search.version.value;
  const hosts = search.results.value.hosts;
  const sort = useSignal("state");
  const columns = useMemo(columnsOf, [language.value]);
  return (
    <Dialog title={t("logs.hosts_list")} kind="wide" onClose={onClose}>
      <div class="logs-hosts">
        <Table
          label={t("logs.hosts_list")}
          rows={hosts}
          columns={columns}
          keyOf={({ hostId }) => hostId}
          nameOf={({ host }) => visible(host, 80)}
          sort={sort}
          empty={t("logs.searching")}
        />
      </div>
    </Dialog>
  );
}

function columnsOf(): Column<SearchHost>[] {
  return [
    {
      id: "host",
      title: t("common.host"),
      width: 120,
      grow: 1,
      cell: ({ host }) => <Link class="cut" href={hostHref(host)}>{visible(host, 80)}</Link>,
      sort: ({ host }) => host,
    },
    {
      id: "state",
      title: t("logs.state"),
      width: 120,
      cell: ({ state }) => (
        <span class={`state ${Object.hasOwn(TONES, state) ? TONES[state] : "dim"}`}>
          <span class="dot" />
          {Object.hasOwn(TONES, state) ? t(`logs.host_${state}`) : visible(state, 20)}
        </span>
      ),
      sort: ({ state, host }) => `${RANKS.indexOf(state)}${host}`,
    },
    {
      id: "matches",
      title: t("logs.matches"),
      width: 80,
      isEnd: true,
      isDescending: true,
      cell: ({ matches }) => matches ?? "",
      sort: ({ matches }) => matches,
    },
    {
      id: "scanned",
      title: t("logs.looked_at"),
      width: 90,
      priority: 3,
      isEnd: true,
      cell: ({ scannedBytes }) => scannedBytes === undefined ? "" : bytes(scannedBytes),
      sort: ({ scannedBytes }) => scannedBytes,
    },
    { id: "why", title: t("logs.message"), width: 160, grow: 2, priority: 2, cell: WhyCell },
  ];
}

function WhyCell({ message, incomplete, problems }: SearchHost): JSX.Element {
  const words = [
    ...(message === undefined ? [] : [message]),
    ...(incomplete === undefined ? [] : [t(`logs.incomplete_${incomplete}`)]),
    ...(problems ?? []),
  ].map((text) => visible(text, 300));
  return <span class="cut" title={words.join("\n")}>{words.join("; ")}</span>;
}
