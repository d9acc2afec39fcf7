import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Recording } from "../../../protocol/mod.ts";
import { api } from "../../kit/api.ts";
import { bytes, duration } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link, navigate } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Page } from "../../ui/page.tsx";
import { Note, Problem } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { At } from "../../ui/time.tsx";
import { BackLink } from "../shared/back_link.tsx";
import { downloadUrl, safeFileName } from "../shared/download.ts";
import type { Cast } from "./cast.ts";
import { loadCast } from "./load_cast.ts";
import { Marks, nameOf, shellOf } from "./recording_words.tsx";
import { PlayerView } from "./player_view.tsx";
import { RemoveDialog } from "./remove_dialog.tsx";

/** One recording: what it is, and its player. */
export function RecordingView({ id }: { readonly id: string }): JSX.Element {
  const path = `/api/v1/recordings/${encodeURIComponent(id)}`;
  const recording = useResource((signal) => api.get<Recording>(path, { signal }), [id]);
  const come = useSignal(0);
  const cast = useResource((signal) => loadCast(id, signal, (count) => come.value = count), [id]);
  const isRemoving = useSignal(false);
  const shown = recording.data.value;
  return (
    <Page
      title={shown === undefined ? t("recordings.one") : nameOf(shown)}
      actions={shown !== undefined && (
        <>
          {shown.endedMs === undefined && (
            <Button
              icon="reload"
              onClick={() => {
                recording.reload();
                cast.reload();
              }}
            >
              {t("common.reload")}
            </Button>
          )}
          <Button icon="download" onClick={() => downloadUrl(`${path}/cast`, `${safeFileName(nameOf(shown))}.cast`)}>
            {t("recordings.download")}
          </Button>
          <Button kind="danger" icon="trash" onClick={() => isRemoving.value = true}>{t("recordings.remove")}</Button>
        </>
      )}
    >
      <BackLink href="/recordings">{t("recordings.back")}</BackLink>
      <Loaded resource={recording}>{(data) => <Facts recording={data} />}</Loaded>
      {cast.problem.value !== undefined && recording.problem.value === undefined && (
        <Problem problem={cast.problem.value} onRetry={cast.reload} isBusy={cast.isLoading.value} />
      )}
      {cast.data.value !== undefined
        ? <Playing cast={cast.data.value} />
        : cast.problem.value === undefined && (
          <div class="loading" role="status">
            <span class="spinner" />
            {t("recordings.loading", { size: bytes(come.value) })}
          </div>
        )}
      {isRemoving.value && shown !== undefined && (
        <RemoveDialog
          recording={shown}
          onClose={() => isRemoving.value = false}
          onDone={() => navigate("/recordings", { replace: true })}
        />
      )}
    </Page>
  );
}

function Playing({ cast }: { readonly cast: Cast }): JSX.Element {
  if (cast.events.length === 0) return <Note>{t("recordings.empty")}</Note>;
  return (
    <>
      {cast.isCut && <Note tone="warn">{t("recordings.too_long")}</Note>}
      {cast.badLines > 0 && <Note tone="warn">{t("recordings.bad_lines", { n: cast.badLines })}</Note>}
      <PlayerView cast={cast} />
    </>
  );
}

function Facts({ recording }: { readonly recording: Recording }): JSX.Element {
  const { host, actor, startedMs, endedMs, reason, durationMs, sizeBytes } = recording;
  return (
    <dl class="facts recordings-facts">
      <dt>{t("recordings.host")}</dt>
      <dd>
        <Link href={hostHref(host)}>{visible(host, 80)}</Link>
      </dd>
      <dt>{t("recordings.actor")}</dt>
      <dd class="strong break">{visible(actor, 80)}</dd>
      <dt>{t("recordings.shell")}</dt>
      <dd class="break">{shellOf(recording)}</dd>
      <dt>{t("recordings.started")}</dt>
      <dd>
        <At ms={startedMs} />
      </dd>
      <dt>{t("recordings.ended")}</dt>
      <dd class="break">
        {endedMs !== undefined && <At ms={endedMs} />} {visible(reason, 300)}
      </dd>
      <dt>{t("recordings.length")}</dt>
      <dd class="row wrap">
        {duration(durationMs)}, {bytes(sizeBytes)} <Marks recording={recording} />
      </dd>
    </dl>
  );
}
