import type { JSX } from "preact";
import type { Task } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible, visibleLines } from "../../kit/safe_text.ts";
import { Badge } from "../../ui/badge.tsx";
import { wordsOfOperation } from "./operation_words.ts";

const MAX_LENGTH = 300;

/** What a task asks for, in one line: its title where somebody has given it one, and the command. */
/** A title is somebody's own unless the manager has made it of the request. */
function hasOwnTitle({ title, operation: { method, path } }: Task): boolean {
  return title !== `${method} ${path}`.slice(0, 80);
}

/** For a heading: the title, or what is asked for. */
export function titleOf(task: Task): string {
  const words = wordsOfOperation(task.operation);
  if (hasOwnTitle(task)) return visible(task.title, 80);
  if (words.kind !== "processes") return visible(words.text, 120);
  return `${t("tasks.processes_action", { action: visible(words.action, 30) })} ${visible(words.text, 80)}`;
}

/** What is asked for, all of it. */
export function CommandText({ task }: { readonly task: Task }): JSX.Element | null {
  const words = wordsOfOperation(task.operation);
  if (words.kind !== "command") return null;
  return (
    <pre
      class="shared-output"
      tabIndex={0}
      role="region"
      aria-label={t("tasks.command")}
    >{visibleLines(words.text, 20_000)}</pre>
  );
}

export function What({ task }: { readonly task: Task }): JSX.Element {
  const words = wordsOfOperation(task.operation);
  const isOwnTitle = hasOwnTitle(task) && task.title !== words.text;
  return (
    <span class="tasks-what" title={visible(words.text, 1_000)}>
      {isOwnTitle && <strong>{visible(task.title, 80)}</strong>}
      {words.kind === "processes"
        ? <span>{t("tasks.processes_action", { action: visible(words.action, 30) })} {visible(words.text, 100)}</span>
        : <code>{visible(words.text, MAX_LENGTH)}</code>}
      {words.kind === "command" && words.isScript && <Badge>{t("tasks.script")}</Badge>}
    </span>
  );
}
