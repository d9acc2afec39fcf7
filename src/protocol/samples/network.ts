import * as z from "zod/mini";
import { byteCount, count, named } from "./units.ts";

const direction = () =>
  z.object({
    bytes: byteCount(),
    packets: z.optional(count()),
    errors: z.optional(count()),
    dropped: z.optional(count()),
    fifo: z.optional(count()),
    frame: z.optional(count()),
    collisions: z.optional(count()),
    carrier: z.optional(count()),
    compressed: z.optional(count()),
    multicast: z.optional(count()),
    nohandler: z.optional(count()),
  });
export type NetworkDirection = z.output<ReturnType<typeof direction>>;

export const networkInterface = () =>
  z.object({
    name: z.string(),
    index: z.optional(z.number()),
    receive: z.optional(direction()),
    transmit: z.optional(direction()),
    state: z.optional(z.string().check(z.describe("up, down, unknown, dormant …, as the system says."))),
    up: z.optional(z.boolean()),
    speedBytesPerSecond: z.optional(z.number()),
    duplex: z.optional(z.string()),
    mtu: z.optional(z.number()),
    mac: z.optional(z.string()),
    broadcast: z.optional(z.string().check(z.describe("Address of all on the link, below IP."))),
    addresses: z.array(z.string().check(z.describe("With the prefix length where it is known: 10.0.0.2/24."))),
    attributes: z.optional(named().check(z.describe("Other numbers that the system keeps of it."))),
    description: z.optional(z.string()),
  });
export type NetworkInterface = z.output<ReturnType<typeof networkInterface>>;

export const networkSample = () =>
  z.object({
    interfaces: z.array(networkInterface()),
    tcpStates: z.optional(named().check(z.describe("TCP connections by state: established, time_wait …"))),
    protocols: z.optional(
      z.record(z.string(), named()).check(z.describe("Counters by protocol, in the kernel's names: Tcp.RetransSegs …")),
    ),
    sockets: z.optional(z.record(z.string(), named()).check(z.describe("Sockets in use by protocol."))),
    udpQueues: z.optional(z.record(z.string(), named())),
    conntrack: z.optional(
      z.object({ entries: z.number(), limit: z.number(), counters: z.optional(named()) }),
    ),
    softnet: z.optional(z.array(z.object({ cpu: z.string(), counters: named() }))),
    bonds: z.optional(z.array(z.object({ name: z.string(), slaves: z.number(), active: z.number() }))),
    arpEntries: z.optional(named().check(z.describe("Neighbours known by interface."))),
  });
export type NetworkSample = z.output<ReturnType<typeof networkSample>>;
