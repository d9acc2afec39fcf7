import { AppError } from "../../core/mod.ts";
import { fields32, fields64, textAt, viewOf } from "./structs.ts";
import { valueByNumbers } from "./sysctl.ts";

/**
 * net.link.generic.ifalldata.0.general, in <net/if_mib.h>. The better known NET_RT_IFLIST2 has the same counters, but
 * since macOS 13 it cuts the bytes to 32 bits for programs that are not Apple's.
 * https://github.com/apple-oss-distributions/xnu/blob/main/bsd/net/if_mib.h
 */
const ALL_INTERFACES = [4, 18, 0, 3, 0, 1];

// struct ifmibdata, and at byte 52 of it struct if_data64 in <net/if_var.h>, which is packed to 4 bytes:
// https://github.com/apple-oss-distributions/xnu/blob/main/bsd/net/if_var.h
const IFMIBDATA_BYTES = 180;
const NAME_BYTES = 16;
const NUMBERS = { flags: 20, dropsOut: 32, mtu: 60 } as const;
const COUNTERS = {
  bitsPerSecond: 68,
  packetsIn: 76,
  errorsIn: 84,
  packetsOut: 92,
  errorsOut: 100,
  collisions: 108,
  bytesIn: 116,
  bytesOut: 124,
  multicastIn: 132,
  multicastOut: 140,
  dropsIn: 148,
  unknownProtocol: 156,
} as const;
// <net/if.h>: https://github.com/apple-oss-distributions/xnu/blob/main/bsd/net/if.h
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;

export interface InterfaceCounters extends Readonly<Record<keyof typeof COUNTERS, number | undefined>> {
  readonly name: string;
  /** The bits IFF_UP, IFF_LOOPBACK … of <net/if.h>; these two are the same as on Linux. */
  readonly flags: number;
  /** Switched on, and with a link. */
  readonly up: boolean;
  readonly mtu: number;
  readonly dropsOut: number;
}

export function interfaceCounters(): InterfaceCounters[] {
  const bytes = valueByNumbers(ALL_INTERFACES);
  if (bytes === null) throw new AppError("unavailable", "sysctl net.link.generic.ifalldata failed");
  return parseInterfaces(bytes);
}

/** An interface that is being taken away has an empty name. */
export function parseInterfaces(bytes: Uint8Array): InterfaceCounters[] {
  const found: InterfaceCounters[] = [];
  for (let at = 0; at + IFMIBDATA_BYTES <= bytes.length; at += IFMIBDATA_BYTES) {
    const one = bytes.subarray(at, at + IFMIBDATA_BYTES);
    const name = textAt(one, 0, NAME_BYTES);
    const numbers = fields32(viewOf(one), NUMBERS);
    const up = (numbers.flags & IFF_UP) !== 0 && (numbers.flags & IFF_RUNNING) !== 0;
    if (name !== "") found.push({ name, up, ...numbers, ...fields64(viewOf(one), COUNTERS) });
  }
  return found;
}
