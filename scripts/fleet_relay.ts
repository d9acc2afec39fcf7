/** Between simulated hosts and the manager, so that connections can be cut as a network does: in the middle, unasked. */
import { pause } from "./process_use.ts";

export interface RelayOptions {
  readonly hostname: string;
  readonly port: number;
  /** With what probability each connection is cut in each second. */
  readonly loss: number;
  readonly random: () => number;
}

interface Pair {
  readonly ends: readonly Deno.Conn[];
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #listener: Deno.TcpListener;
  readonly #pairs = new Set<Pair>();
  #isOpen = true;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    void this.#accept();
    void this.#cutSome();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  close(): void {
    this.#isOpen = false;
    this.#listener.close();
    for (const pair of this.#pairs) this.#cut(pair);
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) void this.#join(near);
    } catch (error) {
      if (this.#isOpen) throw error;
    }
  }

  async #join(near: Deno.TcpConn): Promise<void> {
    const { hostname, port } = this.#options;
    try {
      const far = await Deno.connect({ hostname, port });
      const pair = { ends: [near, far] };
      this.#pairs.add(pair);
      await Promise.all([near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)])
        .catch(() => {}); // one end has closed or was cut, which the other is told now
      this.#cut(pair);
    } catch {
      closeQuietly(near); // the manager is not there; the host sees that the connection is not either
    }
  }

  async #cutSome(): Promise<void> {
    while (this.#isOpen) {
      await pause(1);
      for (const pair of this.#pairs) if (this.#options.random() < this.#options.loss) this.#cut(pair);
    }
  }

  #cut(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const end of pair.ends) closeQuietly(end);
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It has closed by itself.
  }
}
