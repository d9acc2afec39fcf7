import type { JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { hosts } from "../../kit/live.ts";
import { Field } from "../../ui/field.tsx";
import { fitting, selectorOf } from "./selectors.ts";

export interface SelectorFieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hasFocus?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  /** What the manager has said against it. */
  readonly problem?: string | null | undefined;
}

/** A selector of hosts, which says while it is typed how many it means. */
export function SelectorField({ value, problem, hint, ...props }: SelectorFieldProps): JSX.Element {
  const selector = selectorOf(value);
  const wrong = selector === null ? t("shared.selector_wrong") : problem;
  const count = fitting(selector, hosts.value.values()).length;
  return (
    <Field
      {...props}
      value={value}
      maxLength={1_000}
      isMono
      placeholder={t("shared.selector_all")}
      problem={wrong}
      hint={
        <>
          {hint ?? t("shared.selector_hint")}
          {selector !== null && <strong class="shared-count">{t("shared.selector_fits", { n: count })}</strong>}
        </>
      }
    />
  );
}
