import type { NetworkDirection } from "../../../protocol/mod.ts";
import { countsAt, forEachLine } from "../reading/counts.ts";

/** What one line of /proc/net/dev counts. */
export interface InterfaceCounters {
  readonly name: string;
  readonly receive?: NetworkDirection;
  readonly transmit?: NetworkDirection;
}

const FIELDS = 16;
type Counts = readonly (number | undefined)[];

/**
 * https://man7.org/linux/man-pages/man5/proc_net.5.html: a name, a colon, and sixteen counters. The colon is the last
 * one of the line: an alias has one in its name (`eth0:1`), and kernels before 2.6.39 put no blank behind it.
 */
export function parseNetDev(text: string, isWanted: (name: string) => boolean): InterfaceCounters[] {
  const found: InterfaceCounters[] = [];
  const names = new Set<string>();
  forEachLine(text, (start, end) => {
    const colon = text.lastIndexOf(":", end - 1);
    if (colon <= start || colon >= end) return; // a line of the heading
    const name = text.slice(start, colon).trim();
    if (name === "" || names.has(name) || !isWanted(name)) return;
    names.add(name);
    found.push(counters(name, countsAt(text, colon + 1, end, FIELDS)));
  });
  return found;
}

function counters(name: string, counts: Counts): InterfaceCounters {
  const [receive, transmit] = [received(counts), transmitted(counts)];
  return { name, ...(receive && { receive }), ...(transmit && { transmit }) };
}

function received(counts: Counts): NetworkDirection | null {
  const [bytes, packets, errors, dropped, fifo, frame, compressed, multicast] = counts;
  if (bytes === undefined) return null;
  return { bytes, packets, errors, dropped, fifo, frame, compressed, multicast };
}

function transmitted(counts: Counts): NetworkDirection | null {
  const [bytes, packets, errors, dropped, fifo, collisions, carrier, compressed] = counts.slice(FIELDS / 2);
  if (bytes === undefined) return null;
  return { bytes, packets, errors, dropped, fifo, collisions, carrier, compressed };
}
