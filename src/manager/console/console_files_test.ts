import assert from "node:assert/strict";
import { brotliCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { CONSOLE_PAGES, MISSING_PAGE } from "../../protocol/mod.ts";
import { type ConsoleAssets, ConsoleFiles } from "./console_files.ts";

const HTML = "text/html; charset=utf-8";
const SCRIPT = "console.log('farhand');".repeat(200);
const SCRIPT_PATH = "/assets/main-ABC.js";

function assetsOf(files: Readonly<Record<string, readonly [type: string, text: string]>>): ConsoleAssets {
  let offset = 0;
  const entries = Object.entries(files).map(([path, [type, text]]) => {
    const bytes = new TextEncoder().encode(text).length;
    const entry = [path, { type, etag: `"tag${bytes}"`, offset, bytes }] as const;
    offset += bytes;
    return entry;
  });
  const all = new TextEncoder().encode(Object.values(files).map(([, text]) => text).join(""));
  return { files: Object.fromEntries(entries), archive: brotliCompressSync(all).toString("base64") };
}

const PAGES = [...CONSOLE_PAGES, MISSING_PAGE];
const DOCUMENTS = Object.fromEntries(PAGES.map((page) => [page, [HTML, `<title>${page}</title>`] as const]));
const ASSETS = assetsOf({ ...DOCUMENTS, [SCRIPT_PATH]: ["text/javascript", SCRIPT] });

function filesOf(assets: ConsoleAssets | null = ASSETS, allowed = Infinity) {
  const failures: unknown[] = [];
  const addresses: string[] = [];
  const files = new ConsoleFiles({
    load: () => Promise.resolve(assets),
    take: (address) => addresses.push(address) <= allowed,
    onFailure: (error) => failures.push(error),
    headers: { "x-content-type-options": "nosniff" },
  });
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    files.answer(new Request(`http://manager${path}`, { method, headers }), "10.0.0.9");
  const get = async (...asked: Parameters<typeof ask>): Promise<Response> => {
    const answer = await ask(...asked);
    assert.ok(answer !== null, `${asked[0]} is not the console's`);
    return answer;
  };
  const missing = (headers: Record<string, string>, method = "GET") =>
    files.missing(new Request("http://manager/nothing", { method, headers }), "10.0.0.9");
  return { ask, get, missing, failures, addresses };
}

async function unzipped(answer: Response): Promise<string> {
  assert.equal(answer.headers.get("content-encoding"), "gzip");
  assert.ok(answer.body !== null);
  return await new Response(answer.body.pipeThrough(new DecompressionStream("gzip"))).text();
}

Deno.test("each of the console's addresses has the document of its page, and no other address has one", async () => {
  const { ask, get } = filesOf();
  const addresses = {
    ...{ "/": "hosts", "/hosts": "hosts", "/hosts/web-1/files": "files", "/hosts/web-1/events": "host" },
    ...{ "/setup": "setup", "/login?to=%2Fhosts": "login", "/tasks/t1": "tasks" },
  };
  for (const [path, page] of Object.entries(addresses)) {
    const answer = await get(path);
    assert.deepEqual([answer.status, await answer.text()], [200, `<title>${page}</title>`], path);
  }
  for (const path of ["/nothing", "/api/v1/hosts", "/docs", "/openapi.json", "/hosts/a/b/c", "/assets", "/metrics"]) {
    assert.equal(await ask(path), null, path);
  }
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    assert.equal(await ask("/hosts", {}, method), null, method);
  }
});

Deno.test("where nothing is, who comes with a browser is shown a page that says so, and a program is not", async () => {
  const { missing } = filesOf();
  const html = "text/html,application/xhtml+xml,*/*;q=0.8";
  const people = [{ accept: html }, { "sec-fetch-mode": "navigate", accept: "*/*" }];
  for (const headers of people) {
    const answer = await missing({ ...headers, "if-none-match": `"tag${"<title>missing</title>".length}"` });
    assert.deepEqual([answer?.status, await answer?.text()], [404, "<title>missing</title>"]);
    assert.match(answer?.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(answer?.headers.get("cache-control"), "no-store");
  }
  assert.equal(await (await missing({ accept: html }, "HEAD"))?.text(), "");
  const programs = [{}, { accept: "*/*" }, { accept: "application/json" }, { "sec-fetch-mode": "cors", accept: html }];
  for (const headers of programs) assert.equal(await missing(headers), null);
  assert.equal(await missing({ accept: html }, "POST"), null);
});

Deno.test("the page lets nothing run but the console's own scripts, and is asked for anew each time", async () => {
  const { headers } = await filesOf().get("/");
  const policy = headers.get("content-security-policy") ?? "";
  for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
    assert.ok(policy.split("; ").includes(rule), rule);
  }
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.deepEqual([headers.get("cache-control"), headers.get("x-content-type-options")], ["no-cache", "nosniff"]);
});

Deno.test("what it loads is kept for ever, compressed for who takes that and plain for who does not", async () => {
  const { get } = filesOf();
  const zipped = await get(SCRIPT_PATH, { "accept-encoding": "br, gzip;q=0.8" });
  const length = Number(zipped.headers.get("content-length"));
  assert.match(zipped.headers.get("cache-control") ?? "", /immutable/);
  assert.ok(length > 0 && length < SCRIPT.length);
  assert.equal(await unzipped(zipped), SCRIPT);
  for (const accepted of ["", "identity", "gzip;q=0", "*;q=0"]) {
    const plain = await get(SCRIPT_PATH, { "accept-encoding": accepted });
    assert.deepEqual([plain.headers.get("content-encoding"), await plain.text()], [null, SCRIPT], accepted);
    assert.equal(plain.headers.get("content-length"), String(SCRIPT.length));
    assert.equal(plain.headers.get("vary"), "accept-encoding");
    assert.notEqual(plain.headers.get("etag"), zipped.headers.get("etag"));
  }
});

Deno.test("HEAD tells the same without the content", async () => {
  const { get } = filesOf();
  const answer = await get(SCRIPT_PATH, { "accept-encoding": "gzip" }, "HEAD");
  const same = await get(SCRIPT_PATH, { "accept-encoding": "gzip" });
  assert.equal(answer.headers.get("content-length"), same.headers.get("content-length"));
  assert.deepEqual([answer.status, await answer.text()], [200, ""]);
  await same.body?.cancel();
});

Deno.test("who has it already is told so, whichever encoding he has it in", async () => {
  const { get } = filesOf();
  const first = await get("/", { "accept-encoding": "gzip" });
  const etag = first.headers.get("etag") ?? "";
  await first.body?.cancel();
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const answer = await get("/", { "if-none-match": known, "accept-encoding": "gzip" });
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get("etag")], [304, "", etag], known);
  }
  const other = await get("/", { "if-none-match": '"other"' });
  assert.equal(other.status, 200);
  await other.body?.cancel();
});

Deno.test("a file of another version is not there, and no path leads out of the map", async () => {
  const { get, ask } = filesOf();
  for (
    const path of ["/assets/main-OLD.js", "/assets/hosts", "/assets/", "/assets/__proto__", "/assets/toString"]
  ) {
    assert.equal((await get(path)).status, 404, path);
  }
  assert.equal(await ask("/assets/../etc/passwd"), null);
});

Deno.test("who asks too often is told to wait, and the address is what counts", async () => {
  const { get, addresses } = filesOf(ASSETS, 2);
  assert.deepEqual([(await get("/")).status, (await get("/")).status], [200, 200]);
  const refused = await get("/");
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "1"]);
  assert.deepEqual(addresses, Array(3).fill("10.0.0.9"));
});

Deno.test("a console that was not built, or that cannot be read, says so", async () => {
  const missing = await filesOf(null).get("/");
  assert.equal(missing.status, 503);
  assert.match(await missing.text(), /deno task console/);
  const broken = filesOf({ ...ASSETS, archive: "AAAA" });
  for (let round = 1; round <= 2; round++) {
    const answer = await broken.get("/");
    assert.equal(answer.status, 500);
    assert.equal(broken.failures.length, round);
    await answer.body?.cancel();
  }
});

Deno.test("no request makes it throw", async () => {
  const { ask } = filesOf();
  const header = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  await fc.assert(fc.asyncProperty(fc.string(), header, header, async (path, encoding, known) => {
    const answer = await ask(`/assets/${encodeURI(path.toWellFormed())}`, {
      "accept-encoding": encoding,
      "if-none-match": known,
    });
    await answer?.body?.cancel();
  }));
});
