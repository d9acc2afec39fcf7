import { strictEqual, throws } from "node:assert/strict";
import { tcpGate, trustedGate } from "./gate.ts";

const asking = (headers: Record<string, string>) => new Request("http://127.0.0.1/", { headers });
const loopback = tcpGate({ hostname: "127.0.0.1" });

Deno.test("a trusted transport gives owner access whatever the headers say", () => {
  strictEqual(trustedGate(asking({ host: "evil.example", origin: "http://evil.example" })), "owner");
});

Deno.test("a Host header must name the address, so a rebound DNS name gets nowhere", () => {
  for (const host of ["127.0.0.1:8081", "localhost:8081", "LOCALHOST", "[::1]:8081"]) {
    strictEqual(loopback(asking({ host })), "public", host);
  }
  for (const host of ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8081", "", "a b", "10.0.0.1"]) {
    throws(() => loopback(asking({ host })), { code: "forbidden" }, host);
  }
});

Deno.test("a web page of another origin is refused, the address's own is not", () => {
  strictEqual(loopback(asking({ host: "localhost:1", origin: "http://localhost:1" })), "public");
  for (const origin of ["http://evil.example", "null", "https://localhost.evil.example"]) {
    throws(() => loopback(asking({ host: "localhost:1", origin })), { code: "forbidden" }, origin);
  }
});

Deno.test("a server on all addresses may be named by any address, never by a foreign name", () => {
  const everywhere = tcpGate({ hostname: "0.0.0.0" });
  strictEqual(everywhere(asking({ host: "203.0.113.9:8081" })), "public");
  strictEqual(everywhere(asking({ host: "[2001:db8::1]:8081" })), "public");
  throws(() => everywhere(asking({ host: "evil.example:8081" })), { code: "forbidden" });
});

Deno.test("a malformed authorization header is refused, not taken for none", () => {
  for (const authorization of ["Basic dXNlcg==", "Bearer", "Bearer a b"]) {
    throws(() => loopback(asking({ host: "localhost", authorization })), { code: "unauthorized" }, authorization);
  }
});
