/** Debian's Chromium, as the tests of the console use it. */
import { type Browser, chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** No sandbox, for tests run as root; no shared memory, which containers have little of. */
const ARGS = ["--no-sandbox", "--disable-dev-shm-usage"];

/** Null where there is none. */
export const CHROMIUM: string | null = PATHS.find(isThere) ?? null;
/** Said of what is skipped. */
export const NO_CHROMIUM = `there is no Chromium (${PATHS.join(", ")}): apt-get install chromium`;

export async function openBrowser(): Promise<Browser> {
  if (CHROMIUM === null) throw new Error(NO_CHROMIUM);
  return await chromium.launch({ executablePath: CHROMIUM, args: [...ARGS] });
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    // Whatever is wrong with it, it cannot be used.
    return false;
  }
}
