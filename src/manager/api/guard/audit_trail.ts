import { AppError, type Clock, type ErrorCode, messageOf, toAppError } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import type { AuditResult } from "../../../protocol/mod.ts";
import type { AuditPort, AuditRecord } from "../ports.ts";
import { Allowances } from "./allowances.ts";

export interface AuditTrailOptions {
  readonly audit: AuditPort;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface NotDone {
  readonly thrown: unknown;
  /** True where it was not even tried, whatever the error says. */
  readonly wasRefused: boolean;
  /** Whether somebody known has asked for it. */
  readonly isKnown: boolean;
}

/** With these nothing was tried. What is not there may be what the caller may not see. */
const REFUSALS: readonly ErrorCode[] = ["unauthorized", "forbidden", "not_found", "host_refuses", "rate_limited"];
const MAX_REASON = 500;
const MAX_SUBJECT = 300;
/** What somebody known was refused: one a second in the long run. */
const KNOWN = { burst: 120, everyMs: 1_000 };
/** What nobody in particular was refused, from one address, and from all of them together. */
const STRANGERS = { burst: 20, everyMs: 10_000 };
const ALL_STRANGERS = { burst: 200, everyMs: 1_000 };

/**
 * Writes down what was done, and what was refused. The latter costs its author nothing, so there is only so much of it:
 * what is left out is counted in the next entry that is not.
 */
export class AuditTrail {
  readonly #audit: AuditPort;
  readonly #log: Logger;
  readonly #known: Allowances;
  readonly #strangers: Allowances;
  readonly #allStrangers: Allowances;

  constructor({ audit, clock, log }: AuditTrailOptions) {
    this.#audit = audit;
    this.#log = log;
    this.#known = new Allowances(clock, KNOWN);
    this.#strangers = new Allowances(clock, STRANGERS);
    this.#allStrangers = new Allowances(clock, ALL_STRANGERS);
  }

  /** What was done must be in the audit; its author is told when it is not. */
  async done(entry: Omit<AuditRecord, "result">, result: AuditResult = "ok"): Promise<void> {
    try {
      await this.#audit.record(bounded({ ...entry, result }));
    } catch (cause) {
      this.#log.error("cannot write the audit", { action: entry.action, actor: entry.actor, error: cause });
      throw new AppError(
        "unavailable",
        `${entry.action} was done, but could not be written to the audit: ${messageOf(cause)}; ` +
          "look at the manager's log and its disk",
        { cause },
      );
    }
  }

  /** What was refused or has failed. Never throws, since its author is told why that was anyway. */
  async notDone(entry: Omit<AuditRecord, "result">, { thrown, wasRefused, isKnown }: NotDone): Promise<void> {
    const { code, message } = toAppError(thrown);
    const result: AuditResult = wasRefused || REFUSALS.includes(code) ? "refused" : "failed";
    const leftOut = this.#allowed(entry, isKnown, result);
    if (leftOut === null) return;
    const reason = code === "internal" ? "something failed inside; the log has it" : message.slice(0, MAX_REASON);
    const details = { ...entry.details, code, reason, ...(leftOut > 0 && { leftOut }) };
    try {
      await this.#audit.record(bounded({ ...entry, result, details }));
    } catch (error) {
      this.#log.error("cannot write the audit", { action: entry.action, actor: entry.actor, error });
    }
  }

  #allowed({ actor, address }: Omit<AuditRecord, "result">, isKnown: boolean, result: AuditResult): number | null {
    if (isKnown) return result === "refused" ? this.#known.take(actor) : 0;
    const leftOut = this.#strangers.take(address);
    return leftOut === null || this.#allStrangers.take("") === null ? null : leftOut;
  }
}

function bounded(entry: AuditRecord): AuditRecord {
  return { ...entry, subject: entry.subject.slice(0, MAX_SUBJECT) };
}
