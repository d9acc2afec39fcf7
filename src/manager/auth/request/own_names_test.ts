import assert from "node:assert/strict";
import { OwnNames } from "./own_names.ts";

const names = new OwnNames({ origins: () => ["https://manager.example:8443", "no address"], hostNames: () => ["Box"] });
const asking = (url: string, headers: Record<string, string>) => ({ url, headers: new Headers(headers) });

function origin(given: string, host: string, isSecure = true): boolean {
  const request = asking(`${isSecure ? "https" : "http"}://x/`, { origin: given, host });
  try {
    names.checkOrigin(request, { address: "", isSecure });
    return true;
  } catch (error) {
    assert.equal((error as { code?: string }).code, "forbidden");
    return false;
  }
}

Deno.test("pages of the manager's own origins, and of the address that is asked, are its own", () => {
  assert.equal(origin("https://manager.example:8443", "10.0.0.1:8443"), true);
  assert.equal(origin("https://box:8443", "box:8443"), true);
  assert.equal(origin("https://box", "box:443"), true);
  assert.equal(origin("http://box:8080", "box:8080", false), true);
});

Deno.test("all other pages are not", () => {
  for (
    const other of ["https://evil.example", "https://manager.example", "null", "", "file://", "https://box:1", "data:x"]
  ) {
    assert.equal(origin(other, "box:8443"), false, other);
  }
  assert.equal(origin("null", "null"), false);
});

Deno.test("a page by http is no page of a manager by https; the other way round a proxy may have ended TLS", () => {
  assert.equal(origin("http://box:8443", "box:8443", true), false);
  assert.equal(origin("https://box", "box", false), true);
  assert.equal(origin("ftp://box", "box", false), false);
});

Deno.test("programs send no origin", () => {
  names.checkOrigin(asking("https://x/", { host: "x" }), { address: "", isSecure: true });
});

Deno.test("on this machine the Host header must be a name of it, so a rebound name gets nowhere", () => {
  const own = [
    "localhost:1",
    "LOCALHOST",
    "app.localhost",
    "127.0.0.1:1",
    "[::1]:1",
    "10.1.2.3",
    "manager.example",
    "BOX:1",
  ];
  for (const host of own) names.checkHost(asking("http://x/", { host }));
  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "a b", "xbox"]) {
    assert.throws(() => names.checkHost(asking("http://localhost/", { host })), { code: "forbidden" }, host);
  }
  names.checkHost(asking("http://localhost/", {}));
  assert.throws(() => names.checkHost(asking("http://evil.example/", {})), { code: "forbidden" });
});
