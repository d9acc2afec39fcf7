import * as z from "zod/mini";
import { epochMs } from "./units.ts";

/** A metric of a user's own, as Prometheus knows them. */
export const metricFamily = () =>
  z.object({
    name: z.string(),
    type: z.enum(["counter", "gauge", "histogram", "summary", "untyped"]),
    help: z.string(),
    values: z.array(z.object({
      labels: z.record(z.string(), z.string()),
      value: z.number().check(z.describe("May be NaN or infinite, which JSON shows as null.")),
      suffix: z.optional(z.string().check(z.describe("_bucket, _sum or _count of a histogram or summary."))),
    })),
  });
export type MetricFamily = z.output<ReturnType<typeof metricFamily>>;

export const textfileSample = () =>
  z.object({
    files: z.array(z.object({
      name: z.string().check(z.describe("With its directory.")),
      modifiedMs: epochMs(),
      error: z.optional(z.string().check(z.describe("Why nothing of it is here."))),
    })),
    families: z.array(metricFamily()),
    error: z.optional(z.string().check(z.describe("What is wrong with the directory, or between files."))),
  });
export type TextfileSample = z.output<ReturnType<typeof textfileSample>>;

/** One command of the user, at its last run. */
export const execSample = () =>
  z.object({
    name: z.string(),
    ok: z.boolean(),
    reason: z.optional(z.string()),
    exitCode: z.optional(z.number()),
    durationMs: z.number(),
    families: z.array(metricFamily()),
  });
export type ExecSample = z.output<ReturnType<typeof execSample>>;

/** One check from this host, at its last run. */
export const watchSample = () =>
  z.object({
    name: z.string(),
    type: z.enum(["tcp", "http", "icmp", "dns"]),
    target: z.string(),
    up: z.optional(z.boolean().check(z.describe("Absent when this host is not permitted to look."))),
    reason: z.optional(z.string()),
    latencyMs: z.optional(z.number()),
    status: z.optional(z.number().check(z.describe("Of an HTTP answer."))),
    certificateDaysLeft: z.optional(z.number()),
    addresses: z.optional(z.array(z.string())),
  });
export type WatchSample = z.output<ReturnType<typeof watchSample>>;
