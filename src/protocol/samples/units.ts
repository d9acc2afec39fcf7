import * as z from "zod/mini";

/** Numbers of samples, with their unit in the schema. A counter only grows, but for a restart of what it counts. */
export const count = () => z.number().check(z.describe("Counter."));
export const seconds = () => z.number().check(z.describe("Counter, in seconds."));
export const bytes = () => z.number().check(z.describe("Bytes."));
export const byteCount = () => z.number().check(z.describe("Counter, in bytes."));
export const frequency = () => z.number().check(z.describe("Hertz."));
export const epochMs = () => z.number().check(z.describe("Milliseconds since 1970-01-01 UTC."));
/** Values under the names that the system itself gives them. */
export const named = () => z.record(z.string(), z.number());
