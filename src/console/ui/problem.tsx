import type { ComponentChildren, JSX } from "preact";
import { ApiProblem } from "../kit/api.ts";
import { t } from "../kit/i18n/i18n.ts";
import { visible } from "../kit/safe_text.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

const MAX_LENGTH = 2_000;

/** What an error says, harmless to show. */
export function wordsOf(problem: unknown): string {
  if (problem instanceof ApiProblem) return visible(problem.message, MAX_LENGTH);
  return t("problem.unknown", { message: visible(problem instanceof Error ? problem.message : problem, MAX_LENGTH) });
}

export interface ProblemProps {
  readonly problem: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly isBusy?: boolean | undefined;
  readonly title?: string | undefined;
}

/** An error with its words and, where that may help, a way to try again. */
export function Problem({ problem, onRetry, isBusy, title }: ProblemProps): JSX.Element {
  const code = problem instanceof ApiProblem && problem.code !== 0 ? problem.code : null;
  return (
    <div class="problem" role="alert">
      <Icon name="warning" size={18} />
      <div class="grow stack tight">
        {title !== undefined && <strong>{title}</strong>}
        <span class="break">{wordsOf(problem)}</span>
        {code !== null && <span class="muted small">{t("problem.code", { code })}</span>}
      </div>
      {onRetry !== undefined && (
        <Button isSmall icon="reload" isBusy={isBusy} onClick={onRetry}>{t("common.retry")}</Button>
      )}
    </div>
  );
}

/** A note of another kind: what is off, and how to turn it on. */
export function Note({ tone = "info", children }: {
  readonly tone?: "info" | "warn" | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`note ${tone}`}>
      <Icon name={tone === "warn" ? "warning" : "info"} size={18} />
      <div class="grow stack tight">{children}</div>
    </div>
  );
}

/** Where there is nothing to show: why, and what to do about it. */
export function Empty({ icon = "info", title, children }: {
  readonly icon?: IconName | undefined;
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} size={32} />
      <strong>{title}</strong>
      {children}
    </div>
  );
}
