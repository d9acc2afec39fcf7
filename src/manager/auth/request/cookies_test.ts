import assert from "node:assert/strict";
import fc from "fast-check";
import { clearSessionCookie, sessionCookie, setSessionCookie } from "./cookies.ts";

const read = (cookie: string, isSecure: boolean) => sessionCookie(new Headers({ cookie }), isSecure);

Deno.test("the session's cookie is out of reach of scripts, other sites and, over https, plain http", () => {
  assert.equal(
    setSessionCookie("fhs_x", true, 60_000),
    "__Host-farhand_session=fhs_x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure",
  );
  assert.equal(
    setSessionCookie("fhs_x", false, 60_000),
    "farhand_session=fhs_x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict",
  );
  assert.match(clearSessionCookie(true), /^__Host-farhand_session=; Path=\/; Max-Age=0; .*Secure$/);
});

Deno.test("it is found among others", () => {
  assert.equal(read("a=b; __Host-farhand_session=fhs_x; c=d", true), "fhs_x");
  assert.equal(read("farhand_session=fhs_x", false), "fhs_x");
  assert.equal(read("farhand_session = fhs_x ;a", false), "fhs_x");
  for (const none of ["", "farhand_sessions=x", "xfarhand_session=x", "farhand_session"]) {
    assert.equal(read(none, false), null);
  }
  assert.equal(sessionCookie(new Headers(), true), null);
});

Deno.test("over https the cookie does not count that plain http could have set", () => {
  assert.equal(read("farhand_session=planted", true), null);
  assert.equal(read("farhand_session=planted; __Host-farhand_session=own", true), "own");
});

Deno.test("what was set is what is read, and no header makes reading fail", () => {
  fc.assert(fc.property(fc.stringMatching(/^fhs_[\w-]{43}$/), fc.boolean(), (secret, isSecure) => {
    const [pair = ""] = setSessionCookie(secret, isSecure, 1).split(";");
    assert.equal(read(`x=y; ${pair}`, isSecure), secret);
  }));
  fc.assert(fc.property(fc.stringMatching(/^[ -~]*$/), fc.boolean(), (header, isSecure) => {
    const found = read(header, isSecure);
    assert.ok(found === null || header.includes(found));
  }));
  assert.equal(read(`farhand_session=x; ${"a".repeat(20_000)}`, false), null);
});
