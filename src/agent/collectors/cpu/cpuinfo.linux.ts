import { forEachLine } from "../reading/counts.ts";
import { armDesign, armDesigner } from "./arm_names.linux.ts";

const MAX_TEXT = 256;

/** What does not change while the set of cores does not. */
export interface CpuInfo {
  readonly model: string | undefined;
  readonly vendor: string | undefined;
  /** The package and core of each logical core, where the processor's architecture has them in this file. */
  readonly places: ReadonlyMap<string, { readonly packageId: string; readonly coreId: string }>;
}

interface Found {
  readonly first: Map<string, string>;
  readonly designs: Set<string>;
  readonly places: Map<string, { packageId: string; coreId: string }>;
  id: string;
  implementer: string;
  packageId: string | undefined;
}

const WANTED = new Set([
  "processor",
  "vendor_id",
  "model name",
  "physical id",
  "core id",
  "CPU implementer",
  "CPU part",
  "Model",
  "Hardware",
]);

/** Blocks of "name : value", one for each logical core; which names there are is up to the architecture. */
export function parseCpuinfo(text: string): CpuInfo {
  const found: Found = {
    first: new Map(),
    designs: new Set(),
    places: new Map(),
    id: "",
    implementer: "",
    packageId: undefined,
  };
  forEachLine(text, (start, end) => {
    const colon = text.indexOf(":", start);
    if (colon < 0 || colon > end) return;
    const name = text.slice(start, colon).trim();
    if (WANTED.has(name)) take(found, name, ownText(text.slice(colon + 1, Math.min(end, colon + MAX_TEXT))));
  });
  const { first, designs, places } = found;
  const designer = armDesigner(first.get("CPU implementer") ?? "");
  return {
    model: first.get("model name") ?? ([...designs].join(" + ") || (first.get("Model") ?? first.get("Hardware"))),
    vendor: first.get("vendor_id") ?? designer,
    places,
  };
}

function take(found: Found, name: string, value: string): void {
  if (name === "processor") {
    found.id = value;
    found.packageId = undefined;
  } else if (name === "physical id") {
    found.packageId = value;
  } else if (name === "core id" && found.packageId !== undefined) {
    found.places.set(found.id, { packageId: found.packageId, coreId: value });
  } else if (name === "CPU implementer") {
    found.implementer = value;
  } else if (name === "CPU part") {
    const design = armDesign(found.implementer, value);
    if (design !== undefined) found.designs.add(design);
  }
  if (value !== "" && !found.first.has(name)) found.first.set(name, value);
}

/** A part of a text keeps the whole of it in memory, 200 kB on a large machine; one that was joined anew does not. */
function ownText(part: string): string {
  return part.trim().split("").join("");
}
