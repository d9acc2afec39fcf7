import assert from "node:assert/strict";
import type { LiveMessage } from "../../protocol/mod.ts";
import { type LinkSocket, LiveLink } from "./live_link.ts";

class FakeSocket implements LinkSocket {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly sent: unknown[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.onopen?.(new Event("open"));
  }

  tell(message: unknown): void {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  lose(code = 1006): void {
    this.onclose?.(new CloseEvent("close", { code }));
  }
}

const SUBSCRIPTION = { type: "subscribe", hosts: "all" } as const;
/** Pauses are halved and made random by this; so short that no test waits. */
const SOON = -0.999;

function linkOf(options: { readonly fails?: () => boolean; readonly random?: number } = {}) {
  const sockets: FakeSocket[] = [];
  const messages: LiveMessage[] = [];
  let unauthorized = 0;
  const link = new LiveLink({
    open: () => {
      if (options.fails?.() === true) return Promise.reject(new Error("no ticket"));
      const socket = new FakeSocket();
      sockets.push(socket);
      return Promise.resolve(socket);
    },
    onMessage: (message) => messages.push(message),
    onUnauthorized: () => unauthorized++,
    random: () => options.random ?? SOON,
  });
  return { link, sockets, messages, state: () => link.connection.peek().state, unauthorized: () => unauthorized };
}

async function until(condition: () => boolean): Promise<void> {
  const limit = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > limit) throw new Error("it did not happen");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("what is wanted is asked for when it opens, and again after it was lost", async () => {
  const { link, sockets, messages, state } = linkOf();
  link.subscribe(SUBSCRIPTION);
  link.start();
  await until(() => sockets.length === 1);
  assert.equal(state(), "connecting");
  sockets[0]?.open();
  assert.deepEqual([state(), sockets[0]?.sent], ["live", [SUBSCRIPTION]]);
  sockets[0]?.tell({ type: "changes", hosts: [], removed: ["a"] });
  assert.equal(messages.length, 1);
  sockets[0]?.lose();
  assert.equal(state(), "lost");
  await until(() => sockets.length === 2);
  assert.equal(state(), "lost");
  sockets[1]?.open();
  assert.deepEqual([state(), sockets[1]?.sent], ["live", [SUBSCRIPTION]]);
  link.stop();
});

Deno.test("a socket that was given up says nothing any more", async () => {
  const { link, sockets, messages, state } = linkOf();
  link.start();
  await until(() => sockets.length === 1);
  sockets[0]?.open();
  sockets[0]?.lose();
  sockets[0]?.tell({ type: "changes", hosts: [], removed: [] });
  sockets[0]?.lose();
  await until(() => sockets.length === 2);
  sockets[1]?.open();
  sockets[0]?.lose();
  assert.deepEqual([messages.length, state(), sockets.length], [0, "live", 2]);
  link.stop();
  assert.equal(sockets[1]?.isClosed, true);
});

Deno.test("where no ticket is to be had it is tried again, with growing pauses of random length", async () => {
  let tries = 0;
  const { link, state } = linkOf({ fails: () => ++tries < 4 });
  link.start();
  await until(() => tries === 4);
  assert.equal(state(), "lost");
  link.stop();
  const slow = linkOf({ fails: () => true, random: 1 });
  slow.link.start();
  await until(() => slow.state() === "lost");
  const { retryMs = 0 } = slow.link.connection.peek();
  assert.ok(retryMs > Date.now() + 500 && retryMs <= Date.now() + 1_000);
  slow.link.retryNow();
  await until(() => (slow.link.connection.peek().retryMs ?? 0) > retryMs + 500);
  slow.link.stop();
});

Deno.test("the end of the session ends the trying", async () => {
  const { link, sockets, state, unauthorized } = linkOf();
  link.start();
  await until(() => sockets.length === 1);
  sockets[0]?.open();
  sockets[0]?.lose(4001);
  assert.deepEqual([state(), unauthorized(), sockets.length], ["connecting", 1, 1]);
  link.start();
  await until(() => sockets.length === 2);
  link.stop();
});

Deno.test("a ticket that comes after the stop opens nothing", async () => {
  const late = Promise.withResolvers<LinkSocket>();
  const link = new LiveLink({ open: () => late.promise, onMessage: () => {}, onUnauthorized: () => {} });
  link.start();
  link.stop();
  const socket = new FakeSocket();
  late.resolve(socket);
  await until(() => socket.isClosed);
  assert.equal(socket.onopen, null);
});
