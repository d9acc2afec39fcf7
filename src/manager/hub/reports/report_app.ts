import { AppError, type Clock, type ErrorCode, toAppError } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import {
  backfill,
  eventsReport,
  hostHeartbeat,
  MAX_BACKFILL_ROWS,
  REPORT_PATHS,
  taskResultReport,
} from "../../../protocol/mod.ts";
import type { HostEntry } from "../hosts/host_entry.ts";
import { chargeReport, isOverdrawn, type Link, mayReport } from "../hosts/link.ts";
import type { SamplesPort, TasksPort } from "../ports.ts";
import { BodyReader } from "./read_body.ts";
import type { EventTaker } from "./event_taker.ts";
import type { HeartbeatTaker } from "./heartbeat_taker.ts";

export interface ReportAppParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly samples: Pick<SamplesPort, "backfill">;
  readonly tasks: Pick<TasksPort, "result">;
  readonly heartbeats: HeartbeatTaker;
  readonly events: EventTaker;
}

interface Report {
  readonly maxBytes: number;
  /** The answer's `data` as JSON text. */
  take(entry: HostEntry, link: Link, value: unknown): string | Promise<string>;
}

/** What the schemas of zod have in common here. */
interface Schema<T> {
  safeParse(value: unknown):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const MIB = 1024 * 1024;
const ORIGIN_LENGTH = "http://tunnel".length;
const HEADERS = { "content-type": "application/json" };

/**
 * The small API that hosts report to, through their tunnels. Who reports is known by the session alone: nothing in a
 * body says it. Written without the HTTP kit, because it answers every host every few seconds.
 */
export class ReportApp {
  readonly #parts: ReportAppParts;
  readonly #reports: ReadonlyMap<string, Report>;
  readonly #reader = new BodyReader();

  constructor(parts: ReportAppParts) {
    this.#parts = parts;
    const { heartbeats, events, samples, tasks } = parts;
    this.#reports = new Map([
      [
        REPORT_PATHS.heartbeat,
        report(hostHeartbeat(), 4 * MIB, (entry, link, beat) => heartbeats.take(entry, link, beat)),
      ],
      [
        REPORT_PATHS.backfill,
        report(backfill(), 2 * MIB, (entry, _, { rows }) => {
          samples.backfill(entry.id, rows, rows.length < MAX_BACKFILL_ROWS);
          return "{}";
        }),
      ],
      [
        REPORT_PATHS.events,
        report(eventsReport(), 4 * MIB, async (entry, _, { events: told }) => {
          return JSON.stringify({ eventSeq: await events.take(entry, told) });
        }),
      ],
      [
        REPORT_PATHS.taskResult,
        report(taskResultReport(), MIB, async (entry, _, result) => {
          await tasks.result(entry.id, result);
          return JSON.stringify({ id: result.id });
        }),
      ],
    ]);
  }

  get readingBytes(): number {
    return this.#reader.readingBytes;
  }

  /** Never rejects. */
  async answer(entry: HostEntry, link: Link, request: Request): Promise<Response> {
    try {
      return new Response(`{"code":0,"msg":"ok","data":${await this.#take(entry, link, request)}}`, {
        headers: HEADERS,
      });
    } catch (error) {
      return this.#failure(entry, error);
    }
  }

  async #take(entry: HostEntry, link: Link, request: Request): Promise<string> {
    const known = this.#reports.get(request.url.slice(ORIGIN_LENGTH));
    if (known === undefined) throw new AppError("not_found", "Managers take no such report");
    if (request.method !== "POST") throw new AppError("method_not_allowed", "Reports are made by POST");
    const { clock } = this.#parts;
    if (!mayReport(link, clock.monotonicMs())) throw tooOften();
    const text = await this.#reader.text(request, known.maxBytes);
    // While it was read another connection may have taken this one's place.
    if (entry.link !== link) throw new AppError("conflict", "This connection of the host was replaced by another");
    if (isOverdrawn(link)) throw tooOften();
    const begunMs = clock.monotonicMs();
    let answer: string | Promise<string>;
    try {
      answer = known.take(entry, link, parsed(text));
    } finally {
      // Without what is waited for, which costs nobody else anything.
      chargeReport(link, clock.monotonicMs() - begunMs);
    }
    return await answer;
  }

  #failure({ id }: HostEntry, thrown: unknown): Response {
    const error = toAppError(thrown);
    const isHidden = error.code === "internal";
    if (isHidden) this.#parts.log.error("a report of a host could not be taken", { hostId: id, error: thrown });
    const msg = isHidden ? "Something failed inside the manager; its log says what" : error.message;
    return Response.json({ code: error.meaning.number, msg, data: null }, { status: error.meaning.http });
  }
}

function report<T>(
  schema: Schema<T>,
  maxBytes: number,
  take: (entry: HostEntry, link: Link, value: T) => string | Promise<string>,
): Report {
  return {
    maxBytes,
    take(entry, link, value) {
      const result = schema.safeParse(value);
      if (result.success) return take(entry, link, result.data);
      const [issue] = result.error.issues;
      const where = issue === undefined
        ? ""
        : ` at ${issue.path.map(String).join(".").slice(0, 100)}: ${issue.message}`;
      throw invalid(`The report is none that this manager understands${where}`);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("The report is no JSON");
  }
}

function tooOften(): AppError {
  return new AppError("rate_limited", "This host reports too often, or too much; wait a little", { retryable: true });
}

function invalid(message: string, code: ErrorCode = "invalid_input"): AppError {
  return new AppError(code, message);
}
