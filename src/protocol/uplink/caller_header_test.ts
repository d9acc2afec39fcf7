import assert from "node:assert/strict";
import fc from "fast-check";
import { oneLine } from "../../core/mod.ts";
import { CALLER_HEADER, callerIn, MAX_CALLER_LENGTH, setCaller, UNNAMED_CALLER } from "./caller_header.ts";

/** Any code units, half characters and control characters among them, and more of them than are kept. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.array(fc.nat(0xffff), { maxLength: 2_000 }).map((units) => String.fromCharCode(...units)),
  fc.string({ minLength: 900, maxLength: 1_000 }).map((text) => text.replaceAll(/./gu, "\u{1f600}")),
);

function written(name: string): Headers {
  const headers = new Headers();
  setCaller(headers, name);
  return headers;
}

Deno.test("a caller's name reaches a host as it is, whatever its alphabet", () => {
  for (const name of ["ada", "token:ada/deploy", "Zoë", "Ελένη", "李雷", "a%20b", "100 %", "😀", "local"]) {
    const headers = written(name);
    assert.equal(callerIn(headers), name);
    assert.match(headers.get(CALLER_HEADER) ?? "", /^[\x21-\x7e]+$/);
  }
});

Deno.test("any text makes a header that HTTP carries, and a name on one line that is not too long", () => {
  fc.assert(fc.property(anyText, (name) => {
    const headers = written(name);
    assert.match(headers.get(CALLER_HEADER) ?? "", /^[\x21-\x7e]{0,1800}$/);
    const read = callerIn(headers);
    assert.equal(read, oneLine(name, MAX_CALLER_LENGTH).toWellFormed() || UNNAMED_CALLER);
    assert.equal(callerIn(written(read)), read);
  }));
});

Deno.test("whatever stands in the header, a host reads a name that is fit for a log", () => {
  const value = fc.oneof(
    fc.string({ maxLength: 2_000 }),
    anyText.map((text) => encodeURIComponent(text.toWellFormed())),
    fc.array(fc.nat(0xff), { maxLength: 50 }).map((bytes) =>
      bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
    ),
  );
  fc.assert(fc.property(value, (text) => {
    const read = callerIn(new Headers({ [CALLER_HEADER]: text }));
    assert.ok(read.length > 0 && read.length <= MAX_CALLER_LENGTH);
    assert.ok(read.isWellFormed());
    assert.doesNotMatch(read, /\p{Cc}|[\u2028-\u202e\u2066-\u2069]/u);
  }));
});

Deno.test("a caller without a name, or with one that cannot be read, is the manager itself", () => {
  assert.equal(callerIn(new Headers()), "manager");
  for (const value of ["", "%20%0a", "%E0%A4%A", "%", "%ff"]) {
    assert.equal(callerIn(new Headers({ [CALLER_HEADER]: value })), "manager", value);
  }
});
