import { ensurePrivateDir } from "../../src/platform/mod.ts";

/** Gives a test a directory of its own and takes it away again, however the test ends. */
export async function inTempDir(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    ensurePrivateDir(dir); // which it is everywhere but under Wine
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
