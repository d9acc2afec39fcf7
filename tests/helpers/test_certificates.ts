/** Certificates for servers in tests, made by the openssl program. */
import { join } from "node:path";

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
const EXTENSIONS = "subjectAltName=DNS:localhost,DNS:manager.test,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
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
