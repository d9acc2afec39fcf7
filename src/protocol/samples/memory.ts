import * as z from "zod/mini";
import { byteCount, bytes, count, named } from "./units.ts";

export const memorySample = () =>
  z.object({
    totalBytes: bytes(),
    availableBytes: z.optional(bytes().check(z.describe("What programs can still get without swapping."))),
    usedBytes: z.optional(bytes().check(z.describe("Total less available."))),
    freeBytes: z.optional(bytes()),
    buffersBytes: z.optional(bytes()),
    cachedBytes: z.optional(bytes()),
    slabBytes: z.optional(bytes()),
    sharedBytes: z.optional(bytes()),
    swapTotalBytes: z.optional(bytes()),
    swapUsedBytes: z.optional(bytes()),
    swapFreeBytes: z.optional(bytes()),
    swapInBytes: z.optional(byteCount()),
    swapOutBytes: z.optional(byteCount()),
    committedBytes: z.optional(bytes()),
    commitLimitBytes: z.optional(bytes()),
    pageFaults: z.optional(count()),
    majorPageFaults: z.optional(count()),
    oomKills: z.optional(count()),
    meminfo: z.optional(named().check(z.describe("Every value of /proc/meminfo, in bytes where it has a unit."))),
    vmstat: z.optional(named().check(z.describe("Paging counters of /proc/vmstat."))),
  });
export type MemorySample = z.output<ReturnType<typeof memorySample>>;
