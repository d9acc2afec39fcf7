import type { ComponentChildren, JSX } from "preact";

/** Several of a few, next to each other; none chosen means all. */
export function Toggles<T extends string>({ label, chosen, options, onChange }: {
  readonly label: string;
  readonly chosen: readonly T[];
  readonly options: readonly { readonly value: T; readonly label: ComponentChildren }[];
  readonly onChange: (chosen: readonly T[]) => void;
}): JSX.Element {
  const toggle = (value: T) => {
    const next = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    // All of them is the same as none, and the address is shorter.
    onChange(
      next.length === options.length ? [] : options.map((each) => each.value).filter((each) => next.includes(each)),
    );
  };
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map(({ value, label: text }) => (
        <button
          key={value}
          type="button"
          class="segment"
          aria-pressed={chosen.includes(value)}
          onClick={() => toggle(value)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

/** The known ones of words that are separated by commas, as an address has them. */
export function chosenOf<T extends string>(text: string, known: readonly T[]): T[] {
  const words = text.split(",");
  return known.filter((each) => words.includes(each));
}
