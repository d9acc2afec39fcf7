/**
 * The other process of `bench:terminal`: a host with terminals, which are reached through tunnels over WebSockets as a
 * manager reaches them. It prints its port and ends with its standard input.
 */
import { terminalRoutes, Terminals } from "../src/agent/terminal/mod.ts";
import { loadConfig } from "../src/config/mod.ts";
import { systemClock } from "../src/core/mod.ts";
import { buildApp } from "../src/http/mod.ts";
import { createLogger } from "../src/log/mod.ts";
import { pathsUnder } from "../src/platform/mod.ts";
import { TUNNEL_SUBPROTOCOL } from "../src/protocol/mod.ts";
import { createSession, webSocketTransport } from "../src/tunnel/mod.ts";
import { memoryNow } from "./tunnel_loads.ts";

const [shell = ""] = Deno.args;
const set = [`terminal.shell=${shell}`, "terminal.max_per_user=64"];
const { config } = await loadConfig({
  file: null,
  fileRequired: false,
  env: {},
  flags: { set },
  defaults: pathsUnder("/nowhere"),
});
const log = createLogger({ level: "error", sinks: [], clock: systemClock });
const terminals = new Terminals({ config: config.terminal, clock: systemClock, log });
const component = terminals.component([]);
const gate = () => ({ access: "owner", caller: "the manager" }) as const;
const app = buildApp({ title: "bench", version: "1", routes: terminalRoutes(terminals), gate, log });
const sockets = new Set<WebSocket>();

await component.start(new AbortController().signal);
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
  if (new URL(request.url).pathname === "/memory") {
    return Response.json({ ...memoryNow(), threads: [...Deno.readDirSync("/proc/self/task")].length });
  }
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol: TUNNEL_SUBPROTOCOL, idleTimeout: 0 });
  socket.addEventListener("open", () => {
    sockets.add(socket);
    createSession(webSocketTransport(socket), { role: "server", serve: (request) => app.fetch(request) });
  });
  socket.addEventListener("close", () => sockets.delete(socket));
  return response;
});
console.log(server.addr.port);
for await (const _ of Deno.stdin.readable);
await component.stop(AbortSignal.timeout(5_000));
for (const socket of sockets) socket.close();
await server.shutdown();
