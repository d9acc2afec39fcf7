import assert from "node:assert/strict";
import { changed } from "./console_xterm.ts";

const STYLE = 'this._a=n.mainDocument.createElement("style"),';
const ATTRIBUTE = 't.setAttribute("style",`${t.getAttribute("style")||""}${e};`)';

Deno.test("xterm's styles are set without elements and attributes", () => {
  assert.equal(
    changed(STYLE.repeat(3) + ATTRIBUTE),
    "this._a=sheetElement(n.mainDocument),".repeat(3) + 't.style.cssText+=e+";"',
  );
});

Deno.test("an xterm that does it otherwise is refused", () => {
  assert.throws(() => changed(STYLE.repeat(2) + ATTRIBUTE), /style elements/);
  assert.throws(() => changed(STYLE.repeat(3)), /style attributes/);
  assert.throws(() => changed(`${STYLE.repeat(3)}${ATTRIBUTE}x.setAttribute("style","color:red")`), /further way/);
});

Deno.test("the xterm that there is can be changed", async () => {
  const text = await Deno.readTextFile(new URL("../node_modules/@xterm/xterm/lib/xterm.mjs", import.meta.url));
  assert.doesNotMatch(changed(text), /createElement\("style"\)/);
});
