import assert from "node:assert/strict";
import fc from "fast-check";
import { type LogSource, MAX_SOURCES, queryOf, shortNames, sourcesOf } from "./log_source.ts";

const of = (text: string) => sourcesOf(new URLSearchParams(text));

Deno.test("an address names processes of one host, a file of it, or sources of several hosts", () => {
  assert.deepEqual(of("host=web-1&process=app"), [{ host: "web-1", process: "app", file: "" }]);
  assert.deepEqual(of("host=web-1&process=app,%20db&file=stderr"), [
    { host: "web-1", process: "app", file: "stderr" },
    { host: "web-1", process: "db", file: "stderr" },
  ]);
  assert.deepEqual(of("host=w&path=/var/log/syslog"), [{ host: "w", process: "", file: "/var/log/syslog" }]);
  assert.deepEqual(of("from=a/x,b/y/stdout"), [
    { host: "a", process: "x", file: "" },
    { host: "b", process: "y", file: "stdout" },
  ]);
});

Deno.test("an address that makes no sense asks for nothing", () => {
  for (const text of ["", "host=a", "process=x", "from=a", "from=%25ZZ/x", "from=/x", "from=a/b/c/d"]) {
    assert.deepEqual(of(text), [], text);
  }
  assert.equal(of(`from=${Array.from({ length: 99 }, (_, index) => `h/p${index}`).join(",")}`).length, MAX_SOURCES);
});

Deno.test("whatever the sources are, their address asks for just these", () => {
  const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() === text && text.isWellFormed());
  const source: fc.Arbitrary<LogSource> = fc.oneof(
    fc.record({ host: name, process: name, file: fc.oneof(fc.constant(""), name) }),
    fc.record({ host: name, process: fc.constant(""), file: name }),
  );
  const sources = fc.uniqueArray(source, { maxLength: 6, selector: (each) => JSON.stringify(each) });
  fc.assert(fc.property(sources, (given) => {
    const text = new URLSearchParams(queryOf(given)).toString();
    assert.deepEqual(sourcesOf(new URLSearchParams(text)), given.map((each) => ({ ...each })));
  }));
});

Deno.test("short names tell no more than what differs", () => {
  const source = (host: string, process: string, file = "") => ({ host, process, file });
  assert.deepEqual(shortNames([source("a", "x")]), ["x"]);
  assert.deepEqual(shortNames([source("a", "x"), source("a", "y")]), ["x", "y"]);
  assert.deepEqual(shortNames([source("a", "x"), source("b", "x")]), ["a", "b"]);
  assert.deepEqual(shortNames([source("a", "x"), source("b", "y")]), ["a x", "b y"]);
  assert.deepEqual(shortNames([source("a", "x", "stdout"), source("a", "x", "stderr")]), ["x stdout", "x stderr"]);
  assert.deepEqual(shortNames([source("a", "", "/var/log/x")]), ["/var/log/x"]);
});
