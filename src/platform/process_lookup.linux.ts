import type { ProcessIdentity, ProcessLookup } from "./halves.ts";

/** In /proc/net/tcp and tcp6: the state of a socket that listens. */
const LISTEN = "0A";
/** Clock ticks of start times a second; the same on all systems that this program runs on. */
const TICKS_PER_SECOND = 100;

export function linuxLookup(proc = "/proc"): ProcessLookup {
  return {
    commandLine: (pid) => readOrNull(`${proc}/${pid}/cmdline`)?.replace(/\0+$/, "").replaceAll("\0", " ") ?? null,
    listeners: (port) => {
      const inodes = new Set([
        ...listeningInodes(readOrNull(`${proc}/net/tcp`) ?? "", port),
        ...listeningInodes(readOrNull(`${proc}/net/tcp6`) ?? "", port),
      ]);
      return inodes.size === 0 ? new Set() : ownersOf(inodes, proc);
    },
    startedMs: (identity) => startedMs(identity, readOrNull(`${proc}/stat`) ?? ""),
  };
}

/** The inodes of the sockets that listen on a port. */
export function listeningInodes(table: string, port: number): string[] {
  const hexPort = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTEN && local?.endsWith(hexPort) === true && inode !== undefined ? [inode] : [];
  });
}

/** When a process has started by the wall clock, to about a second; null where the system does not tell. */
export function startedMs({ startTime }: ProcessIdentity, stat: string): number | null {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(stat)?.[1]);
  const ticks = Number(startTime);
  if (!Number.isFinite(bootSeconds) || !Number.isFinite(ticks)) return null;
  return (bootSeconds + ticks / TICKS_PER_SECOND) * 1_000;
}

/** Who has one of these sockets open, as far as we may look. */
function ownersOf(inodes: ReadonlySet<string>, proc: string): Set<number> {
  const owners = new Set<number>();
  for (const { name } of listOrNone(proc)) {
    if (!/^\d+$/.test(name)) continue;
    const hasSocket = listOrNone(`${proc}/${name}/fd`).some((fd) => {
      const target = linkOrNull(`${proc}/${name}/fd/${fd.name}`);
      return target !== null && inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? "");
    });
    if (hasSocket) owners.add(Number(name));
  }
  return owners;
}

/** Null for a process that has ended, or that we may not look at. */
function readOrNull(path: string): string | null {
  return orNull(() => Deno.readTextFileSync(path));
}

function linkOrNull(path: string): string | null {
  return orNull(() => Deno.readLinkSync(path));
}

function listOrNone(path: string): Deno.DirEntry[] {
  return orNull(() => [...Deno.readDirSync(path)]) ?? [];
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null; // it has ended meanwhile, or belongs to somebody else: either way it tells us nothing
  }
}
