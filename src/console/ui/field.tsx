import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import { t } from "../kit/i18n/i18n.ts";
import { Icon } from "./icon.tsx";

interface Shared {
  readonly label: string;
  /** The label is said, not shown: what it is stands beside it already. */
  readonly isLabelHidden?: boolean | undefined;
  readonly hint?: ComponentChildren;
  /** What is wrong with the value; shown below, and said. */
  readonly problem?: string | null | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly class?: string | undefined;
}

export interface FieldProps extends Shared {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: "text" | "password" | "number" | "search" | "datetime-local" | undefined;
  readonly placeholder?: string | undefined;
  readonly isRequired?: boolean | undefined;
  readonly autocomplete?: string | undefined;
  readonly maxLength?: number | undefined;
  readonly isMono?: boolean | undefined;
  /** In a dialog: where the focus is at first. */
  readonly hasFocus?: boolean | undefined;
  /** On a page of its own: takes the focus when it appears. */
  readonly isFirst?: boolean | undefined;
  /** More than one makes it a field of so many lines. */
  readonly lines?: number | undefined;
}

export function Field(props: FieldProps): JSX.Element {
  const { value, onInput, type = "text", lines = 1, isFirst } = props;
  const id = useId();
  useEffect(() => {
    if (isFirst === true) document.getElementById(id)?.focus();
  }, []);
  const shared = {
    id,
    value,
    class: props.isMono === true ? "input mono" : "input",
    placeholder: props.placeholder,
    maxLength: props.maxLength ?? 4_000,
    disabled: props.isDisabled === true,
    required: props.isRequired === true,
    spellcheck: false,
    autocapitalize: "none",
    "aria-invalid": isWrong(props) ? "true" : undefined,
    "aria-describedby": describedBy(id, props),
    "data-autofocus": props.hasFocus === true ? "" : undefined,
  } as const;
  return (
    <Framed id={id} {...props}>
      {lines > 1
        ? <textarea {...shared} rows={lines} onInput={({ currentTarget }) => onInput(currentTarget.value)} />
        : (
          <input
            {...shared}
            // Preact names the attributes of each type apart; these are common to all of ours.
            type={type as "text"}
            autocomplete={(props.autocomplete ?? "off") as "off"}
            onInput={({ currentTarget }) => onInput(currentTarget.value)}
          />
        )}
    </Framed>
  );
}

export interface SelectProps<T extends string> extends Shared {
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly onChange: (value: T) => void;
}

export function Select<T extends string>(props: SelectProps<T>): JSX.Element {
  const { value, options, onChange } = props;
  const id = useId();
  return (
    <Framed id={id} {...props}>
      <select
        id={id}
        class="input select"
        value={value}
        disabled={props.isDisabled === true}
        aria-describedby={describedBy(id, props)}
        onChange={({ currentTarget }) => {
          const found = options.find((each) => each.value === currentTarget.value);
          if (found !== undefined) onChange(found.value);
        }}
      >
        {options.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}
      </select>
    </Framed>
  );
}

export interface CheckboxProps {
  readonly label: ComponentChildren;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
  readonly isDisabled?: boolean | undefined;
  readonly hint?: ComponentChildren;
}

export function Checkbox({ label, isChecked, onChange, isDisabled, hint }: CheckboxProps): JSX.Element {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={isChecked}
        disabled={isDisabled === true}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>
        {label}
        {hint !== undefined && <span class="field-hint">{hint}</span>}
      </span>
    </label>
  );
}

export interface SearchFieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly label: string;
  readonly placeholder?: string | undefined;
}

/** The field that `/` leads to; a page has one. */
export function SearchField({ value, onInput, label, placeholder }: SearchFieldProps): JSX.Element {
  return (
    <div class="search">
      <Icon name="search" />
      <input
        type="search"
        class="input"
        data-search=""
        value={value}
        maxLength={200}
        spellcheck={false}
        autocomplete="off"
        aria-label={label}
        placeholder={placeholder ?? label}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (value === "") event.currentTarget.blur();
          else onInput("");
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

function Framed({ id, label, isLabelHidden, hint, problem, children, isRequired, ...rest }:
  & Shared
  & {
    readonly id: string;
    readonly isRequired?: boolean | undefined;
    readonly children?: ComponentChildren;
  }): JSX.Element {
  return (
    <div class={`field ${rest.class ?? ""}`}>
      <label for={id} class={isLabelHidden === true ? "hidden-label" : "field-label"}>
        {label}
        {isRequired === true && <span class="hidden-label">({t("common.required")})</span>}
      </label>
      {children}
      {hint !== undefined && <span class="field-hint" id={`${id}-hint`}>{hint}</span>}
      {problem !== undefined && problem !== null && problem !== "" && (
        <span class="field-problem" id={`${id}-problem`} role="alert">{problem}</span>
      )}
    </div>
  );
}

function isWrong({ problem }: Shared): boolean {
  return problem !== undefined && problem !== null && problem !== "";
}

function describedBy(id: string, props: Shared): string | undefined {
  const ids = [props.hint !== undefined && `${id}-hint`, isWrong(props) && `${id}-problem`].filter(Boolean);
  return ids.length === 0 ? undefined : ids.join(" ");
}
