import assert from "node:assert/strict";
import fc from "fast-check";
import { shownTarget, type WatchParts, watchProblem } from "./watch_target.ts";

type Type = WatchParts["type"];

const NOTHING_MORE = {
  status: [],
  body: "",
  headers_file: "",
  method: "GET",
  insecure: false,
  expect: [],
  server: "",
} as const;

const problem = (type: Type, target: string, more: Partial<WatchParts> = {}) =>
  watchProblem({ ...NOTHING_MORE, type, target, ...more });

Deno.test("good targets of each type have no problem", () => {
  const good: Record<Type, string[]> = {
    tcp: ["db:5432", "10.0.0.1:22", "[::1]:22", "my_db.example.com:1"],
    http: ["http://localhost", "https://u:p@192.0.2.1:8443/a?b=c", "http://[::1]:80/"],
    icmp: ["10.0.0.1", "::1", "fe80::1%eth0", "example.com", "host-1."],
    dns: ["example.com", "_sip._tcp.example.com", "example.com."],
  };
  for (const [type, targets] of Object.entries(good)) {
    for (const target of targets) assert.equal(problem(type as Type, target), null, `${type} ${target}`);
  }
});

Deno.test("bad targets of each type say what they must be", () => {
  const bad: Record<Type, string[]> = {
    tcp: ["db", "db:", ":5432", "db:0", "db:70000", "::1:22", "http://db:1", "a b:1", "300.1.1.1:80"],
    http: ["example.com", "ftp://example.com", "https://", "http://a:0/", "http://a:99999/"],
    icmp: ["10.0.0.1:80", "http://x", "256.0.0.1", "", "-x", "a..b"],
    dns: ["10.0.0.1", "a b", "", "x".repeat(64)],
  };
  for (const [type, targets] of Object.entries(bad)) {
    for (const target of targets) assert.match(problem(type as Type, target) ?? "", /^target must be /, target);
  }
});

Deno.test("options that cannot work, or belong to another type, are problems", () => {
  const web = "http://localhost/";
  assert.equal(problem("http", web, { body: "(" }), "body must be a regular expression");
  assert.equal(problem("http", web, { body: "x", method: "HEAD" }), "body cannot match: an answer to HEAD has none");
  assert.equal(problem("tcp", "db:1", { body: "x" }), "body is for checks of type http only");
  assert.equal(problem("icmp", "db", { insecure: true }), "insecure is for checks of type http only");
  assert.equal(problem("http", web, { expect: ["1"] }), "expect is for checks of type dns only");
  assert.equal(problem("http", web, { server: "::1" }), "server is for checks of type dns only");
  for (const server of ["192.0.2.53", "192.0.2.53:5353", "::1", "[::1]:53"]) {
    assert.equal(problem("dns", "example.com", { server }), null, server);
  }
  for (const server of ["dns.example.com", "192.0.2.53:0", "nothing at all"]) {
    assert.match(problem("dns", "example.com", { server }) ?? "", /^server must be an address/, server);
  }
});

Deno.test("what is shown of a target has no user, no password and no query", () => {
  const shown = (type: Type, target: string) => shownTarget({ ...NOTHING_MORE, type, target });
  assert.equal(
    shown("http", "https://user:pa%20ss@192.0.2.1:8443/health?token=secret#x"),
    "https://192.0.2.1:8443/health",
  );
  assert.equal(shown("http", "https://example.com"), "https://example.com/");
  assert.equal(shown("tcp", "user:secret@db:5432"), "db:5432");
  assert.equal(shown("dns", "example.com"), "example.com");
});

Deno.test("property: whatever the target, no problem repeats it and nothing throws", () => {
  const type = fc.constantFrom<Type>("tcp", "http", "icmp", "dns");
  fc.assert(fc.property(type, fc.string({ minLength: 1 }), (type, junk) => {
    const target = `secret${junk}`;
    const found = problem(type, target);
    assert.ok(found === null || !found.includes("secret"));
    assert.equal(typeof shownTarget({ ...NOTHING_MORE, type, target }), "string");
  }));
});
