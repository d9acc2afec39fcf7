import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Recording } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { bytes, duration } from "../../kit/format.ts";
import { language, t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link, navigate, queryParam, route } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Page, Toolbar } from "../../ui/page.tsx";
import { Empty, Problem } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { HostFilter, hostIdOf } from "../shared/host_filter.tsx";
import { More } from "../shared/more.tsx";
import { usePagedList } from "../shared/paged_list.ts";
import { SuggestFilter } from "../shared/suggest_filter.tsx";
import { Marks, nameOf, shellOf } from "./recording_words.tsx";
import { RecordingView } from "./recording_view.tsx";
import { RemoveDialog } from "./remove_dialog.tsx";

interface RecordingPage {
  readonly recordings: Recording[];
  readonly next?: string;
}

export default function RecordingsPage(): JSX.Element {
  const { id } = route.value.params;
  return id === undefined ? <AllRecordings /> : <RecordingView key={id} id={id} />;
}

const PAGE = 100;

function AllRecordings(): JSX.Element {
  const [host, actor] = [queryParam("host"), queryParam("actor")];
  const removing = useSignal<Recording | null>(null);
  const hostId = hostIdOf(host.value);
  const list = usePagedList<Recording>(async (cursor, signal) => {
    const query = { limit: PAGE, host: hostId, actor: actor.value, cursor };
    const { recordings, next } = await api.get<RecordingPage>("/api/v1/recordings", { query, signal });
    return { items: recordings, next };
  }, [hostId, actor.value]);
  const columns = useMemo(() => columnsFor((recording) => removing.value = recording), [language.value]);
  const items = list.items.value;
  const isFiltered = host.value !== "" || actor.value !== "";
  return (
    <Page title={t("recordings.title")} isFull>
      <Toolbar label={t("common.filter")}>
        <HostFilter label={t("recordings.filter_host")} value={host.value} onChange={(name) => host.value = name} />
        <SuggestFilter
          label={t("recordings.filter_actor")}
          placeholder={t("recordings.filter_actor")}
          value={actor.value}
          options={new Set((items ?? []).map((each) => each.actor))}
          onChange={(value) => actor.value = value}
        />
      </Toolbar>
      {items === undefined
        ? list.problem.value === undefined
          ? <Loading />
          : <Problem problem={list.problem.value} onRetry={list.reload} />
        : (
          <>
            <Table
              label={t("recordings.title")}
              rows={items}
              columns={columns}
              keyOf={(recording) => recording.id}
              nameOf={nameOf}
              onOpen={(recording) => navigate(`/recordings/${recording.id}`)}
              empty={
                <Empty icon="recordings" title={t("recordings.none")}>
                  {t(isFiltered ? "recordings.none_fit" : "recordings.none_yet")}
                </Empty>
              }
            />
            <More list={list} label={t("recordings.more")} />
          </>
        )}
      {removing.value !== null && (
        <RemoveDialog
          recording={removing.value}
          onClose={() => removing.value = null}
          onDone={list.reload}
        />
      )}
    </Page>
  );
}

function columnsFor(onRemove: (recording: Recording) => void): Column<Recording>[] {
  return [
    {
      id: "host",
      title: t("recordings.host"),
      width: 110,
      grow: 1,
      cell: ({ host }) => <Link href={hostHref(host)}>{visible(host, 80)}</Link>,
    },
    {
      id: "actor",
      title: t("recordings.actor"),
      width: 90,
      grow: 1,
      cell: ({ actor }) => <span class="strong cut">{visible(actor, 80)}</span>,
    },
    {
      id: "shell",
      title: t("recordings.shell"),
      width: 140,
      grow: 2,
      priority: 4,
      cell: (recording) => (
        <Link href={`/recordings/${recording.id}`} class="tasks-link cut">
          {recording.title === "" ? shellOf(recording) : visible(recording.title, 120)}
        </Link>
      ),
    },
    {
      id: "started",
      title: t("recordings.started"),
      width: 96,
      priority: 2,
      cell: ({ startedMs }) => <Time ms={startedMs} />,
    },
    {
      id: "length",
      title: t("recordings.length"),
      width: 110,
      priority: 3,
      isEnd: true,
      cell: (recording) => (
        <>
          <Marks recording={recording} />
          {duration(recording.durationMs)}
        </>
      ),
    },
    {
      id: "size",
      title: t("recordings.size"),
      width: 76,
      priority: 5,
      isEnd: true,
      cell: ({ sizeBytes }) => bytes(sizeBytes),
    },
    {
      id: "do",
      title: t("common.actions"),
      width: 72,
      isEnd: true,
      cell: (recording) => <Actions recording={recording} onRemove={() => onRemove(recording)} />,
    },
  ];
}

function Actions({ recording, onRemove }: {
  readonly recording: Recording;
  readonly onRemove: () => void;
}): JSX.Element {
  const name = nameOf(recording);
  return (
    <>
      <Button
        isSmall
        kind="ghost"
        icon="play"
        label={`${t("recordings.play")}: ${name}`}
        onClick={() => navigate(`/recordings/${recording.id}`)}
      />
      <Button isSmall kind="ghost" icon="trash" label={`${t("recordings.remove")}: ${name}`} onClick={onRemove} />
    </>
  );
}
