import type { ProcessExit, ProcessState } from "../../../protocol/mod.ts";
import { decideRestart, NO_RESTARTS, type RestartCause, type RestartHistory } from "../policy/restart.ts";
import type { RestartSpec } from "../spec/process_spec.ts";

/** What follows once a process that is being stopped is gone with all its tree. */
export type Then =
  | { readonly kind: "stay" }
  | { readonly kind: "again" }
  | { readonly kind: "policy"; readonly cause: RestartCause };

/** Where one process stands. */
export interface Life {
  readonly state: ProcessState;
  /** Wall clock, for people. */
  readonly sinceMs: number;
  readonly reason: string;
  /** Whether somebody wants it to run. */
  readonly wanted: boolean;
  /** Whether its program is there. */
  readonly hasRun: boolean;
  readonly isAdopted: boolean;
  readonly isReady: boolean;
  /** While stopping. */
  readonly then: Then | null;
  readonly history: RestartHistory;
  readonly restarts: number;
  readonly lastExit: ProcessExit | null;
  /** In backoff: when it is due, by the wall clock. */
  readonly nextStartMs: number | null;
}

export type LifeEvent =
  | { readonly type: "want" | "unwant" | "again"; readonly reason: string }
  | { readonly type: "launched"; readonly isReady: boolean; readonly reason: string }
  | { readonly type: "waiting" | "launch_failed" | "adopted" | "ready" | "late" | "well"; readonly reason: string }
  | { readonly type: "unwell" | "exceeded"; readonly reason: string; readonly restart: boolean }
  | { readonly type: "exited"; readonly exit: ProcessExit }
  | { readonly type: "gone"; readonly reason: string }
  | { readonly type: "due" };

/** What the shell must do now, in this order. */
export type Effect =
  /** Start the program as soon as what it depends on is there. */
  | { readonly do: "launch" }
  /** Ask it to end, and end the whole tree; then say `gone`. */
  | { readonly do: "stop" }
  /** The program has ended: nothing of it is to be watched any more, and nobody of its tree to be left. */
  | { readonly do: "dismiss" }
  /** Say `due` after that time. */
  | { readonly do: "wait"; readonly ms: number }
  /** Nobody waits for anything any more. */
  | { readonly do: "cancel" };

export interface LifeFacts {
  readonly kind: "service" | "oneshot";
  readonly restart: RestartSpec;
  /** Wall clock. */
  readonly nowMs: number;
  readonly monotonicMs: number;
  /** How long the program has run. */
  readonly ranMs: number;
  readonly random: number;
}

export interface Step {
  readonly life: Life;
  readonly effects: readonly Effect[];
}

export function newLife(nowMs: number, reason: string): Life {
  return {
    state: "stopped",
    sinceMs: nowMs,
    reason,
    wanted: false,
    hasRun: false,
    isAdopted: false,
    isReady: false,
    then: null,
    history: NO_RESTARTS,
    restarts: 0,
    lastExit: null,
    nextStartMs: null,
  };
}

/** The next state of a process and what is to be done for it. Pure: nothing happens here. */
export function step(life: Life, event: LifeEvent, facts: LifeFacts): Step {
  switch (event.type) {
    case "want":
      return want(life, event.reason, facts);
    case "unwant":
      return unwant(life, event.reason, facts);
    case "again":
      return again(life, event.reason, facts);
    case "waiting":
      return life.state === "starting" && !life.hasRun ? only({ ...life, reason: event.reason }) : only(life);
    case "launched":
      return launched(life, event.isReady, event.reason, facts);
    case "adopted":
      return only(enter(life, "adopted", event.reason, facts, {
        hasRun: true,
        isAdopted: true,
        isReady: true,
        wanted: true,
        nextStartMs: null,
      }));
    case "launch_failed":
      return life.state === "starting" ? decide(life, { kind: "launch", reason: event.reason }, facts) : only(life);
    case "ready":
      return life.state === "starting" && life.hasRun
        ? only(enter(life, "running", event.reason, facts, { isReady: true }))
        : only(life);
    case "late":
      return life.state === "starting" && life.hasRun ? sick(life, event.reason, facts) : only(life);
    case "well":
      return life.state === "unhealthy" ? only(enter(life, steady(life), event.reason, facts)) : only(life);
    case "unwell":
      return unwell(life, event.reason, event.restart, facts);
    case "exceeded":
      return event.restart && isSteady(life) && facts.restart.policy !== "never"
        ? sick(life, event.reason, facts)
        : only(life);
    case "exited":
      return exited(life, event.exit, facts);
    case "gone":
      return gone(life, event.reason, facts);
    case "due":
      return life.state === "backoff"
        ? { life: enter(life, "starting", life.reason, facts, { nextStartMs: null }), effects: [{ do: "launch" }] }
        : only(life);
  }
}

function want(life: Life, reason: string, facts: LifeFacts): Step {
  const wanted = { ...life, wanted: true };
  switch (life.state) {
    case "starting":
    case "running":
    case "unhealthy":
    case "adopted":
      return only(wanted);
    case "stopping":
      return only({ ...wanted, then: { kind: "again" } });
    case "stopped":
    case "failed":
    case "backoff":
      return {
        life: enter(wanted, "starting", reason, facts, { history: NO_RESTARTS, nextStartMs: null }),
        effects: [{ do: "cancel" }, { do: "launch" }],
      };
  }
}

function unwant(life: Life, reason: string, facts: LifeFacts): Step {
  const unwanted = { ...life, wanted: false };
  if (life.state === "stopping") return only({ ...unwanted, then: { kind: "stay" }, reason });
  if (life.hasRun) return stopping(unwanted, reason, { kind: "stay" }, facts);
  if (life.state === "stopped") return only(unwanted);
  return { life: enter(unwanted, "stopped", reason, facts, { nextStartMs: null }), effects: [{ do: "cancel" }] };
}

function again(life: Life, reason: string, facts: LifeFacts): Step {
  if (life.hasRun && life.state !== "stopping") {
    return stopping({ ...life, wanted: true }, reason, { kind: "again" }, facts);
  }
  return want(life, reason, facts);
}

function launched(life: Life, isReady: boolean, reason: string, facts: LifeFacts): Step {
  if (life.state !== "starting") return only(life);
  const started = { ...life, hasRun: true, isAdopted: false, isReady };
  return only(isReady ? enter(started, "running", reason, facts) : { ...started, reason });
}

function unwell(life: Life, reason: string, restart: boolean, facts: LifeFacts): Step {
  if (!isSteady(life) && !(life.state === "starting" && life.hasRun)) return only(life);
  if (restart && facts.restart.policy !== "never") return sick(life, reason, facts);
  if (life.state === "unhealthy") return only({ ...life, reason });
  return only(life.state === "starting" ? life : enter(life, "unhealthy", reason, facts));
}

/** It must go, and what then comes of it is the restart policy's matter. */
function sick(life: Life, reason: string, facts: LifeFacts): Step {
  return stopping(life, reason, { kind: "policy", cause: { kind: "sick", reason } }, facts);
}

function stopping(life: Life, reason: string, then: Then, facts: LifeFacts): Step {
  return { life: enter(life, "stopping", reason, facts, { then }), effects: [{ do: "stop" }] };
}

function exited(life: Life, exit: ProcessExit, facts: LifeFacts): Step {
  const known = { ...life, lastExit: exit };
  // The rest of its tree may live: `gone` comes when nobody does.
  if (life.state === "stopping" || !life.hasRun) return only(known);
  const over = { ...known, hasRun: false, isReady: false };
  const { life: next, effects } = decide(over, { kind: "exit", exit }, facts);
  return { life: next, effects: [{ do: "dismiss" }, ...effects] };
}

function gone(life: Life, reason: string, facts: LifeFacts): Step {
  if (life.state !== "stopping") return only(life);
  const then = life.then ?? { kind: "stay" };
  const over = { ...life, hasRun: false, isReady: false, then: null };
  const step = afterStop(over, then, reason, facts);
  return { life: step.life, effects: [{ do: "dismiss" }, ...step.effects] };
}

function afterStop(life: Life, then: Then, reason: string, facts: LifeFacts): Step {
  switch (then.kind) {
    case "stay":
      return only(enter(life, "stopped", reason, facts));
    case "again":
      return {
        life: enter(life, "starting", life.reason, facts, { history: NO_RESTARTS }),
        effects: [{ do: "launch" }],
      };
    case "policy":
      return decide(life, then.cause, facts);
  }
}

function decide(life: Life, cause: RestartCause, facts: LifeFacts): Step {
  const { kind, restart: spec, ranMs, monotonicMs: nowMs, random } = facts;
  const decision = decideRestart(life.history, cause, { kind, spec, ranMs, nowMs, random });
  const { history, reason } = decision;
  if (decision.then !== "restart") return only(enter(life, decision.then, reason, facts, { history }));
  const next = { history, restarts: life.restarts + 1 };
  if (decision.waitMs === 0) {
    return { life: enter(life, "starting", reason, facts, next), effects: [{ do: "launch" }] };
  }
  const { waitMs } = decision;
  return {
    life: enter(life, "backoff", reason, facts, { ...next, nextStartMs: facts.nowMs + waitMs }),
    effects: [{ do: "wait", ms: waitMs }],
  };
}

function enter(life: Life, state: ProcessState, reason: string, facts: LifeFacts, also: Partial<Life> = {}): Life {
  const sinceMs = state === life.state ? life.sinceMs : facts.nowMs;
  return { ...life, ...also, state, sinceMs, reason };
}

/** What a process that works is called. */
function steady({ isAdopted }: Life): ProcessState {
  return isAdopted ? "adopted" : "running";
}

function isSteady({ state }: Life): boolean {
  return state === "running" || state === "adopted" || state === "unhealthy";
}

function only(life: Life): Step {
  return { life, effects: [] };
}
