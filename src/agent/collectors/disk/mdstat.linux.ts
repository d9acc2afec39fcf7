import type { RaidArray } from "../../../protocol/mod.ts";

/** `md0 : active (auto-read-only) raid1 sdb1[1] sda1[0](F)` */
const ARRAY = /^(md\S*)\s*:\s*(\S+)\s*(.*)$/;
const LEVEL = /^(?:linear|multipath|faulty|container|raid\d+)$/;
/** `1465151808 blocks level 5, 64k chunk, algorithm 2 [4/3] [UUU_]`: required and active disks. */
const BLOCKS = /^\s+(\d+) blocks\b/;
const DISKS = /\[(\d+)\/(\d+)\]/;
/** `[=>....]  recovery =  8.5% (16775552/195310144) finish=17.0min`, or `resync=DELAYED`, `check=PENDING` … */
const SYNC = /\b(recovery|reshape|resync|check|repair)\s*=\s*(?:(DELAYED|PENDING|REMOTE)|.*?\((\d+)\/\d+\))/;
const SYNC_STATES: Readonly<Record<string, string>> = {
  recovery: "recovering",
  reshape: "resyncing",
  resync: "resyncing",
  repair: "resyncing",
  check: "checking",
};
/** Levels that have no disk to spare, of which the kernel does not say how many are active. */
const WITHOUT_SPARES: ReadonlySet<string> = new Set(["raid0", "linear"]);

/** Parses /proc/mdstat. https://www.kernel.org/doc/html/latest/admin-guide/md.html */
export function parseMdstat(text: string): RaidArray[] {
  const arrays = new Map<string, RaidArray>();
  let array: RaidArray | undefined;
  for (const line of text.split("\n")) {
    const [, name, state, rest] = ARRAY.exec(line) ?? [];
    if (name !== undefined && state !== undefined) {
      array = headOf(name, state, rest ?? "");
      arrays.set(name, array);
    } else if (!/^\s+\S/.test(line)) {
      array = undefined;
    } else if (array !== undefined) {
      takeDetail(array, line);
    }
  }
  return [...arrays.values()];
}

function headOf(name: string, state: string, rest: string): RaidArray {
  const words = rest.split(/\s+/);
  const level = words.find((word) => LEVEL.test(word));
  const disks = words.filter((word) => word.includes("["));
  const marked = (mark: string) => disks.filter((disk) => disk.includes(mark)).length;
  const isWhole = level !== undefined && WITHOUT_SPARES.has(level);
  return {
    name,
    ...(level === undefined ? {} : { level }),
    state,
    disksFailed: marked("(F)"),
    disksSpare: marked("(S)"),
    ...(isWhole ? { disksRequired: disks.length, disksActive: disks.length } : {}),
    ...(state === "inactive" ? { disksRequired: 0, disksActive: 0 } : {}),
  };
}

function takeDetail(array: RaidArray, line: string): void {
  const blocks = toCount(BLOCKS.exec(line)?.[1]);
  if (blocks !== undefined) {
    array.blocks = blocks;
    array.blocksSynced = blocks;
    const [, required, active] = DISKS.exec(line) ?? [];
    array.disksRequired ??= toCount(required);
    array.disksActive ??= toCount(active);
    return;
  }
  const [, action, waiting, synced] = SYNC.exec(line) ?? [];
  if (action === undefined) return;
  array.state = SYNC_STATES[action] ?? array.state;
  array.blocksSynced = waiting === undefined ? toCount(synced) : 0;
}

function toCount(text: string | undefined): number | undefined {
  const number = text === undefined ? NaN : Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}
