/** The web console as a browser is given it, by the program itself; what it does in a browser is in tests/browser. */
import assert from "node:assert/strict";
import { managed } from "../helpers/managed.ts";

const PLAIN = { listen: "http://127.0.0.1:0", isFirstRun: true };

managed("a manager serves its console at the console's addresses, and tells scripts from people", async ({ url }) => {
  const page = await fetch(`${url}/hosts/some-host/overview`);
  const html = await page.text();
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
  assert.match(page.headers.get("content-security-policy") ?? "", /script-src 'self'/);
  const assets = Array.from(html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g), ([, path]) => path ?? "");
  assert.ok(assets.some((path) => path.endsWith(".js")) && assets.some((path) => path.endsWith(".css")), html);
  for (const path of assets) {
    const asset = await fetch(url + path);
    assert.deepEqual([asset.status, asset.headers.get("cache-control")?.includes("immutable")], [200, true], path);
    assert.ok((await asset.text()).length > 0, path);
  }
  const known = await fetch(`${url}/hosts/some-host/overview`, {
    headers: { "if-none-match": page.headers.get("etag") ?? "" },
  });
  assert.equal(known.status, 304);
  const nothing = await fetch(`${url}/no-such-address`);
  assert.deepEqual([nothing.status, (await nothing.json()).data], [404, null]);
  const asBrowser = { headers: { accept: "text/html,*/*;q=0.8" } };
  const nowhere = await fetch(`${url}/no-such-address`, asBrowser);
  assert.deepEqual([nowhere.status, /<div id="app">/.test(await nowhere.text())], [404, true]);
  const unknown = await fetch(`${url}/api/v1/no-such-route`, asBrowser);
  assert.deepEqual([unknown.status, (await unknown.json()).data], [404, null], "the API answers in its own words");
  const changed = await fetch(`${url}/hosts`, { method: "POST" });
  assert.equal(changed.status, 404);
  await changed.body?.cancel();
}, PLAIN);

managed("the first admin is made by the link that leads to the console's page", async (manager) => {
  const { stdout } = await manager.manager(["setup-link"]);
  const link = new URL(stdout.trim());
  assert.equal(link.pathname, "/setup");
  const page = await fetch(`${manager.url}/setup`);
  assert.match(await page.text(), /<div id="app">/);
  const made = await fetch(`${manager.url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: manager.url },
    body: JSON.stringify({ secret: link.hash.slice(1), name: "ada", password: "correct horse battery" }),
  });
  const answer = await made.json();
  assert.deepEqual([made.status, answer.data?.user?.role], [200, "admin"], JSON.stringify(answer));
}, PLAIN);
