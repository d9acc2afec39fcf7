import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { bytes, bytesPerSecond, duration } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Section } from "../../ui/page.tsx";
import { wordsOf } from "../../ui/problem.tsx";
import { uploadPort } from "./file_api.ts";
import { joinPath, nameOf, parentOf } from "./model/host_path.ts";
import { freeName, type UploadItem, UploadQueue } from "./model/upload_queue.ts";

/** The uploads of this page to one host; they go on while other pages are shown. */
export interface HostUploads {
  readonly queue: UploadQueue;
  readonly items: Signal<readonly UploadItem[]>;
  /** Counts what has arrived: a folder that is shown may have more in it now. */
  readonly arrived: Signal<number>;
}

const byHost = new Map<string, HostUploads>();

export function uploadsOf(hostId: string): HostUploads {
  const found = byHost.get(hostId);
  if (found !== undefined) return found;
  const items = signal<readonly UploadItem[]>([]);
  const arrived = signal(0);
  const queue = new UploadQueue({
    port: uploadPort(hostId),
    host: hostId,
    onChange: (next) => items.value = next,
    onArrived: () => arrived.value += 1,
    wordsOf,
    now: () => performance.now(),
  });
  const made = { queue, items, arrived };
  byHost.set(hostId, made);
  return made;
}

/** Asks before the page is left while something is under way; gives a function that ends it. */
function guardLeaving(): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if ([...byHost.values()].some(({ queue }) => queue.isBusy)) event.preventDefault();
  };
  addEventListener("beforeunload", ask);
  return () => removeEventListener("beforeunload", ask);
}

export function UploadList({ uploads, isTaken }: {
  readonly uploads: HostUploads;
  /** Whether there is such a name in the folder that is shown. */
  readonly isTaken: (name: string) => boolean;
}): JSX.Element | null {
  const items = uploads.items.value;
  const isBusy = uploads.queue.isBusy;
  useEffect(() => isBusy ? guardLeaving() : undefined, [isBusy]);
  if (items.length === 0) return null;
  return (
    <Section
      title={t("files.uploads")}
      actions={
        <>
          {isBusy && <Button isSmall onClick={() => uploads.queue.cancelAll()}>{t("files.upload_cancel_all")}</Button>}
          <Button isSmall kind="ghost" onClick={() => uploads.queue.clearEnded()}>{t("files.upload_clear")}</Button>
        </>
      }
    >
      <ul class="files-uploads" tabIndex={0} aria-label={t("files.uploads")}>
        {items.map((item) => <Item key={item.id} item={item} queue={uploads.queue} isTaken={isTaken} />)}
      </ul>
    </Section>
  );
}

function Item({ item, queue, isTaken }: {
  readonly item: UploadItem;
  readonly queue: UploadQueue;
  readonly isTaken: (name: string) => boolean;
}): JSX.Element {
  const { id, path, sizeBytes, sentBytes, state, bytesPerSecond: speed } = item;
  const name = visible(nameOf(path), 120);
  const isMoving = state === "sending" || state === "waiting";
  const keepBoth = () => {
    const folder = parentOf(path) ?? "";
    queue.decide(id, { path: joinPath(folder, freeName(nameOf(path), isTaken)) });
  };
  return (
    <li class="files-upload">
      <span class="cut grow" title={visible(path, 500)}>{name}</span>
      {isMoving && (
        <>
          <progress class="progress files-progress" max={Math.max(1, sizeBytes)} value={sentBytes} aria-label={name} />
          {speed !== undefined && state === "sending" && (
            <span class="muted small nums">
              {bytesPerSecond(speed)}, {t("files.upload_left", {
                span: duration((sizeBytes - sentBytes) / Math.max(1, speed) * 1_000),
              })}
            </span>
          )}
        </>
      )}
      <span class={`small nums ${toneOf(item)}`} role="status">{stateText(item)}</span>
      {state === "exists" && (
        <>
          <Button isSmall kind="danger" onClick={() => queue.decide(id, { overwrite: true })}>
            {t("files.upload_replace")}
          </Button>
          <Button isSmall onClick={keepBoth}>{t("files.upload_keep")}</Button>
          <Button isSmall onClick={() => queue.cancel(id)}>{t("files.upload_skip")}</Button>
        </>
      )}
      {(state === "failed" || state === "cancelled") && (
        <Button isSmall icon="reload" onClick={() => queue.retry(id)}>{t("files.upload_retry")}</Button>
      )}
      {(isMoving || state === "queued") && (
        <Button
          isSmall
          kind="ghost"
          icon="close"
          label={t("files.upload_cancel")}
          onClick={() => queue.cancel(id)}
        />
      )}
    </li>
  );
}

function toneOf({ state }: UploadItem): string {
  return state === "failed" ? "bad break" : state === "exists" || state === "waiting" ? "warn" : "muted";
}

function stateText({ state, sentBytes, sizeBytes, problem }: UploadItem): string {
  const sizes = { sent: bytes(sentBytes), total: bytes(sizeBytes) };
  if (state === "failed") return problem ?? t("files.upload_failed");
  return t(`files.upload_${state}`, sizes);
}
