import assert from "node:assert/strict";
import { basicAuthorization, isLoopbackHost, serverOf } from "./web_address.ts";

Deno.test("a URL names a server, by its port or the usual one", () => {
  assert.deepEqual(serverOf(new URL("http://a/")), { host: "a", port: 80 });
  assert.deepEqual(serverOf(new URL("https://u:p@[::1]/x")), { host: "::1", port: 443 });
  assert.deepEqual(serverOf(new URL("https://a:8443/")), { host: "a", port: 8443 });
});

Deno.test("names and addresses of this host alone are loopback ones", () => {
  for (const host of ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.9.8.7", "::1", "[::1]"]) {
    assert.equal(isLoopbackHost(host), true, host);
  }
  for (const host of ["localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "::", ""]) {
    assert.equal(isLoopbackHost(host), false, host);
  }
});

Deno.test("user and password become a header, whatever characters they have", () => {
  const url = new URL("http://a/");
  assert.equal(basicAuthorization(url), null);
  const basic = (
    text: string,
  ) => ["Authorization", `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`];
  [url.username, url.password] = ["us", "p%3Aä"];
  assert.deepEqual(basicAuthorization(url), basic("us:p:ä"));
  url.password = "100%";
  assert.deepEqual(basicAuthorization(url), basic("us:100%"));
});
