import type { LogSearchPort, LogSearchRequest } from "../../src/manager/api/mod.ts";
import type { FleetSearchLine } from "../../src/protocol/mod.ts";

/** A search that finds what it is told to; it ends after that, unless it is told to go on. */
export class FakeLogSearch implements LogSearchPort {
  readonly asked: LogSearchRequest[] = [];
  readonly found: FleetSearchLine[] = [];
  /** Searches that have begun and not ended. */
  running = 0;
  goesOn = false;

  async *search(request: LogSearchRequest, signal: AbortSignal): AsyncGenerator<FleetSearchLine, void> {
    this.asked.push(request);
    this.running++;
    try {
      for (const line of this.found) yield line;
      if (this.goesOn) {
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
      }
      const { length: hosts } = request.hosts;
      yield { type: "end", matches: this.found.length, scannedBytes: 0, files: 0, hosts, states: { done: hosts } };
    } finally {
      this.running--;
    }
  }
}
