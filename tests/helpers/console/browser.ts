/** Debian's Chromium, as the tests of the console use it. */
import { type Browser, chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/**
 * No sandbox, for tests run as root; no shared memory, which containers have little of; no 3D, so that a terminal's text
 * is text in the page and not pixels.
 */
const ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-3d-apis"];

/** Null where there is none. */
export const CHROMIUM: string | null = PATHS.find(isThere) ?? null;
/** Said of what is skipped. */
export const NO_CHROMIUM = `there is no Chromium (${PATHS.join(", ")}): apt-get install chromium`;

export interface BrowserChoice {
  /** With what a person has, instead of what makes tests simple. */
  readonly has3d?: boolean;
}

export async function openBrowser({ has3d = false }: BrowserChoice = {}): Promise<Browser> {
  if (CHROMIUM === null) throw new Error(NO_CHROMIUM);
  const args = has3d ? ARGS.filter((each) => each !== "--disable-3d-apis") : ARGS;
  return await chromium.launch({ executablePath: CHROMIUM, args });
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    // Whatever is wrong with it, it cannot be used.
    return false;
  }
}
