import assert from "node:assert/strict";
import { TUNNEL_SUBPROTOCOL } from "../../protocol/mod.ts";
import { createDirectClient } from "../../http/mod.ts";
import { managerAddresses } from "./addresses.ts";
import { openSocket } from "./dial.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A manager whose first message leaves in the same packet as its answer to the handshake of HTTP. */
async function speakAtOnce(listener: Deno.TcpListener, text: string): Promise<void> {
  using connection = await listener.accept();
  const buffer = new Uint8Array(8_192);
  const head = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  const key = /^sec-websocket-key: (.*)\r$/im.exec(head)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID));
  const answer = new TextEncoder().encode(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${new Uint8Array(digest).toBase64()}\r\n` +
      `Sec-WebSocket-Protocol: ${TUNNEL_SUBPROTOCOL}\r\n\r\n`,
  );
  const frame = [0x81, text.length, ...new TextEncoder().encode(text)];
  await connection.write(new Uint8Array([...answer, ...frame]));
  await connection.read(buffer); // its close frame
}

Deno.test("what the manager says at once is not lost on who waits for the socket and does something else first", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = speakAtOnce(listener, "hello");
  const [address] = managerAddresses(`ws://127.0.0.1:${listener.addr.port}`);
  assert.ok(address !== undefined);
  using client = createDirectClient({});
  const { socket, first } = await openSocket(address, client, new AbortController().signal);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await first, "hello");
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve, { once: true }));
  socket.close();
  await served;
  await closed;
});
