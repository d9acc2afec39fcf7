import { AppError } from "../../core/mod.ts";
import { fileError } from "../../platform/mod.ts";

/** As much as a config file may have; whatever is larger was named by mistake. */
const MAX_BYTES = 1024 * 1024;

/** The text of a file, or of stdin for `-`. */
export async function readInput(file: string): Promise<string> {
  if (file === "-") return await textOf(Deno.stdin.readable, "stdin");
  try {
    const handle = await Deno.open(file);
    return await textOf(handle.readable, file); // which closes it
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      const remedy = `to add a process by its command: agent process add ${file} -- /usr/bin/program`;
      throw new AppError("not_found", `There is no file "${file}"; ${remedy}`, { cause: error });
    }
    throw error instanceof AppError ? error : fileError("read the processes", file, error);
  }
}

/** Bounded, and refused where it is no text. */
export async function textOf(stream: ReadableStream<Uint8Array>, name: string): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [text, bytes] = ["", 0];
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new AppError("invalid_input", `Cannot read ${name}: it has more than 1 MiB`);
    text += decoded(decoder, chunk, name);
  }
  return text + decoded(decoder, null, name);
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | null, name: string): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk as Uint8Array<ArrayBuffer>, { stream: true });
  } catch (cause) {
    throw new AppError("invalid_input", `Cannot read ${name}: it is not text in UTF-8`, { cause });
  }
}
