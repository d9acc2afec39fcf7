/** The page of a host's terminals. */
import type { Page } from "playwright-core";
import { until } from "../host.ts";

/** What a terminal shows, and whoever types into it. */
export class Shown {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** A carriage return is the return key, as an escape is its own. */
  async type(text: string): Promise<void> {
    // deno-lint-ignore no-control-regex
    for (const part of text.split(/([\r\x1b])/)) {
      if (part === "\r") await this.#page.keyboard.press("Enter");
      else if (part === "\x1b") await this.#page.keyboard.press("Escape");
      else await this.#page.keyboard.insertText(part);
    }
  }

  async text(): Promise<string> {
    const rows = await this.#page.locator(".xterm-rows > div").allTextContents();
    return rows.map((row) => row.replaceAll("\u00a0", " ").trimEnd()).join("\n");
  }

  /** Waits until a line that is no command matches; gives its first group. */
  async matches(pattern: RegExp): Promise<string> {
    let found = "";
    let text = "";
    await until(
      async () => {
        text = await this.text();
        const lines = text.split("\n").filter((line) => !/^[#$] /.test(line));
        found = lines.flatMap((line) => pattern.exec(line) ?? []).at(-1) ?? "";
        return found !== "";
      },
      `the terminal shows ${pattern}`,
      30_000,
    ).catch((error) => {
      throw new Error(`${error.message}; it shows:\n${text}`);
    });
    return found;
  }
}

/** A new terminal on the host whose page is open. */
export async function openTerminal(page: Page): Promise<Shown> {
  await page.getByRole("button", { name: "Open a terminal" }).click();
  // On a telephone there is no room for the word, which is there all the same.
  await page.getByText("Connected", { exact: true }).waitFor({ state: "attached" });
  await page.locator(".xterm-helper-textarea").focus();
  const shown = new Shown(page);
  await until(async () => (await shown.text()).trim() !== "", "the shell says something");
  return shown;
}
