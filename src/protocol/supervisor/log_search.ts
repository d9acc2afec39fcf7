import * as z from "zod/mini";
import { epochMs } from "../samples/units.ts";
import { SEARCH_LIMITS } from "./search_limits.ts";

/**
 * Searching the history of logs: `GET /v1/logs/search` of the control API, over the logs of all processes of one host
 * with their rotated and compressed files, and `GET /api/v1/logs/search` of the manager, over many hosts. Both answer
 * with lines of JSON (NDJSON), each with a `type`; the last one is `end`. Whoever leaves ends the search everywhere.
 *
 * Order: the newest first, so that `limit` keeps the newest matches and nothing older than those need be read. Whoever
 * shows them in the order of time turns them round. Within one log and one time they are in the order of `at`. Lines
 * whose time is not known stand where their file was last written.
 *
 * The manager merges its hosts by time. It holds a match back while a host may still send a newer one, though for none
 * longer than SEARCH_HOLD_MS without a word from that host; what comes after newer than what was sent then is marked
 * `late`. So there can be somewhat more matches than `limit`, of which the newest count.
 */

export const SEARCH_DEFAULTS = {
  matches: 1_000,
  timeoutMs: 30_000,
  /** Of log, uncompressed, on each host. */
  maxBytes: 8 * 1024 * 1024 * 1024,
} as const;

/** How long the order waits for a host that sends nothing. */
export const SEARCH_HOLD_MS = 3_000;

export const SEARCH_CONTENT_TYPE = "application/x-ndjson";

const flag = (what: string) => z.optional(z.enum(["true", "false"]).check(z.describe(what)));
const count = (what: string) => z.optional(z.string().check(z.maxLength(15), z.describe(what)));
const time = (what: string) => z.optional(z.string().check(z.maxLength(40), z.describe(what)));

const searchQuery = {
  pattern: z.string().check(
    z.minLength(1),
    z.maxLength(SEARCH_LIMITS.patternChars),
    z.describe("Text that a line must contain; with regex=true a regular expression that must match in it."),
  ),
  regex: flag("Regular expressions are matched in linear time: without backreferences and lookaround."),
  ignoreCase: flag("Upper and lower case are the same."),
  process: z.optional(
    z.string().check(
      z.maxLength(1_000),
      z.describe("Ids, groups or names of processes, with * in them, or labels as env=prod, separated by commas."),
    ),
  ),
  file: z.optional(
    z.string().check(
      z.maxLength(4_096),
      z.describe("stdout, stderr, or one of log_paths by its path or last part, with * in it; all if absent."),
    ),
  ),
  since: time("A time, or a duration before now. Lines without a time of their own have that of the line before."),
  until: time("A time, or a duration before now."),
  limit: count(`Of matches, the newest; ${SEARCH_DEFAULTS.matches} if absent, ${SEARCH_LIMITS.matches} at most.`),
  before: count(`Lines before each match, ${SEARCH_LIMITS.contextLines} at most.`),
  after: count(`Lines after each match, ${SEARCH_LIMITS.contextLines} at most.`),
  maxBytes: count("Of log that each host looks at."),
  timeoutMs: count(`How long each host searches; ${SEARCH_DEFAULTS.timeoutMs} if absent.`),
};

export const logSearchQuery = () => z.strictObject(searchQuery);
export type LogSearchQuery = z.output<ReturnType<typeof logSearchQuery>>;

export const fleetSearchQuery = () =>
  z.strictObject({
    ...searchQuery,
    select: z.optional(
      z.string().check(
        z.maxLength(10_000),
        z.describe("Names or ids of hosts, with * in them, separated by commas, or a selector; all hosts if absent."),
      ),
    ),
  });
export type FleetSearchQuery = z.output<ReturnType<typeof fleetSearchQuery>>;

/** A line beside a match. */
export const searchContextLine = () =>
  z.object({
    /** Where it begins; the same line of the same file has the same number, by which what overlaps is told. */
    at: z.number(),
    text: z.string(),
  });
export type SearchContextLine = z.output<ReturnType<typeof searchContextLine>>;

const matchFields = {
  type: z.literal("match"),
  process: z.string().check(z.describe("Its name.")),
  processId: z.string(),
  file: z.string().check(z.describe("stdout, stderr or one of log_paths, as the other routes of logs take it.")),
  rotated: z.optional(z.string().check(z.describe("Name of the file, where it is an older one of log_paths."))),
  at: z.number().check(z.describe("Where in the log the line begins, in bytes.")),
  timeMs: z.optional(
    epochMs().check(
      z.describe("Of the line itself, or of the line before, or when it was written; absent if not known."),
    ),
  ),
  text: z.string(),
  cut: z.optional(z.boolean().check(z.describe("True when there is more of the line than `text`."))),
  spans: z.optional(
    z.array(z.tuple([z.number(), z.number()])).check(z.describe("What matches in `text`: from, to; the first few.")),
  ),
  before: z.optional(z.array(searchContextLine())),
  after: z.optional(z.array(searchContextLine())),
};

export const searchMatch = () => z.object(matchFields);
export type SearchMatch = z.output<ReturnType<typeof searchMatch>>;

/** Why a search has not found all that there may be: the first of these that holds. */
export const SEARCH_INCOMPLETE = [
  /** It failed in the middle. */
  "failed",
  /** There are more matches, older ones. */
  "limit",
  /** The matches that were found are too long together; older ones are left out. */
  "size",
  "time",
  "bytes",
  /** There are more files than are looked at. */
  "files",
  /** Some files could not be read, or not to their ends: `problems` says which. */
  "unreadable",
  /** Of the manager: some hosts were offline or have failed. */
  "hosts",
] as const;
export type SearchIncomplete = (typeof SEARCH_INCOMPLETE)[number];

const totals = {
  scannedBytes: z.number().check(z.describe("Of log, uncompressed.")),
  files: z.number().check(z.describe("That were looked into, rotated ones included.")),
};
const reached = () =>
  z.optional(
    epochMs().check(z.describe("All that is newer was searched and sent; absent where that is not known yet.")),
  );

export const searchProgress = () =>
  z.object({ type: z.literal("progress"), ...totals, matches: z.number(), reachedMs: reached() });
export type SearchProgress = z.output<ReturnType<typeof searchProgress>>;

const problems = () => z.optional(z.array(z.string()).check(z.describe("What could not be read, and why.")));

export const searchEnd = () =>
  z.object({
    type: z.literal("end"),
    matches: z.number().check(z.describe("That were sent.")),
    ...totals,
    incomplete: z.optional(z.enum(SEARCH_INCOMPLETE)),
    reachedMs: reached(),
    problems: problems(),
  });
export type SearchEnd = z.output<ReturnType<typeof searchEnd>>;

/** What one host answers with. */
export const searchLine = () => z.discriminatedUnion("type", [searchMatch(), searchProgress(), searchEnd()]);
export type SearchLine = z.output<ReturnType<typeof searchLine>>;

export const fleetSearchMatch = () =>
  z.object({
    ...matchFields,
    host: z.string(),
    hostId: z.string(),
    late: z.optional(z.boolean().check(z.describe("Newer than what was sent before it."))),
  });
export type FleetSearchMatch = z.output<ReturnType<typeof fleetSearchMatch>>;

/** `skipped`: it has no such process, or only reports. `cancelled`: enough newer matches were found elsewhere. */
export const SEARCH_HOST_STATES = ["searching", "done", "cancelled", "offline", "failed", "skipped"] as const;
export type SearchHostState = (typeof SEARCH_HOST_STATES)[number];

/** Sent when the state of a host changes, once each. */
export const searchHost = () =>
  z.object({
    type: z.literal("host"),
    host: z.string(),
    hostId: z.string(),
    state: z.enum(SEARCH_HOST_STATES),
    message: z.optional(z.string().check(z.describe("Why, where it was not searched to its end."))),
    matches: z.optional(z.number()),
    scannedBytes: z.optional(z.number()),
    files: z.optional(z.number()),
    incomplete: z.optional(z.enum(SEARCH_INCOMPLETE)),
    problems: problems(),
  });
export type SearchHost = z.output<ReturnType<typeof searchHost>>;

const fleetTotals = {
  ...totals,
  matches: z.number().check(z.describe("That were sent.")),
  hosts: z.number().check(z.describe("That are meant.")),
  states: z.record(z.string(), z.number()).check(z.describe("How many hosts are in which state; `waiting` too.")),
};

export const fleetSearchProgress = () =>
  z.object({ type: z.literal("progress"), ...fleetTotals, reachedMs: reached() });
export type FleetSearchProgress = z.output<ReturnType<typeof fleetSearchProgress>>;

export const fleetSearchEnd = () =>
  z.object({
    type: z.literal("end"),
    ...fleetTotals,
    incomplete: z.optional(z.enum(SEARCH_INCOMPLETE)),
    reachedMs: reached(),
    message: z.optional(z.string().check(z.describe("What has ended it too early."))),
  });
export type FleetSearchEnd = z.output<ReturnType<typeof fleetSearchEnd>>;

/** What the manager answers with. */
export const fleetSearchLine = () =>
  z.discriminatedUnion("type", [fleetSearchMatch(), searchHost(), fleetSearchProgress(), fleetSearchEnd()]);
export type FleetSearchLine = z.output<ReturnType<typeof fleetSearchLine>>;
