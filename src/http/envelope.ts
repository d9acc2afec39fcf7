import { type AppError, type ErrorCode, ERRORS } from "../core/mod.ts";

/** What every JSON answer looks like. `code` is 0 or an error's number from the one table in core. */
export interface Envelope {
  readonly code: number;
  readonly msg: string;
  readonly data: unknown;
}

export function envelopeOf(data: unknown): Envelope {
  return { code: 0, msg: "ok", data: data ?? null };
}

export function errorEnvelope(error: AppError): Envelope {
  return { code: error.meaning.number, msg: error.message, data: error.details ?? null };
}

/** The error code behind an envelope's number; a number of a newer version reads as `internal`. */
export function codeOfNumber(number: number): ErrorCode {
  return knownCodeOf(number) ?? "internal";
}

/** Null for what is none of the table's numbers. */
export function knownCodeOf(number: unknown): ErrorCode | null {
  return (Object.keys(ERRORS) as ErrorCode[]).find((code) => ERRORS[code].number === number) ?? null;
}
