import * as z from "zod/mini";
import { bytes, count, epochMs, named, seconds } from "./units.ts";

/** What a host is; it is sent once, and again when it has changed. */
export const hostSample = () =>
  z.object({
    hostname: z.string(),
    domain: z.optional(z.string()),
    machineId: z.optional(z.string()),
    os: z.object({
      name: z.string(),
      version: z.optional(z.string()),
      facts: z.optional(z.record(z.string(), z.string()).check(z.describe("os-release, in its own names."))),
    }),
    kernel: z.object({
      name: z.string(),
      release: z.string(),
      version: z.optional(z.string()),
      machine: z.string(),
    }),
    architecture: z.string(),
    virtualisation: z.optional(
      z.string().check(z.describe("kvm, vmware, hyperv …; none where it is known to be none.")),
    ),
    container: z.optional(z.string().check(z.describe("docker, podman, lxc …, when the agent is inside one."))),
    bootMs: z.optional(epochMs()),
    bootId: z.optional(z.string()),
    timeZone: z.optional(z.string()),
    timeZoneShort: z.optional(z.string().check(z.describe("As clocks show it now: CET, CEST."))),
    utcOffsetSeconds: z.number(),
    users: z.optional(z.array(z.object({
      name: z.string(),
      terminal: z.optional(z.string()),
      from: z.optional(z.string()),
      sinceMs: z.optional(epochMs()),
    }))),
    dmi: z.optional(z.record(z.string(), z.string()).check(z.describe("Vendor, product and firmware of the machine."))),
    macs: z.array(z.string()),
  });
export type HostSample = z.output<ReturnType<typeof hostSample>>;

/** Limits and states of the kernel that belong to no other collector. */
export const kernelSample = () =>
  z.object({
    openFiles: z.optional(z.number().check(z.describe("Of all processes; on Windows: handles."))),
    openFilesLimit: z.optional(z.number()),
    entropyBits: z.optional(z.number()),
    entropyPoolBits: z.optional(z.number()),
    selinux: z.optional(z.object({
      enabled: z.boolean(),
      enforcing: z.optional(z.boolean()),
      configured: z.optional(z.enum(["enforcing", "permissive", "disabled"])),
    })),
    clock: z.optional(z.object({
      synchronised: z.boolean(),
      offsetSeconds: z.optional(z.number()),
      values: z.optional(named().check(z.describe("Of the kernel's clock discipline, in seconds and ratios."))),
      source: z.optional(z.string()),
      sources: z.optional(z.array(z.string())),
    })),
    uptimeSeconds: z.optional(z.number()),
    timeSeconds: z.optional(z.number().check(z.describe("The host's clock, in seconds since 1970 UTC."))),
    timeZone: z.optional(z.string().check(z.describe("Its abbreviation now: CET."))),
    utcOffsetSeconds: z.optional(z.number()),
  });
export type KernelSample = z.output<ReturnType<typeof kernelSample>>;

export const temperatureSample = () =>
  z.object({
    sensors: z.array(z.object({
      chip: z.string(),
      chipName: z.optional(z.string()),
      sensor: z.string(),
      label: z.optional(z.string()),
      kind: z.enum(["temperature", "fan", "voltage", "current", "power", "energy", "humidity", "other"]),
      value: z.optional(z.number().check(z.describe("Celsius, rpm, volts, amperes, watts, joules, by kind."))),
      limits: z.optional(named().check(z.describe("max, crit, alarm …, in the same unit."))),
    })),
    zones: z.array(z.object({ zone: z.string(), type: z.string(), celsius: z.number() })),
    coolers: z.optional(z.array(z.object({ name: z.string(), type: z.string(), state: z.number(), max: z.number() }))),
  });
export type TemperatureSample = z.output<ReturnType<typeof temperatureSample>>;

export const powerSample = () =>
  z.object({
    supplies: z.array(z.object({
      name: z.string(),
      type: z.optional(z.string()),
      online: z.optional(z.boolean()),
      status: z.optional(z.string()),
      chargePercent: z.optional(z.number()),
      secondsLeft: z.optional(z.number()),
      values: z.optional(named().check(z.describe("In the system's names, in base units."))),
      facts: z.optional(z.record(z.string(), z.string())),
    })),
  });
export type PowerSample = z.output<ReturnType<typeof powerSample>>;

/** The control group that the agent is in: what a container may use, beside what its host has. */
export const containerSample = () =>
  z.object({
    cgroupVersion: z.optional(z.number()),
    path: z.optional(z.string()),
    memoryLimitBytes: z.optional(bytes()),
    memoryUsedBytes: z.optional(bytes()),
    memoryWorkingSetBytes: z.optional(bytes().check(z.describe("Used less what can be dropped at once."))),
    swapLimitBytes: z.optional(bytes()),
    oomKills: z.optional(count()),
    cpuLimitCores: z.optional(z.number()),
    cpuSeconds: z.optional(seconds()),
    periods: z.optional(count()),
    throttledPeriods: z.optional(count()),
    throttledSeconds: z.optional(seconds()),
    processes: z.optional(z.number()),
    processesLimit: z.optional(z.number()),
  });
export type ContainerSample = z.output<ReturnType<typeof containerSample>>;

/** The agent itself. */
export const selfSample = () =>
  z.object({
    cpuSeconds: z.optional(seconds()),
    rssBytes: bytes(),
    anonymousBytes: z.optional(bytes()),
    virtualBytes: z.optional(bytes()),
    virtualLimitBytes: z.optional(bytes().check(z.describe("2^64 where there is no limit."))),
    heapUsedBytes: bytes(),
    heapTotalBytes: bytes(),
    eventLoopLagSeconds: z.optional(z.number().check(z.describe("How late the last reading was begun."))),
    eventLoopLagMaxSeconds: z.optional(z.number().check(z.describe("The worst since the reading before."))),
    openFiles: z.optional(z.number()),
    openFilesLimit: z.optional(z.number()),
    threads: z.optional(z.number()),
    startedMs: epochMs(),
    queues: named().check(z.describe("How many things wait, by queue.")),
  });
export type SelfSample = z.output<ReturnType<typeof selfSample>>;
