import { strictEqual, throws } from "node:assert/strict";
import { Secret } from "../core/mod.ts";
import { bearerGate, tcpGate, trustedGate } from "./gate.ts";

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

Deno.test("a page of another port on the same host is another origin", () => {
  strictEqual(loopback(asking({ host: "localhost:8081", origin: "http://localhost:8081" })), "public");
  for (const origin of ["http://localhost:3000", "http://localhost", "http://127.0.0.1:8081", "file://"]) {
    throws(() => loopback(asking({ host: "localhost:8081", origin })), { code: "forbidden" }, origin);
  }
});

Deno.test("the address may be written as one likes, in the config as in the request", () => {
  for (const hostname of ["Web-1.Example", "web-1.example"]) {
    strictEqual(tcpGate({ hostname })(asking({ host: "WEB-1.example:80" })), "public", hostname);
  }
  for (const hostname of ["0:0:0:0:0:0:0:2", "::2"]) {
    strictEqual(tcpGate({ hostname })(asking({ host: "[::2]:80" })), "public", hostname);
  }
  strictEqual(tcpGate({ hostname: "0:0::0" })(asking({ host: "10.1.2.3" })), "public");
});

Deno.test("the right token makes an owner; a wrong one is refused, also where there is none", () => {
  const gate = tcpGate({ hostname: "127.0.0.1", token: new Secret("0123456789abcdef") });
  strictEqual(gate(asking({ host: "localhost", authorization: "Bearer 0123456789abcdef" })), "owner");
  strictEqual(gate(asking({ host: "localhost" })), "public");
  const wrong = asking({ host: "localhost", authorization: "Bearer 0123456789abcdeF" });
  throws(() => gate(wrong), { code: "unauthorized" });
  throws(() => loopback(wrong), { code: "unauthorized" });
});

Deno.test("whoever sends the token may call the host by any name", () => {
  const gate = tcpGate({ hostname: "0.0.0.0", token: new Secret("0123456789abcdef") });
  strictEqual(gate(asking({ host: "web-1.example:8081", authorization: "Bearer 0123456789abcdef" })), "owner");
  throws(() => gate(asking({ host: "web-1.example:8081" })), { code: "forbidden" });
});

Deno.test("HTTP/2, which has no Host header, names the address in the URL", () => {
  strictEqual(loopback(new Request("http://127.0.0.1:8081/readyz")), "public");
  throws(() => loopback(new Request("http://evil.example:8081/readyz")), { code: "forbidden" });
});

Deno.test("an address for one thing lets in whoever bears its token, and everybody where there is none", () => {
  const closed = bearerGate(new Secret("0123456789abcdef"));
  strictEqual(closed(asking({ host: "any.example", authorization: "Bearer 0123456789abcdef" })), "owner");
  strictEqual(closed(asking({ host: "any.example" })), "public");
  throws(() => closed(asking({ authorization: "Bearer 0123456789abcdee" })), { code: "unauthorized" });
  strictEqual(bearerGate(undefined)(asking({ host: "any.example" })), "owner");
});
