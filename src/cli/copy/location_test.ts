import assert from "node:assert/strict";
import fc from "fast-check";
import { isPlainName, joinRemote, lastName, parseLocation } from "./location.ts";

const remote = (host: string, path: string) => ({ kind: "remote", host, path });
const local = (path: string) => ({ kind: "local", path });

for (
  const [text, onPosix, onWindows] of [
    ["web-1:/etc/hosts", remote("web-1", "/etc/hosts"), remote("web-1", "/etc/hosts")],
    ["win-1:C:\\x", remote("win-1", "C:\\x"), remote("win-1", "C:\\x")],
    ["web-1:", remote("web-1", ""), remote("web-1", "")],
    ["C:\\x", remote("C", "\\x"), local("C:\\x")],
    ["c:x", remote("c", "x"), local("c:x")],
    ["./a:b", local("./a:b"), local("./a:b")],
    ["/a:b", local("/a:b"), local("/a:b")],
    [".\\a:b", local(".\\a:b"), local(".\\a:b")],
    ["file", local("file"), local("file")],
    ["-", { kind: "standard" }, { kind: "standard" }],
  ] as const
) {
  Deno.test(`${text} is ${onPosix.kind}, and on Windows ${onWindows.kind}`, () => {
    assert.deepEqual(parseLocation(text, { isWindows: false }), onPosix);
    assert.deepEqual(parseLocation(text, { isWindows: true }), onWindows);
  });
}

Deno.test("an empty word and an empty host are errors, and nothing else is", () => {
  for (const text of ["", ":/x"]) {
    assert.throws(() => parseLocation(text, { isWindows: false }), { code: "invalid_input" });
  }
  fc.assert(fc.property(fc.string({ minLength: 1 }).filter((text) => !text.startsWith(":")), (text) => {
    const found = parseLocation(text, { isWindows: false });
    assert.ok(found.kind !== "remote" || `${found.host}:${found.path}` === text);
  }));
});

Deno.test("last names and joined paths are those of either system", () => {
  assert.deepEqual(["/a/b", "C:\\a\\b", "C:b", "b", "/", "C:\\", "a/"].map(lastName), ["b", "b", "b", "b", "", "", ""]);
  assert.equal(joinRemote("/a", "b"), "/a/b");
  assert.equal(joinRemote("/", "b"), "/b");
  assert.equal(joinRemote("C:\\a", "b"), "C:\\a\\b");
  assert.equal(joinRemote("C:\\", "b"), "C:\\b");
});

Deno.test("no name that leads elsewhere is taken from another machine", () => {
  for (const name of ["", ".", "..", "a/b", "/etc", "a\0", "\ud800"]) {
    assert.equal(isPlainName(name, { isWindows: false }), false, JSON.stringify(name));
  }
  for (const name of ["..\\x", "C:x", "a:stream", "NUL", "con.txt", "x.", "x ", "a\nb", "a|b"]) {
    assert.deepEqual(
      [isPlainName(name, { isWindows: false }), isPlainName(name, { isWindows: true })],
      [true, false],
      name,
    );
  }
  assert.equal(isPlainName("größe.txt", { isWindows: true }), true);
});
