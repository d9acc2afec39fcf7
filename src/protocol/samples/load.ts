import * as z from "zod/mini";
import { seconds } from "./units.ts";

export const loadSample = () =>
  z.object({
    load1: z.number(),
    load5: z.number(),
    load15: z.number(),
    runnable: z.optional(z.number()),
    threads: z.optional(z.number()),
  });
export type LoadSample = z.output<ReturnType<typeof loadSample>>;

const stalled = () =>
  z.object({
    avg10: z.number().check(z.describe("Percent of the last 10 s.")),
    avg60: z.number(),
    avg300: z.number(),
    totalSeconds: seconds(),
  });
export type Stalled = z.output<ReturnType<typeof stalled>>;

/** `some`: at least one task waited for the resource; `full`: all did. */
const pressureOf = () => z.object({ some: z.optional(stalled()), full: z.optional(stalled()) });
export type Pressure = z.output<ReturnType<typeof pressureOf>>;

export const pressureSample = () =>
  z.object({
    cpu: z.optional(pressureOf()),
    memory: z.optional(pressureOf()),
    io: z.optional(pressureOf()),
    irq: z.optional(pressureOf()),
  });
export type PressureSample = z.output<ReturnType<typeof pressureSample>>;
