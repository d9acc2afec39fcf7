import * as z from "zod/mini";
import { epochMs } from "./units.ts";

/** `GET /v1/samples`, `GET /v1/samples/stream` and `GET /v1/collectors` of the control API. */

/** Names as they are in the config; a user's own command is `exec/<name>`, a check `watch/<name>`. */
const collectorName = () => z.string().check(z.describe("cpu, disk … exec/backup, watch/site."));

/** The numbers of a reading that charts show, rates among them; by the series' name, `disk.used_percent{mount="/"}`. */
const points = () => z.record(z.string(), z.number());

export const collectorReading = () =>
  z.object({
    collector: collectorName(),
    timeMs: epochMs(),
    durationMs: z.number(),
    problems: z.array(z.string().check(z.describe("What is absent and why."))),
    sample: z.unknown().check(z.describe("As this collector's schema says; what was not measured is absent.")),
    points: points(),
  });
export type CollectorReading = z.output<ReturnType<typeof collectorReading>>;

export const historySeries = () =>
  z.object({
    name: z.string(),
    unit: z.optional(z.string()),
    mean: z.array(z.nullable(z.number())),
    min: z.array(z.nullable(z.number())),
    max: z.array(z.nullable(z.number())),
  });
export type HistorySeries = z.output<ReturnType<typeof historySeries>>;

export const samplesHistory = () =>
  z.object({
    fromMs: epochMs(),
    toMs: epochMs(),
    stepMs: z.number(),
    timesMs: z.array(epochMs().check(z.describe("Where each step begins."))),
    series: z.array(historySeries().check(z.describe("One value a step; null where nothing was measured."))),
  });
export type SamplesHistory = z.output<ReturnType<typeof samplesHistory>>;

export const samplesReport = () =>
  z.object({
    timeMs: epochMs(),
    readings: z.optional(z.array(collectorReading()).check(z.describe("The latest of each collector."))),
    history: z.optional(samplesHistory().check(z.describe("When from, to, duration or step was asked for."))),
  });
export type SamplesReport = z.output<ReturnType<typeof samplesReport>>;

export const COLLECTOR_STATES = ["waiting", "ok", "partial", "failed", "unsupported", "disabled"] as const;

export const collectorStatus = () =>
  z.object({
    name: collectorName(),
    state: z.enum(COLLECTOR_STATES),
    reason: z.optional(z.string()),
    intervalMs: z.optional(z.number()),
    lastMs: z.optional(epochMs()),
    durationMs: z.optional(z.number()),
    runs: z.number(),
    failures: z.number(),
  });
export type CollectorStatus = z.output<ReturnType<typeof collectorStatus>>;

export const collectorsReport = () =>
  z.object({
    collectors: z.array(collectorStatus()),
    history: z.object({
      bytes: z.number(),
      maxBytes: z.number(),
      series: z.number(),
      refused: z.number().check(z.describe("Series that are not remembered because the memory is used up.")),
    }),
  });
export type CollectorsReport = z.output<ReturnType<typeof collectorsReport>>;

const timeText = () => z.string().check(z.describe("Milliseconds since 1970 UTC, or an ISO time."));
const durationText = () => z.string().check(z.describe("A duration such as 90s or 1h."));
const nameList = () => z.string().check(z.describe("Separated by commas; * stands for any text."));

export const samplesQuery = () =>
  z.strictObject({
    collectors: z.optional(nameList()),
    series: z.optional(nameList()),
    from: z.optional(timeText()),
    to: z.optional(timeText()),
    duration: z.optional(durationText()),
    step: z.optional(durationText()),
  });

export const streamQuery = () =>
  z.strictObject({
    collectors: z.optional(nameList()),
    interval: z.optional(
      durationText().check(z.describe("Read at this pace for this stream, whatever the config says.")),
    ),
  });
