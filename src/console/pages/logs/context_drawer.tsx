import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { FleetSearchMatch, SearchLine, SearchMatch } from "../../../protocol/mod.ts";
import { agentPath, api } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { hostHref, Link } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { LineBook, linePattern, LineView, type NewLine } from "../../lines/mod.ts";
import { CopyButton } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Note } from "../../ui/problem.tsx";
import { Loaded, useResource } from "../../ui/resource.tsx";
import { Segments } from "../../ui/tabs.tsx";
import { At } from "../../ui/time.tsx";
import type { SearchForm } from "./model/search_query.ts";
import type { Hit } from "./model/search_results.ts";
import { queryOf } from "./model/log_source.ts";

const SIZES = ["10", "50"] as const;
/** The time of a line is known to about a second. */
const AROUND_MS = 3_000;
const MAX_CHARS = 4 * 1024 * 1024;

/** A line that was found, with what its log says before and after it. */
export function ContextDrawer({ hit, form, onClose }: {
  readonly hit: Hit;
  readonly form: SearchForm;
  readonly onClose: () => void;
}): JSX.Element {
  const { match } = hit;
  const size = useSignal<(typeof SIZES)[number]>("10");
  const context = useResource((signal) => loadContext(match, form, Number(size.value), signal), [hit.id, size.value]);
  const follow = queryOf([{ host: match.host, process: match.processId, file: match.file }]);
  const entries = Object.entries(follow).filter(([, value]) => value !== "");
  return (
    <Dialog title={t("logs.context")} kind="side" onClose={onClose}>
      <dl class="facts">
        <dt>{t("logs.where")}</dt>
        <dd class="break">
          <Link class="logs-link" href={hostHref(match.host)}>{visible(match.host, 80)}</Link> /{" "}
          {visible(match.process, 80)} / <span class="mono">{visible(match.rotated ?? match.file, 300)}</span>
        </dd>
        <dt>{t("logs.when")}</dt>
        <dd>
          <At ms={match.timeMs} />
        </dd>
      </dl>
      <div class="row wrap">
        <Segments
          label={t("logs.context_lines")}
          value={size.value}
          options={SIZES.map((value) => ({ value, label: `± ${value}` }))}
          onChange={(next) => size.value = next}
        />
        <span class="grow" />
        <CopyButton text={match.text} label={t("logs.copy_line")} />
        <Link class="button tiny" href={`/logs?${new URLSearchParams(entries)}`}>{t("logs.follow_this")}</Link>
      </div>
      {match.cut === true && <p class="muted small">{t("logs.cut_line")}</p>}
      <Loaded resource={context}>
        {(found) => (
          <>
            {found === null && <Note tone="warn">{t("logs.context_gone")}</Note>}
            <Lines match={found ?? match} form={form} />
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

function Lines({ match, form }: { readonly match: SearchMatch; readonly form: SearchForm }): JSX.Element {
  const version = useSignal(0);
  const isFollowing = useSignal(false);
  const before = match.before ?? [];
  const book = useMemo(() => {
    const made = new LineBook({ maxLines: 1_000, maxChars: MAX_CHARS });
    const texts = [...before.map(({ text }) => text), match.text, ...(match.after ?? []).map(({ text }) => text)];
    made.append(texts.map((text): NewLine => ({ source: "", file: "", text })));
    return made;
  }, [match]);
  const find = useMemo(() => {
    const made = linePattern(form.pattern, form);
    return typeof made === "string" ? null : made;
  }, [form]);
  useEffect(() => {
    version.value += 1;
  }, [book]);
  return (
    <div class="logs-context">
      <LineView
        label={t("logs.context")}
        book={book}
        version={version}
        isWrapped
        time="none"
        find={find}
        isFollowing={isFollowing}
        picked={before.length}
      />
    </div>
  );
}

/** Searches once more, only around that line, for the lines beside it; null where it is not found again. */
async function loadContext(
  match: FleetSearchMatch,
  { pattern, isRegex, isCaseSensitive }: SearchForm,
  lines: number,
  signal: AbortSignal,
): Promise<SearchMatch | null> {
  const { timeMs, processId, file, at, rotated, text } = match;
  const around = timeMs === undefined ? {} : {
    since: new Date(timeMs - AROUND_MS).toISOString(),
    until: new Date(timeMs + AROUND_MS).toISOString(),
  };
  const query = {
    pattern,
    regex: isRegex ? "true" : undefined,
    ignoreCase: isCaseSensitive ? undefined : "true",
    process: processId,
    file,
    before: lines,
    after: lines,
    limit: 10_000,
    ...around,
  };
  const path = agentPath(match.hostId, "/v1/logs/search");
  for await (const line of api.lines<SearchLine>(path, { query, signal })) {
    if (line.type !== "match" || line.at !== at || line.text !== text) continue;
    if (line.rotated === rotated || line.rotated === undefined || rotated === undefined) return line;
  }
  return null;
}
