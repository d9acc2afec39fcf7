/** Whatever a page does that it must not do: errors, refusals by its policy, requests to anybody but the manager. */
import type { BrowserContext, Page } from "playwright-core";

/** The browser's own line for each answer of 400 and above; what the page makes of those is what tests look at. */
const ANSWER = /^Failed to load resource: the server responded with a status of/;
/** The network is what some tests take away. */
const NETWORK = /net::ERR_|WebSocket connection to .* failed|WebSocket is closed before/;

export class PageWatch {
  readonly #origin: string;
  readonly #faults: string[] = [];

  constructor(context: BrowserContext, origin: string) {
    this.#origin = origin;
    context.on("page", (page) => this.#watch(page));
    context.on("request", (request) => this.#look(request.url()));
  }

  /** What has been seen since the last time. */
  take(): string[] {
    return this.#faults.splice(0);
  }

  #watch(page: Page): void {
    page.on("pageerror", (error) => this.#faults.push(`error: ${error.stack ?? error.message}`));
    page.on("crash", () => this.#faults.push("the page has crashed"));
    page.on("dialog", (dialog) => {
      if (dialog.type() !== "beforeunload") this.#faults.push(`a script asks: ${dialog.message()}`);
      dialog.accept().catch(() => {/* the page is gone with it */});
    });
    page.on("websocket", (socket) => this.#look(socket.url().replace(/^ws/, "http")));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() !== "error" && message.type() !== "warning") return;
      if (ANSWER.test(text) || NETWORK.test(text)) return;
      this.#faults.push(`console ${message.type()}: ${text} ${message.location().url}`);
    });
  }

  #look(url: string): void {
    const { origin, protocol } = new URL(url);
    if (protocol === "data:" || protocol === "blob:" || protocol === "about:") return;
    if (origin !== this.#origin) this.#faults.push(`a request to ${url}`);
  }
}
