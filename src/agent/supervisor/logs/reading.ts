import { AppError, messageOf } from "../../../core/mod.ts";

/** Fills the buffer from there on as far as the file goes. */
export async function readFileAt(file: Deno.FsFile, at: number, into: Uint8Array): Promise<Uint8Array> {
  file.seekSync(at, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < into.length) {
    const count = await file.read(into.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return into.subarray(0, filled);
}

/** The content of an open gzip file, which it closes at the end. */
export async function* unpackFile(file: Deno.FsFile): AsyncGenerator<Uint8Array, void> {
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw new AppError("unavailable", `Cannot unpack a rotated log file: ${messageOf(error)}`, { cause: error });
  }
}
