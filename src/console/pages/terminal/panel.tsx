import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../kit/i18n/i18n.ts";
import { addShortcuts } from "../../kit/keys.ts";
import { visible, visibleLines } from "../../kit/safe_text.ts";
import { copyText } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { toast, toastProblem } from "../../ui/toast.tsx";
import { FormButtons } from "../shared/form.tsx";
import { EndDialog } from "./end_dialog.tsx";
import { FindBar } from "./find_bar.tsx";
import { KeyRow } from "./key_row.tsx";
import { StateStrip } from "./state_strip.tsx";
import { StatusBar } from "./status_bar.tsx";
import type { TerminalTab } from "./terminal_tab.ts";
import { themeColours } from "./screen/themes.ts";
import { loadLook, look } from "./looks.ts";
import { isDark } from "../../kit/theme.ts";
import { setKeyHandler } from "./tab_store.ts";

const MAX_PREVIEW = 4_000;
const IS_MAC = /Mac|iPhone|iPad/;

/** One terminal, as large as there is room for, with what can be done to it. */
export function Panel({ tab, onClose, onAgain }: {
  readonly tab: TerminalTab;
  readonly onClose: () => void;
  /** A new terminal of the same host. */
  readonly onAgain: () => void;
}): JSX.Element {
  const panel = useRef<HTMLDivElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const isFinding = useSignal(false);
  const isEnding = useSignal(false);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    void tab.mount(element);
    const watch = new ResizeObserver(() => tab.fit());
    watch.observe(element);
    setKeyHandler((event) => takeKey(event, tab, () => isFinding.value = true));
    const removeShortcut = addShortcuts({
      keys: "shift+Escape",
      title: () => t("terminal.leave"),
      isAlways: true,
      run: () => panel.current?.querySelector<HTMLElement>(".terminal-status button")?.focus(),
    });
    return () => {
      removeShortcut();
      watch.disconnect();
      setKeyHandler(() => false);
      tab.unmount();
    };
  }, [tab]);
  const { background } = themeColours((look.value ?? loadLook()).theme, isDark.value);
  return (
    <div class="terminal-panel" ref={panel}>
      <p class="hidden-label">{t("terminal.leave_how")}</p>
      <div class="terminal-frame">
        <div class="terminal-holder" ref={holder} style={{ background: background ?? "" }} />
        <div class="terminal-over">
          <StateStrip tab={tab} onClose={onClose} onAgain={onAgain} />
          {isFinding.value && (
            <FindBar
              tab={tab}
              onClose={() => {
                isFinding.value = false;
                tab.screen?.endFind();
                tab.screen?.focus();
              }}
            />
          )}
        </div>
      </div>
      <KeyRow tab={tab} />
      <StatusBar
        tab={tab}
        onFind={() => isFinding.value = !isFinding.value}
        onEnd={() => isEnding.value = true}
        onCopy={() => void copy(tab)}
        onPaste={() => void paste(tab)}
      />
      {isEnding.value && tab.terminalId.value !== null && (
        <EndDialog
          host={tab.host}
          targets={[{ id: tab.terminalId.value, name: tab.name }]}
          onClose={() => isEnding.value = false}
        />
      )}
      <PasteDialog tab={tab} />
      <LinkDialog tab={tab} />
    </div>
  );
}

/** Keys of the page itself; all others are the terminal's. */
function takeKey(event: KeyboardEvent, tab: TerminalTab, find: () => void): boolean {
  const { key, ctrlKey, metaKey, shiftKey, altKey, type } = event;
  const isChord = !altKey && (ctrlKey && shiftKey && !metaKey || metaKey && !ctrlKey && !shiftKey);
  const name = key.toLowerCase();
  if (isChord && name === "f") {
    if (type === "keydown") find();
    event.preventDefault();
    return true;
  }
  if (isChord && ctrlKey && name === "c") {
    if (type === "keydown") void copy(tab);
    event.preventDefault();
    return true;
  }
  // The only way out of a terminal by keyboard: it takes the tabulator for itself.
  if (shiftKey && !ctrlKey && !metaKey && key === "Escape") return true;
  // Left to the browser, which hands the clipboard over with the event that follows.
  if (isChord && name === "v") return true;
  if (shiftKey && !ctrlKey && key === "Insert") return true;
  if (ctrlKey && !shiftKey && key === "Insert") {
    if (type === "keydown") void copy(tab);
    return true;
  }
  return false;
}

async function copy(tab: TerminalTab): Promise<void> {
  const text = tab.screen?.selection ?? "";
  if (text === "") return;
  try {
    // Blanks up to the right edge are no part of what was printed.
    await copyText(text.replace(/[ \u00a0]+$/gm, ""));
    toast(t("terminal.copied"));
  } catch {
    // The browser forbids it, and says nothing more about it than that.
    toastProblem(t("common.copy_failed"));
  }
  tab.screen?.focus();
}

async function paste(tab: TerminalTab): Promise<void> {
  try {
    tab.paste(await navigator.clipboard.readText());
  } catch {
    // Forbidden, or there is none without https.
    const keys = IS_MAC.test(navigator.userAgent) ? "⌘V" : "Ctrl+Shift+V";
    toastProblem(t("terminal.paste_denied", { keys }));
  }
  tab.screen?.focus();
}

function PasteDialog({ tab }: { readonly tab: TerminalTab }): JSX.Element | null {
  const paste = tab.asksPaste.value;
  if (paste === null) return null;
  const close = () => {
    tab.asksPaste.value = null;
    tab.screen?.focus();
  };
  return (
    <Dialog
      title={t("terminal.paste_title", { n: paste.lines })}
      kind="wide"
      onClose={close}
      onSubmit={() => tab.pasteAsked()}
      actions={<FormButtons verb={t("terminal.paste")} onClose={close} />}
    >
      {paste.lines > 1 && <p>{t("terminal.paste_lines")}</p>}
      {paste.isCleaned && <p class="warn">{t("terminal.paste_cleaned")}</p>}
      <pre class="shared-output terminal-preview" tabIndex={0} role="region" aria-label={t("terminal.paste_text")}>
        {visibleLines(paste.text.replaceAll("\r", "\n"), MAX_PREVIEW)}
      </pre>
    </Dialog>
  );
}

function LinkDialog({ tab }: { readonly tab: TerminalTab }): JSX.Element | null {
  const address = tab.asksLink.value;
  if (address === null) return null;
  const close = () => {
    tab.asksLink.value = null;
    tab.screen?.focus();
  };
  const open = () => {
    const { protocol, href } = new URL(address);
    if (protocol === "https:" || protocol === "http:") globalThis.open(href, "_blank", "noopener,noreferrer");
    close();
  };
  return (
    <Dialog
      title={t("terminal.link_title")}
      onClose={close}
      onSubmit={open}
      actions={<FormButtons verb={t("terminal.link_open")} icon="external" onClose={close} />}
    >
      <p>{t("terminal.link_why")}</p>
      <p class="mono break">{visible(address, 2_000)}</p>
    </Dialog>
  );
}
