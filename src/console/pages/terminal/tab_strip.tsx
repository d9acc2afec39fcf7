import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Button } from "../../ui/button.tsx";
import type { TabState, TerminalTab } from "./terminal_tab.ts";

/** The terminals of this page, of whichever hosts, and a way to one more. */
export function TabStrip({ tabs, active, onPick, onClose, onAdd }: {
  readonly tabs: readonly TerminalTab[];
  readonly active: TerminalTab | null;
  readonly onPick: (tab: TerminalTab) => void;
  readonly onClose: (tab: TerminalTab) => void;
  readonly onAdd: () => void;
}): JSX.Element {
  return (
    <div class="terminal-tabs" role="group" aria-label={t("terminal.tabs")}>
      {tabs.map((tab) => (
        <StripTab
          key={tab.key}
          tab={tab}
          isActive={tab === active}
          onPick={() => onPick(tab)}
          onClose={() => onClose(tab)}
        />
      ))}
      <Button kind="ghost" isSmall icon="plus" label={t("terminal.another")} onClick={onAdd} />
    </div>
  );
}

function StripTab({ tab, isActive, onPick, onClose }: {
  readonly tab: TerminalTab;
  readonly isActive: boolean;
  readonly onPick: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { name } = tab;
  const host = visible(tab.host.name, 80);
  const hasNews = tab.hasNews.value && !isActive;
  return (
    <span class={isActive ? "terminal-tab active" : "terminal-tab"}>
      <button
        type="button"
        class="terminal-tab-name"
        aria-pressed={isActive}
        title={`${host}: ${name}`}
        onClick={onPick}
      >
        <span class={`dot ${toneOf(tab.state.value)}`} />
        <span class="cut">{name === host ? host : `${host}: ${name}`}</span>
        {hasNews && (
          <span class="terminal-news">
            <span class="hidden-label">({t("terminal.has_news")})</span>
          </span>
        )}
      </button>
      <Button kind="ghost" isSmall icon="close" label={t("terminal.close_tab", { name })} onClick={onClose} />
    </span>
  );
}

export function toneOf({ kind }: TabState): "good" | "warn" | "bad" | "info" | "dim" {
  switch (kind) {
    case "attached":
      return "good";
    case "opening":
    case "connecting":
      return "info";
    case "waiting":
      return "warn";
    case "failed":
    case "closed":
      return "bad";
    case "ended":
    case "left":
      return "dim";
  }
}
