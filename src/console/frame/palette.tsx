import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useMemo, useRef } from "preact/hooks";
import { t } from "../kit/i18n/i18n.ts";
import { hosts } from "../kit/live.ts";
import { shortcuts } from "../kit/keys.ts";
import { hostHref, navigate } from "../kit/router.tsx";
import { visible } from "../kit/safe_text.ts";
import { can } from "../kit/session.ts";
import { StateBadge } from "../ui/badge.tsx";
import { Icon } from "../ui/icon.tsx";
import { NAVIGATION } from "./navigation.ts";
import { ranked, type Wish } from "./palette_rank.ts";

interface Choice extends Wish {
  readonly kind: "page" | "host" | "command";
  readonly state?: string | undefined;
  readonly run: () => void;
}

const MAX_SHOWN = 12;

/** Where to go, and what to do, by typing a part of its name. */
export function Palette({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const typed = useSignal("");
  const at = useSignal(0);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const all = useMemo(choices, []);
  const found = ranked(all, typed.value, MAX_SHOWN);
  const pick = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    onClose();
    choice.run();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") pick(found[at.value]);
    else if (event.key === "ArrowDown") at.value = Math.min(found.length - 1, at.value + 1);
    else if (event.key === "ArrowUp") at.value = Math.max(0, at.value - 1);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      class="dialog palette"
      aria-label={t("keys.palette")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-box">
        <input
          class="palette-input"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length === 0 ? undefined : `${id}-${at.value}`}
          aria-label={t("nav.palette")}
          placeholder={t("nav.palette")}
          autocomplete="off"
          spellcheck={false}
          maxLength={100}
          value={typed.value}
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={onKey}
        />
        <ul class="palette-list" role="listbox" id={`${id}-list`} aria-label={t("keys.palette")}>
          {found.map((choice, index) => (
            <li
              key={`${choice.kind} ${choice.text}`}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at.value}
              class="palette-item"
              onPointerMove={() => at.value = index}
              onClick={() => pick(choice)}
            >
              <Icon name={choice.kind === "host" ? "hosts" : "right"} />
              <span class="cut grow">{visible(choice.text, 80)}</span>
              {choice.state !== undefined && <StateBadge state={choice.state} />}
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="loading">{t("keys.nothing")}</p>}
      </div>
    </dialog>
  );
}

function choices(): Choice[] {
  const pages = NAVIGATION.filter(({ verb }) => can(verb)).map((entry): Choice => ({
    kind: "page",
    text: t(entry.title),
    run: () => navigate(entry.href),
  }));
  const commands = shortcuts.peek().filter(({ title, keys }) =>
    title !== undefined && !keys.startsWith("g ") && keys !== "mod+k"
  ).map((each): Choice => ({ kind: "command", text: each.title?.() ?? "", run: each.run }));
  const machines = Array.from(hosts.peek().values(), (host): Choice => ({
    kind: "host",
    text: host.name,
    more: `${host.facts?.hostname ?? ""} ${host.address ?? ""}`,
    state: host.state,
    run: () => navigate(hostHref(host.name)),
  }));
  return [
    ...pages,
    { kind: "page", text: t("nav.profile"), run: () => navigate("/profile") },
    ...commands,
    ...machines,
  ];
}
