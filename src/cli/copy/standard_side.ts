import { AppError } from "../../core/mod.ts";
import { fileFailure } from "../../platform/mod.ts";
import type { Sink, Source } from "./contract.ts";

/** Standard input: its length is not known, and it cannot be read again. */
export function standardInput(input: ReadableStream<Uint8Array> = Deno.stdin.readable): Source {
  let isTaken = false;
  return {
    sizeBytes: null,
    open() {
      if (isTaken) {
        const message = "Standard input cannot be read again, so the copy cannot go on; put it into a file first";
        return Promise.reject(new AppError("unsupported", message));
      }
      isTaken = true;
      return Promise.resolve(input);
    },
    digest: () => Promise.resolve(null),
  };
}

/** Standard output: what was written is with its reader. */
export function standardOutput(output: Pick<typeof Deno.stdout, "write"> = Deno.stdout): Sink {
  let written = 0;
  return {
    received: () => Promise.resolve(written),
    async *earlier() {},
    async write(_offset, content) {
      for await (const chunk of content) {
        for (let at = 0; at < chunk.length;) at += await writeSome(output, chunk.subarray(at));
        written += chunk.length;
      }
    },
    finish: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
  };
}

async function writeSome(output: Pick<typeof Deno.stdout, "write">, bytes: Uint8Array): Promise<number> {
  try {
    return await output.write(bytes);
  } catch (error) {
    throw fileFailure("write to standard output", error);
  }
}
