import assert from "node:assert/strict";
import fc from "fast-check";
import { AppError } from "./errors.ts";
import { HostSelector } from "./host_selector.ts";

const web = { name: "web-1", labels: { env: "prod", "team/owner": "shop", empty: "" } };
const matches = (text: string) => HostSelector.parse(text).matches(web);

Deno.test("a selector's terms must all hold", () => {
  const cases: [string, boolean][] = [
    ["", true],
    ["  ", true],
    ["env=prod", true],
    ["env = prod , name=web-*", true],
    ["env=prod,name=db-*", false],
    ["env!=prod", false],
    ["env!=test", true],
    ["team/owner=sh*p", true],
    ["gpu", false],
    ["!gpu", true],
    ["env", true],
    ["!env", false],
    ["gpu!=a", true],
    ["empty=", true],
    ["env=p.od", false],
    ["env=*", true],
    ["gpu=*", false],
    ["constructor", false],
    ["name=*b*1", true],
  ];
  for (const [text, expected] of cases) assert.equal(matches(text), expected, text);
});

Deno.test("what is no selector is refused with what one looks like", () => {
  for (const text of ["=a", "a=b,", ",", "!a=b", "a==b", "a b", "a=b=c", "$x", Array(40).fill("a").join(",")]) {
    assert.throws(
      () => HostSelector.parse(text),
      (error) => error instanceof AppError && error.code === "invalid_input",
    );
  }
});

Deno.test("no text makes a selector throw anything else, and matching is always told", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    try {
      assert.equal(typeof HostSelector.parse(text).matches(web), "boolean");
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === "invalid_input");
    }
  }));
});

Deno.test("a name of which the pattern is the name itself matches, whatever it holds", () => {
  fc.assert(fc.property(fc.stringMatching(/^[\w.+()[\]-]{1,30}$/), (name) => {
    assert.ok(HostSelector.parse(`name=${name}`).matches({ name, labels: {} }));
  }));
});

Deno.test("many wildcards do not make a match slow", () => {
  const selector = HostSelector.parse(`name=${"*a".repeat(15)}*b`);
  assert.equal(selector.matches({ name: "a".repeat(200), labels: {} }), false);
});
