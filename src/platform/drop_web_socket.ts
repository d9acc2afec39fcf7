/**
 * Lets go of a WebSocket at once, whatever its peer does. `close` only asks the peer to: one that never answers keeps the
 * socket, and a server that has asked ten thousand such peers has none left for others. The runtime has no call for
 * that; what it does itself when a peer leaves its pings unanswered is done here, as far as this version lets us.
 *
 * False where it cannot be done; the socket then stays until the peer or the system gives it up.
 */
export function dropWebSocket(socket: WebSocket): boolean {
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === "[[rid]]");
  const resource: unknown = symbol === undefined ? undefined : Reflect.get(socket, symbol);
  const close = closerOfRuntime();
  if (typeof resource !== "number" || close === null) return false;
  try {
    close(resource);
    return true;
  } catch {
    return false; // another version of the runtime means something else by it
  }
}

type Closer = (resource: number) => void;

function closerOfRuntime(): Closer | null {
  const internal: unknown = Reflect.get(Deno, "internal");
  const inner = typeof internal === "symbol" ? memberOf(Deno, internal) : undefined;
  const core = memberOf(inner, "core");
  const tryClose = memberOf(core, "tryClose");
  return typeof tryClose === "function" ? (resource) => void Reflect.apply(tryClose, core, [resource]) : null;
}

function memberOf(owner: unknown, name: PropertyKey): unknown {
  return typeof owner === "object" && owner !== null ? Reflect.get(owner, name) : undefined;
}
