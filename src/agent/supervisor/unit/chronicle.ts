import type { NewProcessEvent, ProcessEventKind, ProcessState } from "../../../protocol/mod.ts";
import type { Life, LifeEvent } from "./life.ts";
import type { UnitServices } from "./services.ts";

/** What is to be remembered of one process: noted while something happens, told when it has happened. */
export class Chronicle {
  readonly #id: string;
  readonly #services: Pick<UnitServices, "clock" | "record">;
  #pending: NewProcessEvent[] = [];

  constructor(id: string, services: Pick<UnitServices, "clock" | "record">) {
    this.#id = id;
    this.#services = services;
  }

  note(
    kind: ProcessEventKind,
    level: NewProcessEvent["level"],
    state: ProcessState,
    reason: string,
    pid: number | undefined,
  ): void {
    this.#pending.push({
      timeMs: this.#services.clock.nowMs(),
      process: this.#id,
      kind,
      level,
      state,
      reason,
      ...withPid(pid),
    });
  }

  noteChange(before: Life, life: Life, event: LifeEvent, pid: number | undefined): void {
    const exit = event.type === "exited" ? { exit: event.exit } : {};
    const isChange = before.state !== life.state;
    if (!isChange && event.type !== "exited") return;
    const timeMs = this.#services.clock.nowMs();
    this.#pending.push({
      timeMs,
      process: this.#id,
      kind: isChange ? "state" : "exit",
      level: levelOf(life, event),
      state: life.state,
      // The wall clock may have been set back since.
      ...(isChange ? { previous: before.state, previousMs: Math.max(0, timeMs - before.sinceMs) } : {}),
      reason: life.reason,
      ...withPid(pid),
      ...exit,
    });
  }

  /** In a batch and last, so that writing them never stands between an end and the next start. */
  flush(): void {
    for (const event of this.#pending.splice(0)) this.#services.record(event);
  }
}

function withPid(pid: number | undefined): { readonly pid?: number } {
  return pid === undefined ? {} : { pid };
}

function levelOf({ state, wanted }: Life, event: LifeEvent): NewProcessEvent["level"] {
  if (state === "failed") return "error";
  if (state === "backoff" || state === "unhealthy") return "warn";
  const isUnexpected = event.type === "exited" && wanted && state === "starting";
  return isUnexpected || event.type === "late" || event.type === "unwell" ? "warn" : "info";
}
