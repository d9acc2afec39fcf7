import type { JSX } from "preact";
import { t } from "../kit/i18n/i18n.ts";
import { shortcuts } from "../kit/keys.ts";
import { Dialog } from "../ui/dialog.tsx";

const NAMES: Readonly<Record<string, string>> = { mod: "Ctrl/⌘", Enter: "↵", Escape: "Esc" };

export function Help({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const told = shortcuts.value.filter((each) => each.title !== undefined);
  return (
    <Dialog title={t("keys.help")} onClose={onClose}>
      <dl class="keys">
        {told.map((each) => (
          <div key={each.keys} class="keys-line">
            <dt>
              <Keys keys={each.keys} />
            </dt>
            <dd>{each.title?.()}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">{t("keys.in_table")}</p>
    </Dialog>
  );
}

function Keys({ keys }: { readonly keys: string }): JSX.Element {
  return (
    <span class="row">
      {keys.split(" ").map((chord, at) => (
        <span key={chord} class="row">
          {at > 0 && <span class="muted small">{t("keys.then")}</span>}
          {chord.split("+").map((key) => <kbd key={key}>{NAMES[key] ?? key.toUpperCase()}</kbd>)}
        </span>
      ))}
    </span>
  );
}
