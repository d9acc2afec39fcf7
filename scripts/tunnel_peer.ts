/**
 * The other process of `bench:tunnel`: one handler, offered by plain HTTP and through tunnels. It prints its port and
 * ends with its standard input. `/plain` takes WebSockets that are no tunnels, to tell what those cost by themselves.
 */
import { TUNNEL_SUBPROTOCOL } from "../src/protocol/mod.ts";
import { createSession, webSocketTransport } from "../src/tunnel/mod.ts";
import { memoryNow } from "./tunnel_loads.ts";

/** Sent again and again, so that making it is not measured. */
const CHUNK = new Uint8Array(64 * 1024);

function bytesBody(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (chunk.length > 0) controller.enqueue(chunk);
      if (left === 0) controller.close();
    },
  });
}

async function handle(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/echo") return Response.json({ got: await request.text() });
  if (pathname === "/bytes") return new Response(bytesBody(Number(searchParams.get("n"))));
  if (pathname === "/memory") return Response.json(memoryNow());
  let bytes = 0;
  for await (const chunk of request.body ?? []) bytes += chunk.length;
  return Response.json({ bytes });
}

const sockets = new Set<WebSocket>();

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
  const { pathname } = new URL(request.url);
  if (pathname !== "/tunnel" && pathname !== "/plain") return handle(request);
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol: TUNNEL_SUBPROTOCOL, idleTimeout: 0 });
  socket.addEventListener("open", () => {
    sockets.add(socket);
    if (pathname === "/tunnel") createSession(webSocketTransport(socket), { role: "server", serve: handle });
  });
  socket.addEventListener("close", () => sockets.delete(socket));
  return response;
});
console.log(server.addr.port);
for await (const _ of Deno.stdin.readable);
for (const socket of sockets) socket.close();
await server.shutdown();
