/** For tests only: a check's options, and servers on this host that answer, or do not. */
import { join } from "node:path";
import { Duration } from "../../../core/mod.ts";
import type { WatchOptions } from "./options.ts";

export function watchOptions(more: Partial<WatchOptions>): WatchOptions {
  return {
    name: "check",
    type: "http",
    target: "",
    interval: new Duration(60_000),
    timeout: new Duration(5_000),
    status: [],
    body: "",
    headers_file: "",
    method: "GET",
    insecure: false,
    expect: [],
    record: "A",
    server: "",
    ...more,
  };
}

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

export interface TestCertificates {
  readonly ca: string;
  readonly key: string;
  /** For localhost and 127.0.0.1, good for twenty days. */
  readonly good: string;
  /** The same, from January 2024. */
  readonly expired: string;
}

const CA_CONFIG = `[ca]
default_ca = test
[test]
database = index
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
[any]
commonName = supplied
`;
const EXTENSIONS = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** Makes certificates with the openssl program; null where there is none. */
export async function testCertificates(dir: string): Promise<TestCertificates | null> {
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: dir, stdin: "null" }).output();
    if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
  };
  try {
    await openssl("version");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const write = (name: string, text: string) => Deno.writeTextFile(join(dir, name), text);
  await Promise.all([
    write("ca.cnf", CA_CONFIG),
    write("ext", EXTENSIONS),
    write("index", ""),
    write("serial", "01\n"),
  ]);
  await openssl("req", "-x509", ...NEW_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=test");
  await openssl("req", ...NEW_KEY, "-keyout", "key.pem", "-out", "leaf.csr", "-subj", "/CN=localhost");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext"];
  await openssl("x509", "-req", "-in", "leaf.csr", ...signed, "-days", "20", "-out", "good.pem");
  const past = ["-startdate", "20240101000000Z", "-enddate", "20240201000000Z", "-extfile", "ext", "-notext"];
  const authority = ["-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key"];
  await openssl("ca", ...authority, "-in", "leaf.csr", ...past, "-out", "expired.pem");
  const read = (name: string) => Deno.readTextFile(join(dir, name));
  return {
    ca: await read("ca.pem"),
    key: await read("key.pem"),
    good: await read("good.pem"),
    expired: await read("expired.pem"),
  };
}
