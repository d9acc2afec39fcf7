import type { JSX } from "preact";
import { stateName, toneOf } from "../../ui/badge.tsx";
import { Icon } from "../../ui/icon.tsx";
import type { Progress } from "./task_rows.ts";

/** How far a batch is: a bar in the colours of the states, and in words. */
export function ProgressBar({ progress, label }: { readonly progress: Progress; readonly label: string }): JSX.Element {
  const { total, done, bad, parts } = progress;
  const title = parts.map(({ state, count }) => `${stateName(state)}: ${count}`).join(", ");
  return (
    <span class="tasks-progress" role="img" aria-label={`${label}: ${title}`} title={title}>
      <span class="tasks-bar">
        {parts.map(({ state, share }) => (
          <span key={state} class={`tasks-part ${toneOf(state)}`} style={{ width: `${share * 100}%` }} />
        ))}
      </span>
      <span class="nums small">
        {done}/{total}
      </span>
      {bad > 0 && (
        <span class="bad nums small tasks-bad">
          <Icon name="warning" size={12} />
          {bad}
        </span>
      )}
    </span>
  );
}
