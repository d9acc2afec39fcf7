import type { Gunzip } from "node:zlib";
import { AppError, messageOf } from "../../../core/mod.ts";

const PACKED_BYTES = 8 * 1024;
const UNPACKED_BYTES = 256 * 1024;

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

/** The content of an open gzip file, which it closes at the end, in chunks of bounded size however well it was packed. */
export async function* unpackFile(file: Deno.FsFile): AsyncGenerator<Uint8Array, void> {
  // The runtime's DecompressionStream knows neither files of several parts, as `cat` makes them, nor a bound.
  const { createGunzip } = await import("node:zlib").catch((error) => {
    file.close();
    throw error;
  });
  const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  const feeding = feed(file, gunzip);
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    throw new AppError("unavailable", `Cannot unpack a rotated log file: ${messageOf(error)}`, { cause: error });
  } finally {
    gunzip.destroy();
    file.close();
    await feeding;
  }
}

/** Never rejects: what goes wrong ends the reading of what was unpacked. */
async function feed(file: Deno.FsFile, gunzip: Gunzip): Promise<void> {
  try {
    for (;;) {
      const buffer = new Uint8Array(PACKED_BYTES);
      const count = await file.read(buffer);
      if (gunzip.destroyed) return;
      if (count === null) return void gunzip.end();
      const { promise, resolve } = Promise.withResolvers<void>();
      gunzip.once("close", resolve);
      gunzip.write(buffer.subarray(0, count), () => resolve());
      await promise;
      gunzip.off("close", resolve);
    }
  } catch (error) {
    // The file was closed because nobody reads on; or it cannot be read, which whoever reads on is told.
    gunzip.destroy(error instanceof Error ? error : new Error(messageOf(error)));
  }
}
