import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";

/** More would only make the browser slow. */
const MAX_OFFERED = 50;

export interface SuggestFilterProps {
  readonly label: string;
  readonly value: string;
  /** With "" for no filter; of what is typed only when it is left, or is one of those offered. */
  readonly onChange: (value: string) => void;
  /** What is offered; asked anew for each that is typed. */
  readonly options: Iterable<string>;
  readonly placeholder: string;
  /** What is wrong with the value. */
  readonly problem?: string | undefined;
  readonly maxLength?: number | undefined;
}

/** A filter by a text, with those that are known to choose from. Nothing is asked for while it is being typed. */
export function SuggestFilter(props: SuggestFilterProps): JSX.Element {
  const { label, value, onChange, options, placeholder, problem, maxLength = 80 } = props;
  const typed = useSignal(value);
  const id = useId();
  useEffect(() => {
    typed.value = value;
  }, [value]);
  const part = typed.value.toLowerCase();
  const offered: string[] = [];
  for (const each of options) {
    if (each.toLowerCase().includes(part)) offered.push(each);
    if (offered.length >= MAX_OFFERED) break;
  }
  return (
    <div class="shared-suggest">
      <input
        class="input"
        type="search"
        list={id}
        value={typed.value}
        maxLength={maxLength}
        spellcheck={false}
        autocomplete="off"
        aria-label={label}
        aria-invalid={problem === undefined ? undefined : "true"}
        title={problem}
        placeholder={placeholder}
        onInput={({ currentTarget }) => {
          const text = currentTarget.value;
          typed.value = text;
          if (text === "" || offered.includes(text)) onChange(text);
        }}
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
      <datalist id={id}>
        {offered.map((each) => <option key={each} value={each} />)}
      </datalist>
    </div>
  );
}
