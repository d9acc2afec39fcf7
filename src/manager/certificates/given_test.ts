import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { givenCertificate } from "./given.ts";
import { pemBlocks } from "./pem.ts";

const DAY_MS = 86_400_000;
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** A root, an authority below it and a server below that, made by openssl; null where there is no such program. */
async function madeBy(dir: string) {
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: dir, stdin: "null" }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
  try {
    await openssl("version");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: there is no openssl program here");
    return null;
  }
  await Deno.writeTextFile(join(dir, "ca"), "basicConstraints=critical,CA:TRUE\n");
  await Deno.writeTextFile(join(dir, "leaf"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n");
  await openssl("req", "-x509", ...NEW_KEY, "-keyout", "root.key", "-out", "root.pem", "-days", "99", "-subj", "/CN=r");
  const issue = async (name: string, by: string, extensions: string, key = NEW_KEY) => {
    await openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const signed = ["-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-CAcreateserial", "-extfile", extensions];
    await openssl("x509", "-req", "-in", `${name}.csr`, ...signed, "-days", "20", "-out", `${name}.pem`);
  };
  await issue("middle", "root", "ca");
  await issue("server", "middle", "leaf");
  await issue("rsa", "middle", "leaf", ["-newkey", "rsa:2048", "-nodes"]);
  await openssl("ec", "-in", "server.key", "-out", "sec1.key");
  await openssl("rsa", "-in", "rsa.key", "-traditional", "-out", "pkcs1.key");
  await openssl("ec", "-in", "server.key", "-aes128", "-passout", "pass:secret", "-out", "locked.key");
  const file = (name: string) => join(dir, name);
  const join2 = async (name: string, ...parts: string[]) => {
    await Deno.writeTextFile(
      file(name),
      (await Promise.all(parts.map((part) => Deno.readTextFile(file(part))))).join(""),
    );
  };
  await join2("chain", "server.pem", "middle.pem", "root.pem");
  await join2("rsa_chain", "rsa.pem", "middle.pem");
  await join2("unordered", "server.pem", "root.pem", "middle.pem");
  await join2("reversed", "middle.pem", "server.pem");
  await Deno.writeTextFile(file("text"), "hello");
  await Deno.writeTextFile(file("cut"), "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  return (cert: string, key: string, nowMs = Date.now()) =>
    givenCertificate({ certFile: file(cert), keyFile: file(key) }, nowMs);
}

Deno.test("a certificate with its chain is taken with a key in any usual form", () =>
  inTempDir(async (dir) => {
    const given = await madeBy(dir);
    if (given === null) return;
    for (const key of ["server.key", "sec1.key"]) {
      const { identity, authority } = await given("chain", key);
      assert.deepEqual([pemBlocks(identity.cert).length, authority], [3, null]);
      const server = Deno.serve(
        { port: 0, hostname: "127.0.0.1", ...identity, onListen() {} },
        () => new Response("in"),
      );
      using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(join(dir, "root.pem"))] });
      assert.equal(await (await fetch(`https://localhost:${server.addr.port}`, { client })).text(), "in");
      await server.shutdown();
    }
    for (const key of ["rsa.key", "pkcs1.key"]) await given("rsa_chain", key);
    await given("server.pem", "server.key"); // whoever knows the authority in the middle can follow it
  }));

Deno.test("one that nobody would accept is refused, and the message says which file is wrong and why", () =>
  inTempDir(async (dir) => {
    const given = await madeBy(dir);
    if (given === null) return;
    const cases: readonly (readonly [cert: string, key: string, message: RegExp, nowMs?: number])[] = [
      ["absent", "server.key", /^Cannot use tls\.cert_file: Cannot read .*absent: /],
      ["chain", "absent", /^Cannot use tls\.key_file: Cannot read .*absent: /],
      ["text", "server.key", /^Cannot use tls\.cert_file .*text: there is no certificate in it; name a PEM file/],
      ["cut", "server.key", /certificate 1 in it cannot be read: It is damaged/],
      ["chain", "text", /^Cannot use tls\.key_file .*text: .*; name an unencrypted PEM file/],
      ["chain", "locked.key", /^Cannot use tls\.key_file .*locked\.key: it is protected by a password/],
      ["chain", "middle.key", /^Cannot use tls\.key_file .*middle\.key: it is not the key of the first certificate/],
      ["reversed", "server.key", /the server's own certificate must come first/],
      ["middle.pem", "middle.key", /its first certificate is an authority's; put the server's own first/],
      ["unordered", "server.key", /certificate 1 was not signed by certificate 2; order the chain/],
      ["chain", "server.key", /the certificate ended on 20\d\d-\d\d-\d\d; renew it/, Date.now() + 21 * DAY_MS],
      ["chain", "server.key", /the certificate begins on .* only; check this machine's clock/, Date.now() - DAY_MS],
    ];
    for (const [cert, key, message, nowMs] of cases) {
      await assert.rejects(given(cert, key, nowMs), { code: "invalid_config", message }, `${cert} ${key}`);
    }
  }));
