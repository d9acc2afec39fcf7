import { main } from "./src/cli/mod.ts";

const encoder = new TextEncoder();

Deno.exit(
  await main({
    args: Deno.args,
    env: Deno.env.toObject(),
    terminal: {
      stdout: (text) => write(Deno.stdout, text),
      stderr: (text) => write(Deno.stderr, text),
      isTerminal: Deno.stdout.isTerminal(),
    },
  }),
);

function write(stream: typeof Deno.stdout, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error; // the reader, such as head, has seen enough
  }
}
