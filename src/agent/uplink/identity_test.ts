import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inTempDir } from "../../../tests/helpers/temp_dir.ts";
import { Identity } from "./identity.ts";

const ENROLMENT = { hostId: "h-1", managerId: "m-1", name: "web-1" };

/** Whether the manager would take that signature from that key. */
async function verifies(publicKey: string, signature: string, text: string): Promise<boolean> {
  const raw = Uint8Array.fromBase64(publicKey, { alphabet: "base64url" });
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  const bytes = Uint8Array.fromBase64(signature, { alphabet: "base64url" });
  return await crypto.subtle.verify("Ed25519", key, bytes, new TextEncoder().encode(text));
}

Deno.test("an identity is made once, is private, and signs the same after a new start", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "identity.json");
    assert.equal(await Identity.load(path), null);
    const made = await Identity.create(path);
    assert.match(made.publicKey, /^[\w-]{43}$/);
    assert.match(await made.sign("x"), /^[\w-]{86}$/);
    assert.equal(made.enrolment, null);
    await made.enrol(ENROLMENT);
    assert.deepEqual(made.enrolment, ENROLMENT);
    const loaded = await Identity.load(path);
    assert.deepEqual([loaded?.publicKey, loaded?.enrolment], [made.publicKey, ENROLMENT]);
    assert.ok(await verifies(made.publicKey, await loaded?.sign("text") ?? "", "text"));
    assert.ok(!await verifies(made.publicKey, await made.sign("text"), "other"));
    if (Deno.build.os !== "windows") assert.equal((await Deno.stat(path)).mode ?? 0 & 0o777, 0o100600);
    assert.equal(loaded?.isExposed, false);
    assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["identity.json"]);
  }));

Deno.test("a damaged identity is an error that names the file, and is left as it is", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "identity.json");
    const made = await Identity.create(path);
    await made.enrol(ENROLMENT);
    const good = JSON.parse(Deno.readTextFileSync(path));
    const other = await Identity.create(join(dir, "other.json"));
    const bad = [
      "",
      "{",
      "null",
      "[]",
      JSON.stringify({ ...good, version: 2 }),
      JSON.stringify({ ...good, privateKey: "AAAA" }),
      JSON.stringify({ ...good, publicKey: other.publicKey }),
      JSON.stringify({ ...good, enrolment: { hostId: "" } }),
      JSON.stringify({ ...good, enrolment: undefined }),
      "x".repeat(100_000),
    ];
    for (const text of bad) {
      Deno.writeTextFileSync(path, text);
      await assert.rejects(
        Identity.load(path),
        { code: "invalid_config", message: /identity\.json: .*move it away/ },
        text,
      );
      assert.equal(Deno.readTextFileSync(path), text);
    }
  }));

/** Whether a text has eight characters in a row of the secret half of a key in PKCS #8. */
function tells(text: string, privateKey: string): boolean {
  const secret = privateKey.slice(22);
  return Array.from(secret, (_, at) => secret.slice(at, at + 8)).some((part) =>
    part.length === 8 && text.includes(part)
  );
}

Deno.test("property: no damage to the file makes another identity of it, and no error tells the key", () =>
  inTempDir(async (dir) => {
    const path = join(dir, "identity.json");
    const { publicKey } = await Identity.create(path);
    const text = Deno.readTextFileSync(path);
    const secret = JSON.parse(text).privateKey;
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(30), fc.string({ maxLength: 5 }), async (at, length, junk) => {
        Deno.writeTextFileSync(path, text.slice(0, at) + junk + text.slice(at + length));
        try {
          assert.equal((await Identity.load(path))?.publicKey, publicKey);
        } catch (error) {
          assert.ok(error instanceof Error && !tells(error.message, secret), String(error));
        }
      }),
      { numRuns: 200 },
    );
  }));
