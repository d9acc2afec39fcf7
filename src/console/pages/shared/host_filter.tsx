import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { hostsAreLoaded, hostsByName } from "../../kit/live.ts";
import { visible } from "../../kit/safe_text.ts";
import { SuggestFilter } from "./suggest_filter.tsx";

/** One host, chosen by its name; "" is all of them. */
export function HostFilter({ label, value, onChange, placeholder }: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
  readonly placeholder?: string | undefined;
}): JSX.Element {
  const isUnknown = value !== "" && hostsAreLoaded.value && !hostsByName.value.has(value);
  return (
    <SuggestFilter
      label={label}
      value={value}
      onChange={onChange}
      options={hostsByName.value.keys()}
      placeholder={placeholder ?? t("shared.any_host")}
      problem={isUnknown ? t("shared.host_unknown", { name: visible(value, 80) }) : undefined}
    />
  );
}

/** What the API is asked for by a host's name in an address: its id. A name that nobody has leads to no host. */
export function hostIdOf(name: string): string | undefined {
  return name === "" ? undefined : hostsByName.value.get(name)?.id ?? (hostsAreLoaded.value ? "no-such-host" : name);
}
