import { ensurePrivateDir } from "../../src/platform/mod.ts";

/** Gives a test a directory of its own, as the system makes it, and takes it away again, however the test ends. */
export async function inPlainTempDir(use: (dir: string) => Promise<void> | void): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    await use(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** The same with a directory that only we can enter, as an agent wants it. */
export function inTempDir(use: (dir: string) => Promise<void> | void): Promise<void> {
  return inPlainTempDir(async (dir) => {
    ensurePrivateDir(dir); // which it is everywhere but under Wine
    await use(dir);
  });
}
