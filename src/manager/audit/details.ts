import { plainFields } from "../../log/mod.ts";

type Details = Readonly<Record<string, unknown>>;

/** What the details of one entry may take. */
const LIMIT_BYTES = 8 * 1024;
/** Our own secrets can be told by how they begin, under whatever key they come. */
const OWN_SECRET = /\bfh[a-z]_[A-Za-z0-9_-]{16,}/g;

/**
 * Details as they may stand in the audit: plain data of a bounded size, without what is called a password, token or
 * the like at any depth. Exactly this comes back from any database that keeps JSON, or the hash would not fit any more.
 */
export function safeDetails(details: Details): Details {
  return clean(plainFields(details, { limitBytes: LIMIT_BYTES, stacks: false })) as Details;
}

/** Half characters do not survive a database. */
export function safeText(text: string): string {
  return text.toWellFormed().replaceAll(OWN_SECRET, "[redacted]");
}

function clean(value: unknown): unknown {
  if (typeof value === "string") return safeText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  // By entries, so that a key such as __proto__ stays a plain property.
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [safeText(key), clean(member)]));
}
