import type { ComponentChildren, JSX } from "preact";
import type { HostState, ProcessState, TaskState } from "../../protocol/mod.ts";
import { t } from "../kit/i18n/i18n.ts";
import { visible } from "../kit/safe_text.ts";

export type Tone = "good" | "warn" | "bad" | "info" | "dim";
export type KnownState =
  | HostState
  | ProcessState
  | TaskState
  | "drained"
  | "info"
  | "warn"
  | "error"
  | "ok"
  | "refused";

const TONES: Readonly<Record<KnownState, Tone>> = {
  ...{ online: "good", degraded: "warn", unreachable: "warn", offline: "bad", unknown: "dim" },
  ...{ starting: "info", running: "good", unhealthy: "warn", backoff: "warn", stopping: "info", stopped: "dim" },
  ...{ failed: "bad", adopted: "good", queued: "dim", sent: "info", done: "good", expired: "bad", cancelled: "dim" },
  ...{ drained: "warn", info: "info", warn: "warn", error: "bad", ok: "good", refused: "warn" },
};

export interface StateBadgeProps {
  /** One of ours is translated and coloured; another, of a newer version, is shown as it is. */
  readonly state: string;
  readonly title?: string | undefined;
}

/** A dot of the state's colour beside its name: colour alone tells nobody anything. */
export function StateBadge({ state, title }: StateBadgeProps): JSX.Element {
  return (
    <span class={`state ${toneOf(state)}`} title={title}>
      <span class="dot" />
      {stateName(state)}
    </span>
  );
}

export function stateName(state: string): string {
  return isKnown(state) ? t(`state.${state}`) : visible(state, 40);
}

export function toneOf(state: string): Tone {
  return isKnown(state) ? TONES[state] : "dim";
}

function isKnown(state: string): state is KnownState {
  return Object.hasOwn(TONES, state);
}

/** A word in a box: a role, a count, "recorded". */
export function Badge({ tone = "dim", title, children }: {
  readonly tone?: Tone | undefined;
  readonly title?: string | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  return <span class={`badge ${tone}`} title={title}>{children}</span>;
}
