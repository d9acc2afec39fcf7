import type { ConsoleAssets } from "./console_files.ts";

/**
 * What scripts/console.ts has made, when the program runs from its sources: looked at anew whenever it was made again.
 * In the executable scripts/bundle.ts puts another module in the place of this one, which has the map within.
 */
export async function loadAssets(): Promise<ConsoleAssets | null> {
  const file = new URL("../../../dist/console/assets.js", import.meta.url);
  try {
    const { mtime } = await Deno.stat(file);
    const { ASSETS }: { ASSETS: ConsoleAssets } = await import(`${file.href}?${mtime?.getTime() ?? 0}`);
    return ASSETS;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
