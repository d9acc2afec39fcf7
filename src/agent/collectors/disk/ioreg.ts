import type { DiskDevice } from "../../../protocol/mod.ts";

/**
 * `ioreg -r -c IOBlockStorageDriver -d 2 -l -w 0`: each driver of a disk, with its counters, and below it the disk with
 * its name. It is the tool that tells reads from writes (`iostat` does not), and its text is simpler to read than the
 * property list that `-a` prints. https://keith.github.io/xcode-man-pages/ioreg.8.html
 */
export const IOREG = "/usr/sbin/ioreg";
export const IOREG_ARGS: readonly string[] = ["-r", "-c", "IOBlockStorageDriver", "-d", "2", "-l", "-w", "0"];

/** Begins an object; at the start of a line it is one that was looked for: a driver. */
const NODE = "+-o ";
const STATISTICS = '"Statistics" = {';
const BSD_NAME = '"BSD Name" = "';
const NANOSECONDS = 1e9;

/** The disks, by the statistics that IOBlockStorageDriver.h documents; times are in nanoseconds. */
export function parseIoreg(text: string): DiskDevice[] {
  const found: DiskDevice[] = [];
  let statistics: Map<string, number> | null = null;
  let node = "";
  let isDriver = false;
  for (const line of text.split("\n")) {
    const start = line.indexOf(NODE);
    if (start >= 0) {
      node = line.slice(start + NODE.length);
      isDriver = start === 0;
      if (isDriver) statistics = null;
      continue;
    }
    const counters = quotedAfter(line, STATISTICS, "}");
    if (counters !== null && isDriver) statistics = parseCounters(counters);
    const name = quotedAfter(line, BSD_NAME, '"');
    if (name !== null && statistics !== null && !isDriver) {
      found.push(diskDevice(name, statistics, mediaModel(node)));
      statistics = null; // the next name below the same driver is a part of this disk
    }
  }
  return found;
}

function quotedAfter(line: string, opening: string, closing: string): string | null {
  const at = line.indexOf(opening);
  if (at < 0) return null;
  const start = at + opening.length;
  const end = line.indexOf(closing, start);
  return end <= start ? null : line.slice(start, end);
}

/** `"Bytes (Read)"=123,"Errors (Write)"=0`, where what is no count is left out. */
function parseCounters(text: string): Map<string, number> {
  const counters = new Map<string, number>();
  for (const pair of text.split(",")) {
    const equals = pair.lastIndexOf('"=');
    if (!pair.startsWith('"') || equals < 1 || !/^\d+$/.test(pair.slice(equals + 2))) continue;
    const value = Number(pair.slice(equals + 2));
    if (Number.isSafeInteger(value)) counters.set(pair.slice(1, equals), value);
  }
  return counters;
}

/** "APPLE SSD AP0512Q Media  <class IOMedia, …": the node of a whole disk is called after its model. */
function mediaModel(node: string): string {
  const end = node.indexOf("<class ");
  return node.slice(0, Math.max(end, 0)).trim().replace(/ Media$/, "");
}

function diskDevice(name: string, counters: ReadonlyMap<string, number>, model: string): DiskDevice {
  const seconds = (counter: string) => {
    const nanoseconds = counters.get(counter);
    return nanoseconds === undefined ? undefined : nanoseconds / NANOSECONDS;
  };
  return {
    name,
    reads: counters.get("Operations (Read)"),
    readBytes: counters.get("Bytes (Read)"),
    readSeconds: seconds("Total Time (Read)"),
    readErrors: counters.get("Errors (Read)"),
    readRetries: counters.get("Retries (Read)"),
    writes: counters.get("Operations (Write)"),
    writtenBytes: counters.get("Bytes (Write)"),
    writeSeconds: seconds("Total Time (Write)"),
    writeErrors: counters.get("Errors (Write)"),
    writeRetries: counters.get("Retries (Write)"),
    ...(model !== "" && { facts: { model } }),
  };
}
