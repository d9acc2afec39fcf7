import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import type { TerminalTab } from "./terminal_tab.ts";

interface Key {
  readonly label: string;
  /** Said instead of a sign that is hard to say. */
  readonly name?: "key_up" | "key_down" | "key_left" | "key_right";
  readonly text: string;
}

const KEYS: readonly Key[] = [
  { label: "Esc", text: "\x1b" },
  { label: "Tab", text: "\t" },
  { label: "^C", text: "\x03" },
  { label: "^D", text: "\x04" },
  { label: "^Z", text: "\x1a" },
  { label: "^R", text: "\x12" },
  { label: "↑", name: "key_up", text: "\x1b[A" },
  { label: "↓", name: "key_down", text: "\x1b[B" },
  { label: "←", name: "key_left", text: "\x1b[D" },
  { label: "→", name: "key_right", text: "\x1b[C" },
  { label: "|", text: "|" },
  { label: "/", text: "/" },
  { label: "-", text: "-" },
  { label: "~", text: "~" },
];

/** Keys that telephones do not have; shown where there is no mouse. */
export function KeyRow({ tab }: { readonly tab: TerminalTab }): JSX.Element | null {
  if (tab.mode === "view" || tab.state.value.kind !== "attached") return null;
  return (
    <div class="terminal-keys" role="group" aria-label={t("terminal.keys")}>
      {KEYS.map(({ label, name, text }) => (
        <button
          key={label}
          type="button"
          class="terminal-key"
          aria-label={name === undefined ? undefined : t(`terminal.${name}`)}
          // The screen keeps the focus, and the telephone's own keyboard stays.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => tab.type(tab.screen?.isApplicationCursor === true ? text.replace("\x1b[", "\x1bO") : text)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
