/** What tests look at on this host: processes, free addresses, directories; and waiting for a condition. */

/** What must come true comes true within this, on a machine however busy. */
const LIMIT_MS = 60_000;
const POLL_MS = 20;

export const IS_LINUX = Deno.build.os === "linux";
export const IS_ROOT = Deno.build.os !== "windows" && Deno.uid() === 0;
/** An account without rights that every system has. */
export const NOBODY = 65_534;

/** Waits for a condition; fails with what was waited for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  limitMs = LIMIT_MS,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!await condition()) {
    if (performance.now() > endMs) throw new Error(`In vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The living processes with the text in their command line or, on Linux, their environment, this one excepted. */
export async function processesNaming(text: string): Promise<{ pid: number; argv: string }[]> {
  const all = IS_LINUX ? processesOfProc() : await processesOfPs();
  const names = (pid: number, argv: string) => argv.includes(text) || readProc(`${pid}/environ`).includes(text);
  return all.filter(({ pid, argv }) => pid !== Deno.pid && names(pid, argv));
}

function processesOfProc(): { pid: number; argv: string }[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => ({
    pid: Number(name),
    argv: readProc(`${name}/cmdline`).replaceAll("\0", " ").trim(),
  }));
}

async function processesOfPs(): Promise<{ pid: number; argv: string }[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-axww", "-o", "pid=,command="] }).output();
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const [, pid, argv] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return pid === undefined || argv === undefined ? [] : [{ pid: Number(pid), argv }];
  });
}

/** A file below /proc, or "" when the process has ended meanwhile. */
export function readProc(path: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${path}`);
  } catch {
    // Processes come and go; whoever asks sees the same in an empty text.
    return "";
  }
}

export interface ProcStat {
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  readonly terminal: number;
}

/** What the kernel says of a process; null once it is gone. */
export function procStat(pid: number): ProcStat | null {
  const [, state, parent, , session, terminal] = readProc(`${pid}/stat`).replace(/^.*\)/s, ")").split(" ");
  if (state === undefined) return null;
  return { state, parent: Number(parent), session: Number(session), terminal: Number(terminal) };
}

/** True while the process runs; a zombie does not. */
export function runs(pid: number): boolean {
  if (IS_LINUX) return !["Z", undefined].includes(procStat(pid)?.state);
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    // There is no other way to ask for a process on every system.
    return false;
  }
}

/** An address that nothing listens on and, where loopback has many, that no other test is given. */
export function freeAddress(): { hostname: string; port: number; text: string } {
  const part = () => 1 + Math.floor(Math.random() * 253);
  const hostname = IS_LINUX ? `127.${part()}.${part()}.${part()}` : "127.0.0.1";
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr;
  listener.close();
  return { hostname, port, text: `${hostname}:${port}` };
}

export async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

export async function removeAll(dir: string): Promise<void> {
  await Deno.remove(dir, { recursive: true });
}

/** Does something with each item, at most so many at a time. */
export async function inParallel<T>(
  count: number,
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const work = async () => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: count }, work));
}
