import type { JSX } from "preact";
import type { TerminalExit } from "../../../protocol/mod.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/problem.tsx";
import { useSecondsUntil } from "../../ui/use_seconds_until.ts";
import type { TerminalTab } from "./terminal_tab.ts";

/** What is the matter with the way to the terminal; nothing while all is well. */
export function StateStrip({ tab, onClose, onAgain }: {
  readonly tab: TerminalTab;
  readonly onClose: () => void;
  readonly onAgain: () => void;
}): JSX.Element | null {
  const state = tab.state.value;
  switch (state.kind) {
    case "attached":
      return tab.isForeignSize.value ? <ForeignSize tab={tab} /> : null;
    case "opening":
    case "connecting":
      return (
        <Strip tone="info" isBusy text={t(state.kind === "opening" ? "terminal.opening" : "terminal.connecting")} />
      );
    case "waiting":
      return <Waiting tab={tab} dueMs={state.dueMs} reason={state.reason} />;
    case "failed":
      return <Problem problem={state.problem} title={t("terminal.failed")} onRetry={() => void tab.retry()} />;
    case "ended":
      return (
        <Strip tone={state.exit.exitCode === 0 ? "dim" : "warn"} text={exitText(state.exit)}>
          <Button isSmall onClick={onAgain}>{t("terminal.again")}</Button>
          <Button isSmall onClick={onClose}>{t("terminal.close")}</Button>
        </Strip>
      );
    case "closed":
      return (
        <Strip tone="warn" text={closedText(state.why, state.reason)}>
          {state.why === "gone"
            ? <Button isSmall onClick={onAgain}>{t("terminal.again")}</Button>
            : <Button isSmall icon="reload" onClick={() => tab.reconnect()}>{t("common.retry")}</Button>}
          <Button isSmall onClick={onClose}>{t("terminal.close")}</Button>
        </Strip>
      );
    case "left":
      return null;
  }
}

export function exitText({ exitCode, signal, reason }: TerminalExit): string {
  const words = visible(reason, 300) || t("terminal.no_reason");
  if (exitCode !== undefined) return t("terminal.has_ended_code", { code: Number(exitCode), reason: words });
  if (signal !== undefined) return t("terminal.has_ended_signal", { signal: visible(signal, 20), reason: words });
  return t("terminal.has_ended", { reason: words });
}

function closedText(why: "unauthorized" | "refused" | "gone", reason: string): string {
  if (why === "refused") return t("terminal.refused", { reason: visible(reason, 500) });
  return t(why === "gone" ? "terminal.gone" : "terminal.unauthorized");
}

function Waiting({ tab, dueMs, reason }: {
  readonly tab: TerminalTab;
  readonly dueMs: number;
  readonly reason: string;
}): JSX.Element {
  const n = useSecondsUntil(dueMs).value;
  const words = visible(reason, 200);
  return (
    <Strip
      tone="warn"
      text={words === "" ? t("terminal.waiting", { n }) : t("terminal.waiting_why", { n, reason: words })}
    >
      <Button isSmall onClick={() => tab.reconnect()}>{t("terminal.now")}</Button>
    </Strip>
  );
}

function ForeignSize({ tab }: { readonly tab: TerminalTab }): JSX.Element | null {
  const told = tab.told.value?.terminal;
  if (told === undefined || tab.mode === "view") return null;
  return (
    <Strip tone="dim" text={t("terminal.foreign_size", { cols: told.cols, rows: told.rows })}>
      <Button isSmall onClick={() => tab.takeSize()}>{t("terminal.take_size")}</Button>
    </Strip>
  );
}

function Strip({ tone, text, isBusy, children }: {
  readonly tone: "info" | "warn" | "dim";
  readonly text: string;
  readonly isBusy?: boolean;
  readonly children?: JSX.Element | readonly JSX.Element[];
}): JSX.Element {
  return (
    <div class={`terminal-strip ${tone}`} role="status">
      {isBusy === true && <span class="spinner" />}
      <span class="grow break">{text}</span>
      {children}
    </div>
  );
}
