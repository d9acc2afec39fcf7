import type { JSX, Ref } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { visible } from "../kit/safe_text.ts";
import { fittingChips } from "./labels_fit.ts";
import { useSize } from "./use_size.ts";

export interface LabelsProps {
  readonly labels: Readonly<Record<string, string>>;
  /** More than these are only counted. */
  readonly max?: number | undefined;
  readonly onPick?: ((key: string, value: string) => void) | undefined;
}

/** What stands around the text of a chip, which its own width does not count: two borders. */
const BORDERS = 2;

/** A host's or process's labels, in as many rows as they need. */
export function Labels(props: LabelsProps): JSX.Element {
  return <Chips {...props} class="labels" shown={props.max ?? 6} />;
}

/** In one row of a table: those that there is room for, whole, and how many more there are. */
export function LabelRow(props: LabelsProps): JSX.Element {
  const { labels, max = 6 } = props;
  const box = useRef<HTMLSpanElement>(null);
  const [shown, setShown] = useState(max);
  const { width } = useSize(box).value;
  useLayoutEffect(() => {
    if (box.current === null) return;
    const chips = [...box.current.querySelectorAll(".label:not(.more)")];
    const widths = chips.map((chip) => chip.scrollWidth + BORDERS);
    setShown(fittingChips(widths, Object.keys(labels).length, width));
  }, [width, labels, max]);
  return <Chips {...props} class="labels one-row" shown={Math.min(shown, max)} max={max} box={box} />;
}

function Chips({ labels, max = 6, onPick, class: className, shown, box }: LabelsProps & {
  readonly class: string;
  /** The others are there to be measured, and nobody sees them. */
  readonly shown: number;
  readonly box?: Ref<HTMLSpanElement> | undefined;
}): JSX.Element {
  const all = Object.entries(labels);
  const hidden = all.length - Math.min(shown, all.length);
  const title = all.map(([key, value]) => `${visible(key, 64)}=${visible(value, 80)}`).join("\n");
  return (
    <span class={className} title={title} ref={box ?? null}>
      {all.slice(0, max).map(([key, value], at) => {
        const text = value === "" ? visible(key, 40) : `${visible(key, 40)}=${visible(value, 40)}`;
        const classes = at < shown ? "label" : "label unseen";
        return onPick === undefined
          ? <span key={key} class={classes}>{text}</span>
          : (
            <button key={key} type="button" tabIndex={-1} class={classes} onClick={() => onPick(key, value)}>
              {text}
            </button>
          );
      })}
      {hidden > 0 && <span class="label more">+{hidden}</span>}
    </span>
  );
}
