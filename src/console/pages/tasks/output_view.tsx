import type { JSX } from "preact";
import type { Task } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible, visibleLines } from "../../kit/safe_text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/code.tsx";
import { Section } from "../../ui/page.tsx";
import { Note } from "../../ui/problem.tsx";
import { downloadText } from "../shared/download.ts";
import { isEnded } from "./task_rows.ts";
import { outputOf } from "./task_output.ts";

/** Twice what a task keeps. */
const MAX_SHOWN = 128 * 1024;
const KEPT_KB = 64;

/** What a task has printed, or answered. */
export function OutputView({ task }: { readonly task: Task }): JSX.Element {
  const output = outputOf(task.result);
  const name = `${task.host}-${task.id.slice(0, 8)}`;
  if (output.kind === "none") {
    return (
      <Section title={t("tasks.output")}>
        <p class="muted">{t(isEnded(task.state) ? "tasks.output_none" : "tasks.output_waiting")}</p>
      </Section>
    );
  }
  const cut = output.isCut && <Note tone="warn">{t("tasks.output_cut", { kb: KEPT_KB })}</Note>;
  if (output.kind === "text") {
    return (
      <>
        {cut}
        <TextOutput title={t("tasks.output")} text={output.text} file={`${name}.txt`} />
      </>
    );
  }
  const { stdout, stderr, code, signal, timedOut } = output;
  return (
    <>
      <div class="row wrap">
        {code !== undefined && <Badge tone={code === 0 ? "good" : "bad"}>{t("tasks.exit_code", { code })}</Badge>}
        {signal !== undefined && <Badge tone="bad">{t("tasks.signal", { signal: visible(signal, 20) })}</Badge>}
        {timedOut && <Badge tone="bad">{t("tasks.timed_out")}</Badge>}
      </div>
      {cut}
      {stdout === "" && stderr === "" && <p class="muted">{t("tasks.output_none")}</p>}
      {stdout !== "" && <TextOutput title={t("tasks.stdout")} text={stdout} file={`${name}-stdout.txt`} />}
      {stderr !== "" && <TextOutput title={t("tasks.stderr")} text={stderr} file={`${name}-stderr.txt`} />}
    </>
  );
}

function TextOutput({ title, text, file }: {
  readonly title: string;
  readonly text: string;
  readonly file: string;
}): JSX.Element {
  return (
    <Section
      title={title}
      actions={
        <>
          <CopyButton text={text} />
          <Button isSmall icon="download" onClick={() => downloadText(file, text)}>{t("common.download")}</Button>
        </>
      }
    >
      <pre class="shared-output" tabIndex={0} role="region" aria-label={title}>{visibleLines(text, MAX_SHOWN)}</pre>
    </Section>
  );
}
