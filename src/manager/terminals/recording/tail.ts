/** What is left of a recording whose manager did not end it. */
export interface Remains {
  readonly sizeBytes: number;
  /** Of the last event. */
  readonly durationMs: number;
}

/** The longest event: a whole frame of control characters, each of which JSON spells with six letters. */
const MAX_LINE_BYTES = 512 * 1024;
const NEWLINE = 10;

/** Takes a line that was written by half off the end of a file; gives what is left. */
export async function mend(path: string): Promise<Remains> {
  using file = await Deno.open(path, { read: true, write: true });
  const { size } = await file.stat();
  const tail = await lastBytes(file, size);
  const whole = tail.lastIndexOf(NEWLINE) + 1;
  const sizeBytes = size - (tail.length - whole);
  if (sizeBytes < size) await file.truncate(sizeBytes);
  return { sizeBytes, durationMs: timeOfLast(tail.subarray(0, whole)) };
}

/** The first line of a file, or null where there is no whole one. */
export async function firstLine(path: string): Promise<string | null> {
  using file = await Deno.open(path, { read: true });
  const bytes = new Uint8Array(MAX_LINE_BYTES);
  const length = await fill(file, bytes);
  const end = bytes.subarray(0, length).indexOf(NEWLINE);
  return end === -1 ? null : new TextDecoder().decode(bytes.subarray(0, end));
}

async function lastBytes(file: Deno.FsFile, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(size, 2 * MAX_LINE_BYTES));
  await file.seek(size - bytes.length, Deno.SeekMode.Start);
  return bytes.subarray(0, await fill(file, bytes));
}

async function fill(file: Deno.FsFile, bytes: Uint8Array): Promise<number> {
  let length = 0;
  while (length < bytes.length) {
    const read = await file.read(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return length;
}

/** 0 for a recording without events. */
function timeOfLast(lines: Uint8Array): number {
  const start = lines.subarray(0, -1).lastIndexOf(NEWLINE) + 1;
  const seconds = Number(/^\[(\d+(?:\.\d+)?),/.exec(new TextDecoder().decode(lines.subarray(start)))?.[1] ?? 0);
  return Math.round(seconds * 1_000);
}
