import * as z from "zod/mini";
import { count, frequency, seconds } from "./units.ts";

/**
 * Processor time since boot by what it was spent on. A mode that the system does not count is absent. No second is in
 * two modes, but for those of guests, which are in user and nice too.
 */
export const cpuTimes = () =>
  z.object({
    user: seconds(),
    nice: z.optional(seconds()),
    system: seconds(),
    idle: seconds(),
    iowait: z.optional(seconds()),
    irq: z.optional(seconds()),
    softirq: z.optional(seconds().check(z.describe("On Windows: deferred procedure calls."))),
    steal: z.optional(seconds()),
    guest: z.optional(seconds()),
    guestNice: z.optional(seconds()),
  });
export type CpuTimes = z.output<ReturnType<typeof cpuTimes>>;

export const cpuCore = () =>
  z.object({
    id: z.string().check(z.describe("The system's own name of the logical core: 0, 1 …; on Windows group,number.")),
    times: z.optional(cpuTimes()),
    coreId: z.optional(z.string()),
    packageId: z.optional(z.string()),
    hertz: z.optional(frequency().check(z.describe("What it runs at, as the system steers it."))),
    measuredHertz: z.optional(frequency().check(z.describe("What it runs at, as the hardware tells."))),
    minHertz: z.optional(frequency().check(z.describe("The least that the hardware can."))),
    maxHertz: z.optional(frequency().check(z.describe("The most that the hardware can."))),
    scalingMinHertz: z.optional(frequency().check(z.describe("The least that the system allows."))),
    scalingMaxHertz: z.optional(frequency().check(z.describe("The most that the system allows."))),
    governor: z.optional(z.string()),
    governors: z.optional(z.array(z.string()).check(z.describe("Those that could be chosen."))),
    isolated: z.optional(z.boolean().check(z.describe("Kept out of the scheduler's balancing at boot."))),
    coreThrottles: z.optional(count()),
    packageThrottles: z.optional(count()),
    interrupts: z.optional(count()),
    scheduled: z.optional(z.object({
      runningSeconds: seconds(),
      waitingSeconds: seconds().check(z.describe("Of tasks that could run.")),
      timeslices: count(),
    })),
  });
export type CpuCore = z.output<ReturnType<typeof cpuCore>>;

export const cpuSample = () =>
  z.object({
    total: z.optional(cpuTimes()),
    cores: z.array(cpuCore()),
    logicalCores: z.number(),
    physicalCores: z.optional(z.number()),
    packages: z.optional(z.number()),
    model: z.optional(z.string()),
    vendor: z.optional(z.string()),
    description: z.optional(z.string().check(z.describe("Family, model and stepping, as Windows words them."))),
    contextSwitches: z.optional(count()),
    interrupts: z.optional(count()),
    forks: z.optional(count()),
    running: z.optional(z.number().check(z.describe("Threads that run or wait for a core."))),
    blocked: z.optional(z.number().check(z.describe("Threads that wait for input or output."))),
    bootSeconds: z.optional(z.number().check(z.describe("When the system started, in seconds since 1970 UTC."))),
  });
export type CpuSample = z.output<ReturnType<typeof cpuSample>>;
