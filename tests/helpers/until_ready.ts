import { localClient } from "../../src/http/mod.ts";

const POLL_MS = 5;

/** Waits until the agent behind this control socket is ready; one that ends instead is a failure. */
export async function untilReady(socket: string, running: Promise<unknown>): Promise<void> {
  const client = localClient(socket);
  let ended = false;
  const end = () => void (ended = true);
  running.then(end, end);
  while (!await client.call("/readyz").then(() => true, () => false)) {
    if (ended) throw new Error(`The agent has ended before it was ready: ${await running}`);
    // Asked without a pause, a socket that is not there yet refuses so fast that nothing else gets its turn.
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
