/** kernel32, the part that knows how the processor's cores are arranged. */
import { lazy } from "../../lazy.ts";
import { u16, u32, viewOf } from "./layout.ts";
import { checkTrue, openLibrary } from "./library.ts";

// https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-system_logical_processor_information_ex
const RELATION_CORE = 0;
const RELATION_PACKAGE = 3;
const RELATION_ALL = 0xffff;
const RELATION = { bytes: 32, kind: 0, size: 4, groupCount: 30, groups: 32 } as const;
const GROUP_AFFINITY = { bytes: 16, mask: 0, group: 8 } as const;
const BITS_PER_HALF = 32;

export interface ProcessorTopology {
  readonly cores: number;
  readonly packages: number;
  /** By `group,number` of the logical core. */
  readonly places: ReadonlyMap<string, { readonly core?: number; readonly package?: number }>;
}

const symbols = lazy(() =>
  openLibrary("kernel32.dll", {
    GetActiveProcessorGroupCount: { parameters: [], result: "u16" },
    GetLogicalProcessorInformationEx: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  })
);

export function processorGroups(): number {
  return symbols().GetActiveProcessorGroupCount();
}

export function processorTopology(): ProcessorTopology {
  const length = new Uint32Array(1);
  symbols().GetLogicalProcessorInformationEx(RELATION_ALL, new Uint8Array(1), length); // asks only how long it is
  const bytes = new Uint8Array(length[0] ?? 0);
  const read = symbols().GetLogicalProcessorInformationEx(RELATION_ALL, bytes, length);
  checkTrue("read how the processor's cores are arranged", read);
  return parseTopology(viewOf(bytes, length[0]));
}

export function parseTopology(view: DataView): ProcessorTopology {
  const places = new Map<string, { core?: number; package?: number }>();
  let [cores, packages] = [0, 0];
  for (let at = 0; at + RELATION.bytes <= view.byteLength;) {
    const size = u32(view, at + RELATION.size) ?? 0;
    if (size < RELATION.bytes) break;
    const end = Math.min(view.byteLength, at + size);
    const kind = u32(view, at + RELATION.kind);
    const [key, number] = kind === RELATION_CORE ? ["core", cores++] as const : ["package", packages] as const;
    if (kind === RELATION_PACKAGE) packages++;
    if (kind === RELATION_CORE || kind === RELATION_PACKAGE) {
      for (const name of members(view, at, end)) places.set(name, { ...places.get(name), [key]: number });
    }
    at += size;
  }
  return { cores, packages, places };
}

/** The logical cores of one relation: a mask of 64 bits for each processor group. */
function* members(view: DataView, at: number, end: number): Generator<string> {
  const groups = u16(view, at + RELATION.groupCount) ?? 0;
  for (let i = 0; i < groups; i++) {
    const mask = at + RELATION.groups + i * GROUP_AFFINITY.bytes;
    if (mask + GROUP_AFFINITY.bytes > end) return;
    const group = view.getUint16(mask + GROUP_AFFINITY.group, true);
    for (const half of [0, 1]) {
      const bits = view.getUint32(mask + GROUP_AFFINITY.mask + half * 4, true);
      for (let bit = 0; bit < BITS_PER_HALF; bit++) {
        if ((bits >>> bit) & 1) yield `${group},${half * BITS_PER_HALF + bit}`;
      }
    }
  }
}
