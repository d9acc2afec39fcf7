import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { visible } from "../../kit/safe_text.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { changeLook, loadLook, look } from "./looks.ts";
import { TERMINAL_THEMES } from "./screen/themes.ts";
import type { TerminalTab } from "./terminal_tab.ts";

/** Below a terminal: what it is, who sees it, and what can be done. */
export function StatusBar({ tab, onFind, onEnd, onCopy, onPaste }: {
  readonly tab: TerminalTab;
  readonly onFind: () => void;
  readonly onEnd: () => void;
  readonly onCopy: () => void;
  readonly onPaste: () => void;
}): JSX.Element {
  const told = tab.told.value;
  const terminal = told?.terminal;
  const isAttached = tab.state.value.kind === "attached";
  const others = (terminal?.guests.length ?? 1) - 1;
  return (
    <div class="terminal-status">
      {told?.isRecorded === true && (
        <span class="terminal-recorded" title={t("terminal.recorded_title")}>
          <span class="dot" />
          {t("terminal.recorded")}
        </span>
      )}
      {tab.mode === "view" && <Badge tone="info" title={t("terminal.view_only_title")}>{t("terminal.view_only")}
      </Badge>}
      {isAttached && <span class="good terminal-wide">{t("terminal.attached")}</span>}
      {terminal !== undefined && (
        <>
          <span class="muted cut terminal-wide">
            {t("terminal.as", { shell: visible(terminal.shell, 80), user: visible(terminal.user, 40) })}
          </span>
          <span class="muted nums terminal-wide">{terminal.cols} × {terminal.rows}</span>
          {isAttached && others > 0 && (
            <span
              class="muted"
              title={terminal.guests.map(({ actor }) => visible(actor, 80)).join("\n")}
            >
              {t("terminal.others", { n: others })}
            </span>
          )}
        </>
      )}
      <span class="grow" />
      <Button kind="ghost" isSmall icon="search" label={t("terminal.find")} onClick={onFind} />
      <Button
        kind="ghost"
        isSmall
        icon="copy"
        label={t("terminal.copy")}
        isDisabled={!tab.hasSelection.value}
        onClick={onCopy}
      />
      <LookMenu />
      <Menu
        kind="ghost"
        isSmall
        icon="more"
        label={t("terminal.more")}
        items={[
          ...(tab.mode === "control" ? [{ label: t("terminal.paste"), onPick: onPaste }] : []),
          { label: t("terminal.select_all"), onPick: () => tab.screen?.selectAll() },
          { label: t("terminal.clear"), onPick: () => tab.screen?.clear() },
          null,
          { label: t("terminal.end_this"), icon: "trash", isDanger: true, onPick: onEnd },
        ]}
      />
    </div>
  );
}

function LookMenu(): JSX.Element {
  const { theme, fontSize, isForReaders } = look.value ?? loadLook();
  const themes = TERMINAL_THEMES.map((each): MenuItem => ({
    label: t(`terminal.theme_${each}`),
    isChecked: each === theme,
    onPick: () => changeLook({ theme: each }),
  }));
  return (
    <Menu
      kind="ghost"
      isSmall
      icon="sun"
      label={t("terminal.look")}
      name={t("terminal.look_name")}
      items={[
        ...themes,
        null,
        { label: t("terminal.larger"), icon: "plus", onPick: () => changeLook({ fontSize: fontSize + 1 }) },
        { label: t("terminal.smaller"), icon: "minus", onPick: () => changeLook({ fontSize: fontSize - 1 }) },
        null,
        {
          label: t("terminal.for_readers"),
          isChecked: isForReaders,
          onPick: () => changeLook({ isForReaders: !isForReaders }),
        },
      ]}
    />
  );
}
