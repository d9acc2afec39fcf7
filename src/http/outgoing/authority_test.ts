import assert from "node:assert/strict";
import { AppError } from "../../core/mod.ts";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { testCertificates } from "../../../tests/helpers/test_certificates.ts";
import { authorityOf, certificatesIn, isSameFingerprint } from "./authority.ts";

Deno.test("certificates are recognised by the fingerprint that openssl tells", () =>
  inTempDir(async (dir) => {
    const made = await testCertificates(dir);
    if (made === null) return console.log("skipped: there is no openssl program");
    const args = ["x509", "-in", `${dir}/ca.pem`, "-noout", "-fingerprint", "-sha256"];
    const { stdout } = await new Deno.Command("openssl", { args }).output();
    const told = new TextDecoder().decode(stdout).split("=")[1]?.trim() ?? "";
    const found = certificatesIn(`some words\n${made.good}${made.ca}`);
    assert.equal(found.length, 2);
    const [leaf, ca] = found;
    assert.ok(ca !== undefined && leaf !== undefined);
    assert.ok(isSameFingerprint(told, ca.fingerprint), told);
    assert.ok(isSameFingerprint(`sha256:${ca.fingerprint.toUpperCase()}`, ca.fingerprint));
    assert.equal(isSameFingerprint(told, leaf.fingerprint), false);
    assert.equal(ca.pem.trim(), made.ca.trim());
  }));

Deno.test("what is no fingerprint is the same as nothing", () => {
  for (const text of ["", "sha256:", "ab", "zz".repeat(32)]) assert.equal(isSameFingerprint(text, text), false);
});

Deno.test("what is no certificate is refused", () => {
  for (const text of ["", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"]) {
    assert.throws(() => authorityOf(text), (error) => error instanceof AppError && error.code === "invalid_input");
  }
});
