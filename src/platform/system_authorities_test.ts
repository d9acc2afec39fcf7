import assert from "node:assert/strict";
import { join } from "node:path";
import { inPlainTempDir } from "../../tests/helpers/temp_dir.ts";
import { systemAuthorities } from "./system_authorities.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

Deno.test("a runtime that asks the system by itself needs no file", async () => {
  for (const version of ["2.9.0", "2.10.1", "3.0.0"]) assert.equal(await systemAuthorities(version, {}), null, version);
});

Deno.test("an older one is given the file that the environment names, if that has certificates", () =>
  inPlainTempDir(async (dir) => {
    const [good, bad] = [join(dir, "good.pem"), join(dir, "bad.pem")];
    await Deno.writeTextFile(good, PEM);
    await Deno.writeTextFile(bad, "nothing of the kind");
    assert.equal(await systemAuthorities("2.6.10", { SSL_CERT_FILE: good }), PEM);
    assert.notEqual(await systemAuthorities("2.6.10", { SSL_CERT_FILE: bad }), "nothing of the kind");
    assert.notEqual(await systemAuthorities("2.6.10", { SSL_CERT_FILE: dir }), PEM);
  }));
