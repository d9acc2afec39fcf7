import { oneLine } from "../../../core/mod.ts";
import type { Beat } from "./contract.ts";

/**
 * What supervised programs send, checked by hand: the rules are those of `heartbeatRequest` and `heartbeatLine` in
 * protocol/, which a property test compares with these. There may be ten thousand of them a second.
 */
export type CheckedBeat =
  | { readonly ok: true; readonly id: string; readonly beat: Beat }
  /** Names the field, and never repeats its value. */
  | { readonly ok: false; readonly problem: string };

type Fields = Readonly<Record<string, unknown>>;

const MAX_ID = 80;
const MAX_TEXT = 256;
const MAX_TIMESTAMP = 64;

/** The body of POST /heartbeat. */
export function checkRequest(value: unknown): CheckedBeat {
  if (!isObject(value)) return bad("the body must be a JSON object");
  const { agent_id: id } = value;
  if (typeof id !== "string" || id.length < 1 || id.length > MAX_ID) {
    return bad(`agent_id must be text of 1 to ${MAX_ID} characters`);
  }
  return checked(id, value);
}

/** A line on the socket of the process with this id. */
export function checkLine(id: string, value: unknown): CheckedBeat {
  if (!isObject(value)) return bad("a line must be a JSON object");
  if (!isOptionalText(value.version, MAX_TEXT)) return bad(`version must be text of up to ${MAX_TEXT} characters`);
  const result = checked(id, value);
  const version = shown(value.version);
  return result.ok && version !== undefined ? { ...result, beat: { ...result.beat, version } } : result;
}

function checked(id: string, { pid, status, cpu, memory, timestamp }: Fields): CheckedBeat {
  if (!Number.isSafeInteger(pid) || (pid as number) < 1) return bad("pid must be a whole number from 1");
  if (!isOptionalText(status, MAX_TEXT)) return bad(`status must be text of up to ${MAX_TEXT} characters`);
  if (!isOptionalNumber(cpu)) return bad("cpu must be a number");
  if (!isOptionalNumber(memory)) return bad("memory must be a number");
  if (!isOptionalNumber(timestamp) && !isOptionalText(timestamp, MAX_TIMESTAMP)) {
    return bad(`timestamp must be a number, or text of up to ${MAX_TIMESTAMP} characters`);
  }
  const text = shown(status);
  return {
    ok: true,
    id,
    beat: {
      pid: pid as number,
      isAlive: true,
      ...(text !== undefined && { status: text }),
      ...(isMeasure(cpu) && { cpuPercent: cpu }),
      ...(isMeasure(memory) && { memoryBytes: memory }),
    },
  };
}

function bad(problem: string): CheckedBeat {
  return { ok: false, problem };
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOptionalText(value: unknown, maxLength: number): boolean {
  return value === undefined || (typeof value === "string" && value.length <= maxLength);
}

/** JSON has no NaN, but 1e999 is read as infinite. */
function isOptionalNumber(value: unknown): boolean {
  return value === undefined || Number.isFinite(value);
}

/** Some send -1 for what they do not know. */
function isMeasure(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

/** What a program says of itself ends up on terminals. */
function shown(text: unknown): string | undefined {
  const line = typeof text === "string" ? oneLine(text, MAX_TEXT) : "";
  return line === "" ? undefined : line;
}
