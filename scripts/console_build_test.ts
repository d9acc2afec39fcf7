import assert from "node:assert/strict";
import * as esbuild from "esbuild";
import { ConsoleFiles } from "../src/manager/console/mod.ts";
import { CONSOLE_PAGES, MISSING_PAGE } from "../src/protocol/mod.ts";
import { MAX_GZIP_BYTES, plainBytes } from "./console.ts";
import { assetsModule, buildConsole, type ConsoleFile, QUICK } from "./console_build.ts";

let made: Promise<readonly ConsoleFile[]> | undefined;
const build = () => made ??= buildConsole();
const textOf = ({ bytes }: ConsoleFile) => new TextDecoder().decode(bytes);

Deno.test("the same sources give the same bytes", async () => {
  const [first, second] = [await build(), await buildConsole()];
  assert.equal(assetsModule(first, QUICK), assetsModule(second, QUICK));
});

Deno.test("the console weighs no more than it may, and a terminal's part is fetched for a terminal only", async () => {
  const files = await build();
  assert.ok(plainBytes(files) <= MAX_GZIP_BYTES, `${plainBytes(files)} bytes`);
  const early = files.filter(({ isTerminal, isEager, pages }) => isTerminal && (isEager || pages.length > 0));
  assert.deepEqual(early.map(({ path }) => path), []);
});

Deno.test("a document runs and styles nothing by itself, and names only files that there are", async () => {
  const files = await build();
  for (const page of [...CONSOLE_PAGES, MISSING_PAGE]) {
    const document = files.find(({ path }) => path === page);
    assert.ok(document !== undefined, page);
    const html = textOf(document);
    assert.doesNotMatch(html, /<style|style=|\son\w+=|<script(?![^>]*\ssrc=)|<!--|"\/main\./);
    const named = Array.from(html.matchAll(/(?:src|href)="(\/[^"]*)"/g), ([, path]) => path);
    assert.ok(named.length > 3);
    for (const path of named) assert.ok(files.some((file) => file.path === path), `${page} names ${path}`);
  }
});

Deno.test("nothing in it makes markup of text or code of text", async () => {
  for (const file of await build()) {
    if (!file.path.endsWith(".js") || file.isTerminal) continue;
    const text = textOf(file);
    assert.doesNotMatch(text, /\beval\(|new Function\(|document\.write|insertAdjacentHTML/, file.what || file.path);
    // Preact's own way in, of which no component makes use.
    const uses = text.match(/dangerouslySetInnerHTML/g)?.length ?? 0;
    assert.ok(uses === 0 || file.what === "base", file.what || file.path);
  }
});

Deno.test("what was built is what is served", async () => {
  const files = await build();
  const { ASSETS } = await import(`data:text/javascript,${encodeURIComponent(assetsModule(files, QUICK))}`);
  const served = new ConsoleFiles({
    load: () => Promise.resolve(ASSETS),
    take: () => true,
    onFailure: (error) => assert.fail(String(error)),
    headers: {},
  });
  for (const file of files) {
    const path = file.path.startsWith("/") ? file.path : file.path === "host" ? "/hosts/x" : `/${file.path}`;
    if (["terminal", "files"].includes(file.path)) continue;
    const request = new Request(`http://manager${path}`, { headers: { accept: "text/html" } });
    const answer = await (file.path === MISSING_PAGE ? served.missing(request, "") : served.answer(request, ""));
    assert.deepEqual(new Uint8Array(await answer?.arrayBuffer() ?? new ArrayBuffer()), file.bytes, path);
  }
  await esbuild.stop();
});
