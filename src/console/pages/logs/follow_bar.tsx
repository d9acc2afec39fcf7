import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import type { QueryParam } from "../../kit/router.tsx";
import { Button } from "../../ui/button.tsx";
import { SearchField, Select } from "../../ui/field.tsx";
import { Toolbar } from "../../ui/page.tsx";
import type { LinesLook } from "./lines_look.ts";
import { LEVEL_CHOICES, type LineFilter } from "./use_line_filter.ts";

/** Above the lines: which of them are wanted, and how they are shown. */
export function FollowBar({ filter, look, isPaused, onClear, onDownload }: {
  readonly filter: LineFilter;
  readonly look: LinesLook;
  readonly isPaused: Signal<boolean>;
  readonly onClear: () => void;
  readonly onDownload: () => void;
}): JSX.Element {
  const { text, level } = filter;
  return (
    <Toolbar label={t("logs.find")}>
      <SearchField label={t("logs.find")} value={text.value} onInput={(value) => text.value = value} />
      <ParamToggle param={filter.regex} label={t("logs.regex")} title={t("logs.regex_title")} />
      <ParamToggle param={filter.caseSensitive} label={t("logs.case")} title={t("logs.case_title")} />
      <Select
        label={t("logs.level")}
        isLabelHidden
        value={LEVEL_CHOICES.find((each) => each === level.value) ?? ""}
        options={LEVEL_CHOICES.map((value) => ({ value, label: t(`logs.level_${value === "" ? "all" : value}`) }))}
        onChange={(value) => level.value = value}
      />
      <span class="grow" />
      <Button
        icon={isPaused.value ? "play" : "pause"}
        isPressed={isPaused.value}
        onClick={() => isPaused.value = !isPaused.value}
      >
        {t(isPaused.value ? "logs.resume" : "logs.pause")}
      </Button>
      <SignalToggle signal={look.isWrapped} label={t("logs.wrap")} />
      <SignalToggle signal={look.hasTimes} label={t("logs.times")} />
      <Button kind="ghost" onClick={onClear}>{t("logs.clear")}</Button>
      <Button kind="ghost" icon="download" label={t("logs.download_title")} onClick={onDownload} />
    </Toolbar>
  );
}

function ParamToggle({ param, label, title }: {
  readonly param: QueryParam;
  readonly label: string;
  readonly title: string;
}): JSX.Element {
  const isOn = param.value !== "";
  return (
    <Button kind="ghost" isPressed={isOn} title={title} onClick={() => param.value = isOn ? "" : "1"}>{label}</Button>
  );
}

export function SignalToggle({ signal, label }: {
  readonly signal: Signal<boolean>;
  readonly label: string;
}): JSX.Element {
  return <Button kind="ghost" isPressed={signal.value} onClick={() => signal.value = !signal.value}>{label}</Button>;
}
