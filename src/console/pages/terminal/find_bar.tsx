import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../kit/i18n/i18n.ts";
import { Button } from "../../ui/button.tsx";
import type { TerminalTab } from "./terminal_tab.ts";

const MAX_FINDS = 1_000;

/** Finds text in what the terminal shows, and in what has scrolled out of it. */
export function FindBar({ tab, onClose }: { readonly tab: TerminalTab; readonly onClose: () => void }): JSX.Element {
  const text = useSignal("");
  const isCaseSensitive = useSignal(false);
  const isRegex = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const find = (isBack: boolean) => {
    if (isRegex.peek() && !isPattern(text.peek())) return;
    tab.screen?.find(text.peek(), { isBack, isCaseSensitive: isCaseSensitive.peek(), isRegex: isRegex.peek() });
  };
  const { index, count } = tab.finds.value;
  const result = text.value === ""
    ? ""
    : count === 0
    ? t("terminal.find_none")
    : count >= MAX_FINDS
    ? t("terminal.find_many", { n: MAX_FINDS })
    : t("terminal.find_some", { n: index + 1, total: count });
  return (
    <div class="terminal-find" role="search">
      <input
        ref={input}
        class="input"
        type="search"
        value={text.value}
        maxLength={200}
        spellcheck={false}
        autocomplete="off"
        aria-label={t("terminal.find_label")}
        placeholder={t("terminal.find")}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
          find(true);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") find(!event.shiftKey);
          else if (event.key === "Escape") onClose();
          else return;
          event.preventDefault();
        }}
      />
      <span class="muted small" role="status">{result}</span>
      <Button isSmall kind="ghost" icon="up" label={t("terminal.find_back")} onClick={() => find(true)} />
      <Button isSmall kind="ghost" icon="down" label={t("terminal.find_next")} onClick={() => find(false)} />
      <Button
        isSmall
        kind="ghost"
        isPressed={isCaseSensitive.value}
        title={t("terminal.find_case_title")}
        onClick={() => {
          isCaseSensitive.value = !isCaseSensitive.value;
          find(true);
        }}
      >
        {t("terminal.find_case")}
      </Button>
      <Button
        isSmall
        kind="ghost"
        isPressed={isRegex.value}
        onClick={() => {
          isRegex.value = !isRegex.value;
          find(true);
        }}
      >
        {t("terminal.find_regex")}
      </Button>
      <Button isSmall kind="ghost" icon="close" label={t("common.close")} onClick={onClose} />
    </div>
  );
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== null;
  } catch {
    return false; // not yet whole, as it is typed
  }
}
