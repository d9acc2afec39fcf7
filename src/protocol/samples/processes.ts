import * as z from "zod/mini";
import { byteCount, bytes, epochMs, seconds } from "./units.ts";

export const processUse = () =>
  z.object({
    pid: z.number(),
    name: z.string(),
    user: z.optional(z.string()),
    state: z.optional(z.string()),
    cpuPercent: z.optional(z.number().check(z.describe("Of one core, since the reading before."))),
    rssBytes: z.optional(bytes()),
    threads: z.optional(z.number()),
    startedMs: z.optional(epochMs()),
  });
export type ProcessUse = z.output<ReturnType<typeof processUse>>;

/** A process that the agent supervises, with all its descendants. */
export const supervisedUse = () =>
  z.object({
    id: z.string(),
    pid: z.number(),
    processes: z.number(),
    cpuSeconds: z.optional(seconds()),
    rssBytes: z.optional(bytes()),
    pssBytes: z.optional(bytes()),
    readBytes: z.optional(byteCount()),
    writtenBytes: z.optional(byteCount()),
    threads: z.optional(z.number()),
    openFiles: z.optional(z.number()),
    startedMs: z.optional(epochMs()),
  });
export type SupervisedUse = z.output<ReturnType<typeof supervisedUse>>;

export const processesSample = () =>
  z.object({
    total: z.number(),
    states: z.record(z.string(), z.number()).check(
      z.describe("Processes by state: running, sleeping, disk_sleep, stopped, zombie, idle …"),
    ),
    threads: z.optional(z.number()),
    threadsLimit: z.optional(z.number()),
    pidLimit: z.optional(z.number()),
    topByCpu: z.array(processUse()),
    topByMemory: z.array(processUse()),
    supervised: z.array(supervisedUse()),
  });
export type ProcessesSample = z.output<ReturnType<typeof processesSample>>;
