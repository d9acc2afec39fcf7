import type { PowerSample } from "../../../protocol/mod.ts";

/**
 * `pmset -g batt` prints what IOKit's power sources say, in one line for each; asking IOKit itself would need
 * CoreFoundation's objects. https://keith.github.io/xcode-man-pages/pmset.1.html
 */
export const PMSET = "/usr/bin/pmset";
export const PMSET_ARGS: readonly string[] = ["-g", "batt"];

type Supply = PowerSample["supplies"][number];

/** In the words that Linux uses. "AC attached" is a battery that the mains spare, for its life or its temperature. */
const STATUSES = new Map(Object.entries({
  "charging": "Charging",
  "finishing charge": "Charging",
  "charged": "Full",
  "discharging": "Discharging",
  "AC attached": "Not charging",
}));
const DRAWING_FROM = "Now drawing from '";
const MAINS = "AC Power";

/**
 * ```
 * Now drawing from 'Battery Power'
 *  -InternalBattery-0 (id=1234567)	87%; discharging; 3:48 remaining present: true
 * ```
 * The mains are a supply of their own only where there is something else, as on Linux.
 */
export function parsePmset(text: string): Supply[] {
  const batteries: Supply[] = [];
  let source: string | undefined;
  for (const line of text.split("\n")) {
    const battery = parseBattery(line);
    if (battery !== null) batteries.push(battery);
    else if (line.startsWith(DRAWING_FROM)) source = line.slice(DRAWING_FROM.length).split("'")[0];
  }
  if (batteries.length === 0 || source === undefined) return batteries;
  const facts = { power_source_state: source };
  for (const battery of batteries) battery.facts = { ...battery.facts, ...facts };
  return [{ name: MAINS, type: "Mains", online: source === MAINS }, ...batteries];
}

function parseBattery(line: string): Supply | null {
  const parts = /^ ?-(.+) \(id=(\d+)\)\s+(\d{1,3})%(.*)$/.exec(line);
  const [, name = "", id = "", percent = "", rest = ""] = parts ?? [];
  const chargePercent = Number(percent);
  if (parts === null || chargePercent > 100) return null;
  const words = rest.split(";")[1]?.replace(/present: .*$/, "").trim();
  const status = words ? STATUSES.get(words) ?? "Unknown" : undefined;
  const secondsLeft = remainingSeconds(rest);
  return {
    name,
    type: name.startsWith("InternalBattery") ? "Battery" : "UPS",
    ...(status !== undefined && { status }),
    chargePercent,
    ...(secondsLeft !== undefined && status === "Discharging" && { secondsLeft }),
    values: {
      current_capacity: chargePercent,
      max_capacity: 100, // both are in percent
      ...flags(status, rest),
      ...(secondsLeft !== undefined && status === "Discharging" && { time_to_empty_seconds: secondsLeft }),
      ...(secondsLeft !== undefined && status === "Charging" && { time_to_full_seconds: secondsLeft }),
    },
    facts: { id },
  };
}

/** "3:48 remaining"; while it is not yet known the text is "(no estimate)". */
function remainingSeconds(rest: string): number | undefined {
  const [, hours, minutes] = /(?:^|[; ])(\d{1,4}):([0-5]\d) remaining/.exec(rest) ?? [];
  return hours === undefined ? undefined : (Number(hours) * 60 + Number(minutes)) * 60;
}

function flags(status: string | undefined, rest: string): Record<string, number> {
  const present = rest.includes("present: true") ? 1 : rest.includes("present: false") ? 0 : undefined;
  return {
    ...(present !== undefined && { present }),
    ...(status !== undefined && { charging: Number(status === "Charging"), charged: Number(status === "Full") }),
  };
}
