import assert from "node:assert/strict";
import fc from "fast-check";
import { crumbsOf, isWithin, joinPath, nameOf, nameProblem, parentOf, partsOf, rootOf } from "./host_path.ts";

Deno.test("paths of both kinds of systems are put together and taken apart", () => {
  assert.equal(joinPath("/", "etc"), "/etc");
  assert.equal(joinPath("/etc", "hosts"), "/etc/hosts");
  assert.equal(joinPath("C:\\", "x"), "C:\\x");
  assert.equal(joinPath("C:\\x", "y"), "C:\\x\\y");
  assert.equal(joinPath("\\\\nas\\share", "y"), "\\\\nas\\share\\y");
  assert.equal(parentOf("/etc/hosts"), "/etc");
  assert.equal(parentOf("/etc"), "/");
  assert.equal(parentOf("/"), null);
  assert.equal(parentOf("C:\\x"), "C:\\");
  assert.equal(parentOf("C:\\"), null);
  assert.equal(nameOf("/var/log/a b.txt"), "a b.txt");
  assert.equal(nameOf("/"), "/");
});

Deno.test("a backslash is a character of a name on Linux", () => {
  assert.equal(joinPath("/a", "b\\c"), "/a/b\\c");
  assert.deepEqual(partsOf("/a/b\\c"), ["a", "b\\c"]);
});

Deno.test("a path is within a root by its parts, not by its letters", () => {
  assert.ok(isWithin("/var/log/x", "/var/log"));
  assert.ok(isWithin("/var/log", "/var/log"));
  assert.ok(!isWithin("/var/logs", "/var/log"));
  assert.ok(isWithin("c:\\Data\\x", "C:\\data"));
  assert.ok(!isWithin("D:\\data\\x", "C:\\data"));
  assert.equal(rootOf("/var/log/x", ["/", "/var/log", "/var"]), "/var/log");
  assert.equal(rootOf("/etc", ["/var"]), null);
});

Deno.test("the way down from the root", () => {
  assert.deepEqual(crumbsOf("/var/log/a/b", "/var/log"), [
    { name: "/var/log", path: "/var/log" },
    { name: "a", path: "/var/log/a" },
    { name: "b", path: "/var/log/a/b" },
  ]);
  assert.deepEqual(crumbsOf("C:\\x", "C:\\").map(({ path }) => path), ["C:\\", "C:\\x"]);
});

Deno.test("names that cannot be, or should not be made, are told", () => {
  assert.equal(nameProblem("", "/"), "empty");
  assert.equal(nameProblem("a/b", "/"), "separator");
  assert.equal(nameProblem("a\\b", "/"), null);
  assert.equal(nameProblem("a:b", "C:\\"), "separator");
  assert.equal(nameProblem("..", "/"), "dots");
  assert.equal(nameProblem("a\nb", "/"), "control");
  assert.equal(nameProblem("ä".repeat(128), "/"), "long");
  assert.equal(nameProblem("ok.txt", "/"), null);
});

Deno.test("what is put together is taken apart again", () => {
  const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => nameProblem(text, "C:\\") === null);
  fc.assert(
    fc.property(fc.constantFrom("/", "/srv", "C:\\", "C:\\data"), fc.array(name, { maxLength: 5 }), (root, names) => {
      const path = names.reduce(joinPath, root);
      assert.ok(isWithin(path, root));
      assert.deepEqual(crumbsOf(path, root).map((crumb) => crumb.name), [root, ...names]);
      const last = names.at(-1);
      if (last !== undefined) assert.equal(joinPath(parentOf(path) ?? "", last), path);
    }),
  );
});
