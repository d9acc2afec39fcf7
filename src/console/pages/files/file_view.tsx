import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { agentPath, api, isAbort } from "../../kit/api.ts";
import { bytes as sizeText } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { LineBook, linePattern, LineView, type NewLine } from "../../lines/mod.ts";
import { Button } from "../../ui/button.tsx";
import { Note, Problem, wordsOf } from "../../ui/problem.tsx";
import { Loading } from "../../ui/resource.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { loadBeginning, VIEW_BYTES } from "./file_api.ts";
import { isText, linesOf } from "./listing.ts";

const MAX_LINES = 50_000;
const MAX_CHARS = 8 * 1024 * 1024;
const TAIL_LINES = 2_000;
const FLUSH_MS = 100;
const AGAIN_MS = 2_000;
const PARTS = ["start", "end", "follow"] as const;
type Part = (typeof PARTS)[number];

/** What is in a file: its beginning, its end, or its end as it grows. Shown as text, and nothing else. */
export function FileView({ hostId, path, sizeBytes }: {
  readonly hostId: string;
  readonly path: string;
  readonly sizeBytes: number;
}): JSX.Element {
  const part = useSignal<Part>("start");
  const isWrapped = useSignal(true);
  const isFollowing = useSignal(false);
  const text = useSignal("");
  const shown = useFile(hostId, path, part.value);
  const find = useMemo(() => {
    const found = text.value === "" ? null : linePattern(text.value, { isRegex: false, isCaseSensitive: false });
    return typeof found === "string" ? null : found;
  }, [text.value]);
  useEffect(() => {
    isFollowing.value = part.value !== "start";
  }, [part.value]);
  return (
    <div class="files-view">
      <div class="row wrap">
        <Segments
          label={t("files.view_what")}
          value={part.value}
          options={PARTS.map((value) => ({ value, label: t(`files.view_${value}`) }))}
          onChange={(next) => part.value = next}
        />
        <input
          class="input files-find"
          type="search"
          value={text.value}
          maxLength={200}
          aria-label={t("files.find")}
          placeholder={t("files.find")}
          onInput={({ currentTarget }) => text.value = currentTarget.value}
        />
        <Button
          isSmall
          kind="ghost"
          isPressed={isWrapped.value}
          onClick={() => isWrapped.value = !isWrapped.value}
        >
          {t("files.wrap")}
        </Button>
      </div>
      {shown.problem.value !== undefined && <Problem problem={shown.problem.value} onRetry={shown.reload} />}
      {shown.notice.value !== "" && <p class="warn small" role="status">{shown.notice.value}</p>}
      {shown.isBinary.value
        ? (
          <Note>
            {t("files.view_binary")}
            <div>
              <Button isSmall onClick={shown.showAnyway}>{t("files.view_binary_show")}</Button>
            </div>
          </Note>
        )
        : shown.isLoading.value
        ? <Loading />
        : (
          <>
            {part.value === "start" && sizeBytes > VIEW_BYTES && (
              <p class="muted small">
                {t("files.view_part", { size: sizeText(VIEW_BYTES), total: sizeText(sizeBytes) })}
              </p>
            )}
            {shown.book.size === 0 && part.value === "start" && <p class="muted">{t("files.view_empty")}</p>}
            <LineView
              label={t("files.view")}
              book={shown.book}
              version={shown.version}
              isWrapped={isWrapped.value}
              time="none"
              find={find}
              isFollowing={isFollowing}
            />
          </>
        )}
    </div>
  );
}

function useFile(hostId: string, path: string, part: Part) {
  const version = useSignal(0);
  const isLoading = useSignal(true);
  const isBinary = useSignal(false);
  const problem = useSignal<unknown>(undefined);
  const notice = useSignal("");
  const round = useSignal(0);
  const isForced = useSignal(false);
  const book = useMemo(() => new LineBook({ maxLines: MAX_LINES, maxChars: MAX_CHARS }), [hostId, path, part]);
  useEffect(() => {
    const left = new AbortController();
    isLoading.value = true;
    isBinary.value = false;
    problem.value = undefined;
    notice.value = "";
    book.clear();
    const add = (lines: readonly NewLine[]) => {
      book.append(lines);
      version.value += 1;
      isLoading.value = false;
    };
    const begin = async () => {
      const bytes = await loadBeginning(hostId, path, left.signal);
      if (!isForced.peek() && !isText(bytes)) {
        isBinary.value = true;
        return;
      }
      add(linesOf(bytes, bytes.length < VIEW_BYTES).map(lineOf));
    };
    const run = part === "start" ? begin() : tail({
      hostId,
      path,
      isFollowed: part === "follow",
      signal: left.signal,
      onLines: add,
      onBreak: (error) => notice.value = error === null ? "" : `${t("files.view_lost")}: ${wordsOf(error)}`,
    });
    run.catch((error) => {
      if (left.signal.aborted || isAbort(error)) return;
      problem.value = error;
      isLoading.value = false;
    });
    return () => left.abort(new DOMException("not shown any more", "AbortError"));
  }, [book, round.value, isForced.value]);
  return {
    book,
    version,
    isLoading,
    isBinary,
    problem,
    notice,
    reload: () => void round.value++,
    showAnyway: () => isForced.value = true,
  };
}

interface Tail {
  readonly hostId: string;
  readonly path: string;
  readonly isFollowed: boolean;
  readonly signal: AbortSignal;
  readonly onLines: (lines: readonly NewLine[]) => void;
  /** The way broke, or is there again. */
  readonly onBreak: (error: unknown) => void;
}

/** The last lines of a file, then those that come; a way that broke is made anew, with the last lines once more. */
async function tail(given: Tail): Promise<void> {
  const { isFollowed, signal, onLines, onBreak } = given;
  onLines([]);
  let hasBegun = false;
  while (!signal.aborted) {
    try {
      if (hasBegun) onLines([{ ...lineOf(t("files.view_lost")), isNotice: true }]);
      hasBegun = true;
      await tailOnce(given);
      if (!isFollowed) return;
    } catch (error) {
      if (!isFollowed || signal.aborted) throw error;
      onBreak(error);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function tailOnce({ hostId, path, isFollowed, signal, onLines, onBreak }: Tail): Promise<void> {
  let waiting: NewLine[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    onLines(waiting);
    waiting = [];
  };
  const timer = setInterval(flush, FLUSH_MS);
  try {
    const query = { path, lines: TAIL_LINES, follow: isFollowed };
    for await (const { event, data } of api.events(agentPath(hostId, "/v1/files/tail"), { query, signal })) {
      onBreak(null);
      const told: { text?: unknown; reason?: unknown } = JSON.parse(data);
      if (event === "line") waiting.push(lineOf(String(told.text ?? "")));
      else if (event === "restart") {
        const words = told.reason === "emptied" ? "files.view_restart_emptied" : "files.view_restart_replaced";
        waiting.push({ ...lineOf(t(words)), isNotice: true });
      } else if (event === "failed") throw new Error(String(told.reason ?? ""));
    }
  } finally {
    clearInterval(timer);
    if (!signal.aborted) flush();
  }
}

function lineOf(text: string): NewLine {
  return { source: "", file: "", text };
}
