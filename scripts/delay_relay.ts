/** A way that takes its time, as one through the world does: what comes in goes out so much later, in both directions. */
import { pause } from "./process_use.ts";

export interface DelayRelay extends AsyncDisposable {
  readonly port: number;
}

/** Lengthens each round trip to a port of this machine. Of what is under way it keeps all, which those who talk bound. */
export function delayRelay(port: number, roundTripMs: number): DelayRelay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = accept(listener, port, roundTripMs / 2);
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
    },
  };
}

async function accept(listener: Deno.TcpListener, port: number, delayMs: number): Promise<void> {
  const pairs: Promise<unknown>[] = [];
  for await (const near of listener) {
    const far = await Deno.connect({ hostname: "127.0.0.1", port });
    pairs.push(pass(near, far, delayMs), pass(far, near, delayMs));
  }
  await Promise.all(pairs);
}

async function pass(from: Deno.TcpConn, to: Deno.TcpConn, delayMs: number): Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  const writer = to.writable.getWriter();
  try {
    for await (const bytes of from.readable) {
      const before = last;
      last = pause(delayMs / 1_000).then(() => before).then(() => writer.write(bytes));
      last.catch(() => {}); // told by the next one, or at the end
    }
    await last;
    await writer.close();
  } catch {
    await writer.abort().catch(() => {}); // one end has gone, which the other is told so
  }
}
