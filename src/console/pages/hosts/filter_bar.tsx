import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts } from "../../kit/live.ts";
import type { QueryParam } from "../../kit/router.tsx";
import { visible } from "../../kit/safe_text.ts";
import { stateName, toneOf } from "../../ui/badge.tsx";
import { Field, SearchField, Select } from "../../ui/field.tsx";
import { Toolbar } from "../../ui/page.tsx";
import { LABEL } from "./grouping.ts";
import { labelKeys, type Trait } from "./host_filter.ts";

const MAX_KEYS = 40;
/** Always there; the others only where a host has them, or they are asked for. */
const ALWAYS: readonly Trait[] = ["online", "offline"];

/** How many hosts there are of each state; chosen ones narrow to them. */
export function StateChips({ counts, traits, states }: {
  readonly counts: Readonly<Record<Trait, number>>;
  readonly traits: readonly Trait[];
  readonly states: QueryParam;
}): JSX.Element {
  const shown = (Object.keys(counts) as Trait[]).filter((trait) =>
    ALWAYS.includes(trait) || counts[trait] > 0 || traits.includes(trait)
  );
  const toggle = (trait: Trait) => {
    const next = traits.includes(trait) ? traits.filter((each) => each !== trait) : [...traits, trait];
    states.value = next.join(",");
  };
  return (
    <div class="hosts-chips" role="group" aria-label={t("hosts.states")}>
      {shown.map((trait) => (
        <button
          key={trait}
          type="button"
          class="chip"
          aria-pressed={traits.includes(trait)}
          onClick={() => toggle(trait)}
        >
          <span class={`state ${trait === "bad" ? "bad" : toneOf(trait)}`}>
            <span class="dot" />
          </span>
          <span class="count">{counts[trait]}</span>
          {trait === "bad" ? t("hosts.bad") : stateName(trait)}
        </button>
      ))}
    </div>
  );
}

export function FilterBar({ text, select, group, problem }: {
  readonly text: QueryParam;
  readonly select: QueryParam;
  readonly group: QueryParam;
  readonly problem: string | null;
}): JSX.Element {
  const keys = labelKeys(hosts.value.values(), MAX_KEYS);
  const chosen = group.value.startsWith(LABEL) ? group.value.slice(LABEL.length) : null;
  const groups = [
    { value: "", label: t("hosts.group_none") },
    { value: "state", label: t("hosts.group_state") },
    { value: "system", label: t("hosts.group_system") },
    ...[...new Set([...keys, ...chosen === null ? [] : [chosen]])].map((key) => ({
      value: LABEL + key,
      label: t("hosts.group_label", { key: visible(key, 40) }),
    })),
  ];
  return (
    <Toolbar label={t("common.filter")}>
      <SearchField label={t("hosts.search")} value={text.value} onInput={(value) => text.value = value} />
      <Field
        class="hosts-select"
        label={t("hosts.select")}
        isLabelHidden
        placeholder={t("hosts.select_hint")}
        value={select.value}
        problem={problem === null ? null : visible(problem, 300)}
        onInput={(value) => select.value = value}
        isMono
      />
      <Select
        class="hosts-group"
        label={t("hosts.group")}
        isLabelHidden
        value={group.value}
        options={groups}
        onChange={(value) => group.value = value}
      />
    </Toolbar>
  );
}
