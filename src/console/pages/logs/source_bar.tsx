import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { LogFileReport } from "../../../protocol/mod.ts";
import { agentPath, api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostsByName } from "../../kit/live.ts";
import { hostHref, navigate } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Menu, type MenuEntries } from "../../ui/menu.tsx";
import { useSecondsUntil } from "../../ui/use_seconds_until.ts";
import type { FollowState } from "./model/follower.ts";
import { keyOf, type LogSource, MAX_SOURCES } from "./model/log_source.ts";

const MAX_FILES = 40;

/** The logs that are followed: how each is, which of its files, and away with it. */
export function SourceBar({ sources, states, onChange, onAdd }: {
  readonly sources: readonly LogSource[];
  readonly states: ReadonlyMap<string, FollowState>;
  readonly onChange: (sources: readonly LogSource[]) => void;
  readonly onAdd: () => void;
}): JSX.Element {
  const isFull = sources.length >= MAX_SOURCES;
  return (
    <div class="logs-sources" role="group" aria-label={t("logs.sources")}>
      {sources.map((source) => (
        <SourceChip
          key={keyOf(source)}
          source={source}
          state={states.get(keyOf(source)) ?? { kind: "connecting" }}
          onReplace={(next) => onChange(sources.map((each) => each === source ? next : each))}
          onRemove={() => onChange(sources.filter((each) => each !== source))}
        />
      ))}
      <Button
        isSmall
        icon="plus"
        whyNot={isFull ? t("logs.too_many", { n: MAX_SOURCES }) : null}
        onClick={onAdd}
      >
        {t("logs.add")}
      </Button>
    </div>
  );
}

function SourceChip({ source, state, onReplace, onRemove }: {
  readonly source: LogSource;
  readonly state: FollowState;
  readonly onReplace: (source: LogSource) => void;
  readonly onRemove: () => void;
}): JSX.Element {
  const { host, process, file } = source;
  const what = process === "" ? file : process;
  const name = `${visible(host, 60)} / ${visible(what, 120)}`;
  return (
    <span
      class={`logs-source ${toneOf(state)}`}
      title={state.kind === "polled" ? t("logs.state_polled_why") : undefined}
    >
      <span class="dot" />
      <span class="logs-source-name cut" title={name}>{name}</span>
      {process !== "" && file !== "" && <span class="muted small cut logs-source-file">{visible(file, 60)}</span>}
      <StateWords state={state} />
      {process === ""
        ? (
          <Button
            kind="ghost"
            isSmall
            icon="hosts"
            label={t("logs.open_host")}
            onClick={() => navigate(hostHref(host))}
          />
        )
        : <FilesMenu source={source} name={name} onReplace={onReplace} />}
      <Button kind="ghost" isSmall icon="close" label={t("logs.remove_source", { name })} onClick={onRemove} />
    </span>
  );
}

function toneOf({ kind }: FollowState): "good" | "info" | "warn" | "bad" {
  switch (kind) {
    case "live":
    case "polled":
      return "good";
    case "connecting":
      return "info";
    case "waiting":
      return "warn";
    case "failed":
      return "bad";
  }
}

function StateWords({ state }: { readonly state: FollowState }): JSX.Element {
  switch (state.kind) {
    case "waiting":
      return <Waiting dueMs={state.dueMs} reason={state.reason} />;
    case "failed":
      return (
        <span class="bad small" role="alert">
          {t("logs.state_failed")}: {visible(state.reason, 300)}
        </span>
      );
    default:
      return <span class="muted small">{t(`logs.state_${state.kind}`)}</span>;
  }
}

function Waiting({ dueMs, reason }: { readonly dueMs: number; readonly reason: string }): JSX.Element {
  const n = useSecondsUntil(dueMs).value;
  return (
    <span class="warn small" role="status" title={visible(reason, 500)}>
      {t("logs.state_waiting", { n })}
      {reason !== "" && `: ${visible(reason, 120)}`}
    </span>
  );
}

/** Which of the process's files: asked for once the process is known to be there. */
function FilesMenu({ source, name, onReplace }: {
  readonly source: LogSource;
  readonly name: string;
  readonly onReplace: (source: LogSource) => void;
}): JSX.Element {
  const files = useSignal<readonly LogFileReport[]>([]);
  const hostId = hostsByName.value.get(source.host)?.id;
  useEffect(() => {
    if (hostId === undefined) return;
    const left = new AbortController();
    const path = agentPath(hostId, `/v1/processes/${encodeURIComponent(source.process)}/logs/files`);
    // What is wrong with the process or its host is told by the following itself.
    api.get<{ files: LogFileReport[] }>(path, { signal: left.signal })
      .then((found) => files.value = found.files.slice(0, MAX_FILES), () => files.value = []);
    return () => left.abort();
  }, [hostId, source.process]);
  const choose = (file: string) => () => onReplace({ ...source, file });
  const items: MenuEntries = [
    { label: t("logs.all_files"), isChecked: source.file === "", onPick: choose("") },
    ...files.value.map((each) => ({
      label: each.rotated > 0
        ? t("logs.rotated", { name: visible(each.name, 120), n: each.rotated })
        : visible(each.name, 120),
      isChecked: source.file === each.name,
      onPick: choose(each.name),
    })),
    null,
    { label: t("logs.open_host"), icon: "hosts", href: hostHref(source.host) },
  ];
  return <Menu kind="ghost" isSmall icon="more" label={t("logs.source_files", { name })} items={items} />;
}
