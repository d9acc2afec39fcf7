import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { number } from "../../kit/format.ts";
import { t } from "../../kit/i18n/i18n.ts";
import type { QueryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { stateName } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, SearchField, Select } from "../../ui/field.tsx";
import { Toolbar } from "../../ui/page.tsx";
import { type Acting, ActionButtons } from "./acting.tsx";
import { type Grouping, groupingOf, GROUPINGS, labelKeysOf, statesOf, toggled } from "./model/process_filter.ts";
import { type ProcessRow, STATES_BY_URGENCY } from "./model/process_row.ts";

export interface FilterBarProps {
  /** Of the address. */
  readonly query: Readonly<Record<"text" | "states" | "label" | "group", QueryParam>>;
  readonly all: readonly ProcessRow[];
  readonly shown: number;
  readonly problem: string | undefined;
}

export function FilterBar({ query: { text, states, label, group }, all, shown, problem }: FilterBarProps): JSX.Element {
  const counts = useMemo(() => countsOf(all), [all]);
  const labelKeys = useMemo(() => labelKeysOf(all), [all]);
  const wanted = statesOf(states.value);
  const offered = STATES_BY_URGENCY.filter((state) => counts.has(state) || wanted.includes(state));
  return (
    <Toolbar label={t("common.filter")}>
      <SearchField label={t("processes.search")} value={text.value} onInput={(value) => text.value = value} />
      <Field
        label={t("common.labels")}
        isLabelHidden
        value={label.value}
        placeholder={t("processes.label_example")}
        problem={problem === undefined ? null : visible(problem, 300)}
        onInput={(value) => label.value = value}
      />
      <Select
        label={t("processes.group_by")}
        isLabelHidden
        value={groupingOf(group.value)}
        options={groupingOptions(labelKeys)}
        onChange={(value) => group.value = value === "none" ? "" : value}
      />
      <div class="processes-states" role="group" aria-label={t("common.state")}>
        {offered.map((state) => (
          <Button
            key={state}
            isSmall
            isPressed={wanted.includes(state)}
            onClick={() => states.value = toggled(states.peek(), state)}
          >
            {stateName(state)} {number(counts.get(state) ?? 0)}
          </Button>
        ))}
      </div>
      <span class="muted end nums" role="status">
        {t("common.of", { n: number(shown), total: number(all.length) })}
      </span>
    </Toolbar>
  );
}

function groupingOptions(labelKeys: readonly string[]): { readonly value: Grouping; readonly label: string }[] {
  return [
    ...GROUPINGS.map((value) => ({ value, label: t(`processes.group_${value}`) })),
    ...labelKeys.map((key) => ({
      value: `label:${key}` as const,
      label: t("processes.group_label", { key: visible(key, 64) }),
    })),
  ];
}

function countsOf(rows: readonly ProcessRow[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** What can be done to the selected rows; it is there before anything is selected, so that nothing jumps. */
export function SelectionBar({ rows, onAct, onClear }: {
  readonly rows: readonly ProcessRow[];
  readonly onAct: (acting: Acting) => void;
  readonly onClear: () => void;
}): JSX.Element {
  return (
    <div class="processes-bar" role="group" aria-label={t("common.actions")}>
      <ActionButtons rows={rows} onAct={onAct} isSmall />
      {rows.length > 0 && (
        <>
          <span class="muted" role="status">{t("common.selected", { n: number(rows.length) })}</span>
          <Button kind="ghost" isSmall onClick={onClear}>{t("common.clear")}</Button>
        </>
      )}
    </div>
  );
}
