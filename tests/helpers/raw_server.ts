/** Servers on this host that answer what they are told, or do not. */

export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has accepted. */
  accepted(): number;
}

/** Accepts connections, reads the first bytes and answers what it is given; with null it never says anything. */
export function rawServer(answer: string | null): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  let accepted = 0;
  const serve = async (conn: Deno.TcpConn) => {
    await conn.read(new Uint8Array(4096));
    if (answer === null) return;
    await conn.write(new TextEncoder().encode(answer));
    conn.close();
  };
  const accepting = (async () => {
    for await (const conn of listener) {
      accepted++;
      open.push(conn);
      serve(conn).catch(() => {}); // the other side may leave at any time
    }
  })();
  return {
    port: listener.addr.port,
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const conn of open) {
        try {
          conn.close();
        } catch {
          // It was answered, and closed then.
        }
      }
    },
  };
}

/** A port on which nobody listens: it was given to us a moment ago, and is not given anew so soon. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
