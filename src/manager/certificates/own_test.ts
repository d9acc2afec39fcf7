import assert from "node:assert/strict";
import { join } from "node:path";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { isPrivate } from "../../platform/mod.ts";
import type { NamesInUse } from "./contract.ts";
import { fingerprintOf, ownCertificate } from "./own.ts";
import { pemBlocks } from "./pem.ts";
import { readCertificate } from "./read.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
const NAMES: NamesInUse = {
  needed: ["web-1", "localhost", "127.0.0.1", "::1", "manager.example.com"],
  besides: ["fd00::1:2"],
};

async function certificateIn(dir: string, more: { names?: NamesInUse; nowMs?: number } = {}) {
  const { log, records } = recordingLog();
  const made = await ownCertificate({ dir: join(dir, "tls"), names: NAMES, nowMs: NOW_MS, log, ...more });
  const [leaf, authority] = pemBlocks(made.identity.cert).map(({ bytes }) => readCertificate(bytes));
  assert.ok(leaf !== undefined && authority !== undefined);
  return { ...made, leaf, root: authority, logged: records.map(({ msg, fields }) => [msg, fields.reason]) };
}

/** What the openssl program prints; null where there is none. */
async function openssl(dir: string, ...args: string[]): Promise<{ ok: boolean; text: string } | null> {
  try {
    const { success, stdout, stderr } = await new Deno.Command("openssl", { args, cwd: dir, stdin: "null" }).output();
    return { ok: success, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

Deno.test("openssl finds nothing wrong with the certificate, strictly, and reads what was meant", () =>
  inTempDir(async (dir) => {
    const { identity, authority, leaf } = await certificateIn(dir);
    await Deno.writeTextFile(join(dir, "server.pem"), identity.cert);
    await Deno.writeTextFile(join(dir, "ca.pem"), authority?.pem ?? "");
    const strict = ["verify", "-x509_strict", "-check_ss_sig", "-purpose", "sslserver"];
    for (const name of [["-verify_hostname", "manager.example.com"], ["-verify_ip", "fd00::1:2"]]) {
      const verified = await openssl(dir, ...strict, ...name, "-CAfile", "ca.pem", "server.pem");
      if (verified === null) return console.log("skipped: there is no openssl program here");
      assert.ok(verified.ok, verified.text);
    }
    const text = async (file: string) => (await openssl(dir, "x509", "-in", file, "-noout", "-text"))?.text ?? "";
    const server = await text("server.pem");
    assert.match(server, /Subject: O ?= ?Farhand, CN ?= ?web-1/);
    assert.match(
      server,
      /DNS:web-1, DNS:localhost, DNS:manager\.example\.com, IP Address:127\.0\.0\.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FD00:0:0:0:0:0:1:2/,
    );
    assert.match(server, /Key Usage: critical\s+Digital Signature\s+X509v3 Extended Key Usage:\s+TLS Web Server/);
    assert.match(server, /ASN1 OID: prime256v1/);
    assert.match(await text("ca.pem"), /CA:TRUE, pathlen:0[^]*Certificate Sign, CRL Sign/);
    const shown = await openssl(dir, "x509", "-in", "ca.pem", "-noout", "-fingerprint", "-sha256");
    const digits = (shown?.text.split("=")[1] ?? "").trim().replaceAll(":", "").toLowerCase();
    assert.equal(authority?.fingerprint, `sha256:${digits}`);
    const dates = await openssl(dir, "x509", "-in", "server.pem", "-noout", "-enddate");
    assert.equal(Date.parse(dates?.text.split("=")[1] ?? ""), leaf.toMs);
  }));

Deno.test("the runtime's own client accepts it by the authority alone, for its names and no others", () =>
  inTempDir(async (dir) => {
    const { identity, authority } = await certificateIn(dir);
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", ...identity, onListen() {} }, () => new Response("in"));
    using client = Deno.createHttpClient({ caCerts: [authority?.pem ?? ""] });
    const { port } = server.addr;
    for (const host of ["localhost", "127.0.0.1"]) {
      assert.equal(await (await fetch(`https://${host}:${port}/`, { client })).text(), "in");
    }
    using stranger = Deno.createHttpClient({});
    await assert.rejects(fetch(`https://localhost:${port}/`, { client: stranger }));
    await server.shutdown();
  }));

Deno.test("it is found again as it was, in files that are the owner's alone", () =>
  inTempDir(async (dir) => {
    const first = await certificateIn(dir);
    assert.deepEqual(first.logged.map(([msg]) => msg), ["own authority made", "own certificate made"]);
    const again = await certificateIn(dir);
    assert.deepEqual([again.identity, again.authority, again.logged], [first.identity, first.authority, []]);
    for (const file of ["tls", "tls/authority.pem", "tls/server.pem"]) assert.ok(isPrivate(join(dir, file)), file);
  }));

Deno.test("it is renewed a month before its end and when a name is missing, always by the same authority", () =>
  inTempDir(async (dir) => {
    const first = await certificateIn(dir);
    const still = await certificateIn(dir, { nowMs: NOW_MS + 334 * DAY_MS });
    assert.equal(still.identity.cert, first.identity.cert);
    const renewed = await certificateIn(dir, { nowMs: NOW_MS + 336 * DAY_MS });
    assert.deepEqual(renewed.logged, [["own certificate made", "it ends soon"]]);
    assert.equal(renewed.toMs - NOW_MS > 700 * DAY_MS, true);
    const named = await certificateIn(dir, { names: { needed: ["other"], besides: [] } });
    assert.deepEqual(named.logged, [["own certificate made", "it is of the future"]]);
    const more = await certificateIn(dir, { names: { needed: ["other", "10.1.2.3"], besides: ["::2"] } });
    assert.deepEqual(more.logged, [["own certificate made", "it lacks 10.1.2.3"]]);
    const fewer = await certificateIn(dir, { names: { needed: ["OTHER"], besides: ["::3"] } });
    assert.deepEqual(fewer.logged, []);
    for (const one of [renewed, more]) assert.deepEqual(one.authority, first.authority);
  }));

Deno.test("in the last year of the authority no certificate outlives it, and the log says what to do", () =>
  inTempDir(async (dir) => {
    const { root } = await certificateIn(dir);
    assert.equal(Math.round((root.toMs - NOW_MS) / DAY_MS / 365.25), 10);
    const last = await certificateIn(dir, { nowMs: root.toMs - 100 * DAY_MS });
    assert.equal(last.toMs, root.toMs);
    assert.match(String(last.logged[0]), /own authority ends soon/);
  }));

Deno.test("a damaged certificate is made anew; a damaged authority is never replaced by itself", () =>
  inTempDir(async (dir) => {
    const first = await certificateIn(dir);
    await Deno.writeTextFile(join(dir, "tls/server.pem"), "nothing");
    const again = await certificateIn(dir);
    assert.deepEqual(again.logged.map(([msg]) => msg), [
      "own certificate cannot be used and is made anew",
      "own certificate made",
    ]);
    assert.deepEqual(again.authority, first.authority);
    const server = await Deno.readTextFile(join(dir, "tls/server.pem"));
    const authority = await Deno.readTextFile(join(dir, "tls/authority.pem"));
    const KEY = /-----BEGIN PRIVATE KEY[^]*/;
    const foreignKey = authority.replace(KEY, server.match(KEY)?.[0] ?? "");
    for (const damaged of ["", authority.slice(0, 300), foreignKey, server]) {
      await Deno.writeTextFile(join(dir, "tls/authority.pem"), damaged);
      await assert.rejects(certificateIn(dir), { message: /authority\.pem: Its? .*; put it back from a backup/ });
      assert.equal(await Deno.readTextFile(join(dir, "tls/authority.pem")), damaged);
    }
  }));

Deno.test("another authority's certificate is made anew", () =>
  inTempDir(async (dir) => {
    await certificateIn(dir);
    await Deno.remove(join(dir, "tls/authority.pem"));
    const { logged, leaf, root } = await certificateIn(dir);
    assert.deepEqual(logged.at(-1), ["own certificate made", "another authority has signed it"]);
    assert.deepEqual(leaf.issuer, root.subject);
  }));

Deno.test("a fingerprint is what sha256sum says of the bytes", async () => {
  const of = await fingerprintOf(new TextEncoder().encode("abc"));
  assert.equal(of, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
