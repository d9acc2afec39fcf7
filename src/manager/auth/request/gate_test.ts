import assert from "node:assert/strict";
import type { Admission } from "../../../http/mod.ts";
import { LOCAL_CALLER } from "../authorise.ts";
import { AddressRanges } from "./address_ranges.ts";
import { createGate } from "./gate.ts";
import { OwnNames } from "./own_names.ts";

const COOKIE = { cookie: "__Host-farhand_session=good" };
const CSRF = { "x-csrf-token": "token" };
const asked: string[] = [];
const gate = createGate({
  callers: {
    recognise(secret, proof, address) {
      asked.push(`${secret} ${proof} ${address}`);
      const isGood = secret === "good" || secret === "fht_good" || secret === "fhs_good";
      return Promise.resolve(isGood ? { ...LOCAL_CALLER, csrf: proof === "cookie" ? "token" : null, address } : null);
    },
  },
  names: new OwnNames({ origins: () => ["https://manager.example"], hostNames: () => [] }),
  trustedProxies: AddressRanges.parse(["10.0.0.1", "127.0.0.2"]),
});

async function knock(headers: Record<string, string>, method = "GET", address = "192.0.2.1"): Promise<string> {
  const request = new Request("https://manager.example/api", { method, headers });
  return ((await gate(request, { address })) as Admission).access;
}
const refused = (headers: Record<string, string>, method: string, code: string, address?: string) =>
  assert.rejects(knock(headers, method, address), { code });

Deno.test("a cookie is enough to look, and nobody is public", async () => {
  assert.equal(await knock(COOKIE), "owner");
  assert.equal(await knock(COOKIE, "HEAD"), "owner");
  assert.equal(await knock({}), "public");
  assert.equal(await knock({}, "POST"), "public");
});

Deno.test("a change by cookie needs the session's CSRF token", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    assert.equal(await knock({ ...COOKIE, ...CSRF }, method), "owner");
    await refused(COOKIE, method, "forbidden");
    await refused({ ...COOKIE, "x-csrf-token": "tokem" }, method, "forbidden");
    await refused({ ...COOKIE, "x-csrf-token": "" }, method, "forbidden");
  }
});

Deno.test("a change from another origin is refused, whoever asks", async () => {
  assert.equal(await knock({ ...COOKIE, ...CSRF, origin: "https://manager.example" }, "POST"), "owner");
  await refused({ ...COOKIE, ...CSRF, origin: "https://evil.example" }, "POST", "forbidden");
  await refused({ ...COOKIE, ...CSRF, origin: "null" }, "POST", "forbidden");
  await refused({ origin: "https://evil.example" }, "POST", "forbidden");
});

Deno.test("a cookie that opens nothing makes nobody, so that he can sign in again", async () => {
  assert.equal(await knock({ cookie: "__Host-farhand_session=old" }, "POST"), "public");
});

Deno.test("a bearer needs no CSRF token, and goes before a cookie", async () => {
  assert.equal(await knock({ authorization: "Bearer fht_good", origin: "https://evil.example" }, "POST"), "owner");
  assert.equal(await knock({ authorization: "bearer fhs_good" }, "DELETE"), "owner");
  await refused({ ...COOKIE, authorization: "Bearer fht_old" }, "GET", "unauthorized");
});

Deno.test("a bearer that is not ours is for the route to understand", async () => {
  for (const authorization of ["Bearer worker-secret", "Bearer fhj_good", "Basic eDp5", "fht_good", "Bearer"]) {
    assert.equal(await knock({ authorization }, "POST"), "public", authorization);
  }
});

Deno.test("from this machine itself the Host header must name it, but for a bearer and a trusted proxy", async () => {
  const rebound = { host: "evil.example" };
  for (const address of ["127.0.0.1", "::1"]) {
    await refused(rebound, "GET", "forbidden", address);
    assert.equal(await knock({ host: "localhost:1" }, "GET", address), "public");
    assert.equal(await knock({ ...rebound, authorization: "Bearer fht_good" }, "GET", address), "owner");
  }
  assert.equal(await knock(rebound, "GET", "127.0.0.2"), "public");
  assert.equal(await knock(rebound, "GET", "192.0.2.1"), "public");
});

Deno.test("the caller's address is the one behind the trusted proxies", async () => {
  asked.length = 0;
  await knock({ ...COOKIE, "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" }, "GET", "10.0.0.1");
  await knock({ ...COOKIE, "x-forwarded-for": "203.0.113.9" }, "GET", "10.0.0.2");
  assert.deepEqual(asked, ["good cookie 203.0.113.9", "good cookie 10.0.0.2"]);
});
