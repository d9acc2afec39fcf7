import { untilAborted } from "../../core/mod.ts";
import { type ByteStream, closeQuietly } from "./byte_stream.ts";
import type { ServerAddress } from "./web_address.ts";

/** A connection that is closed by whoever asked for it. */
export async function connectTcp({ host, port }: ServerAddress, signal: AbortSignal): Promise<Deno.TcpConn> {
  // The runtime does not always heed the signal while it resolves the name.
  const connecting = Deno.connect({ hostname: host, port, signal });
  const conn = await untilAborted(connecting, signal, (late) => late.close());
  if (!isItself(conn)) return conn;
  conn.close();
  throw new Deno.errors.ConnectionRefused("connection refused");
}

/**
 * When nobody listens on a port of this host that is also one of those given to clients, a connection may be given that
 * very port for its own end, and then it has met itself.
 */
function isItself({ localAddr, remoteAddr }: Deno.TcpConn): boolean {
  return localAddr.port === remoteAddr.port && localAddr.hostname === remoteAddr.hostname;
}

export interface TlsOptions {
  /** Authorities to trust besides the system's, in PEM; for tests. */
  readonly caCerts?: readonly string[];
}

/** TLS over a connection, with a certificate that this host trusts. The connection is the result's, or is closed. */
export async function startTls(
  conn: Deno.TcpConn,
  host: string,
  signal: AbortSignal,
  { caCerts = [] }: TlsOptions,
): Promise<ByteStream> {
  return await closedOnFailure(conn, signal, async () => {
    const options = { hostname: host, caCerts: [...caCerts], alpnProtocols: ["http/1.1"] };
    const tls = await Deno.startTls(conn, options);
    return await closedOnFailure(tls, signal, async () => {
      await tls.handshake();
      return tls;
    });
  });
}

/** Closing is also what stops a handshake at which the other side says nothing. */
async function closedOnFailure<T>(stream: ByteStream, signal: AbortSignal, open: () => Promise<T>): Promise<T> {
  const close = () => closeQuietly(stream);
  signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    return await open();
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}
