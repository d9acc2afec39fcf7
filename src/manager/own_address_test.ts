import assert from "node:assert/strict";
import { loadManagerConfig } from "../config/mod.ts";
import { isLocalOnly, machineFacts, namesInUse, publicUrl } from "./own_address.ts";

const FACTS = {
  hostname: "box",
  primary: ["192.0.2.7", "2001:db8::7"],
  all: ["127.0.0.1", "192.0.2.7", "172.17.0.1", "::1", "fe80::1", "2001:db8::7", "2001:db8::99"],
};

async function configWith(...set: string[]) {
  const defaults = { workDir: "/w", pidFile: "/p", logFile: "/l", socket: "/s" };
  return (await loadManagerConfig({ file: null, fileRequired: false, env: {}, flags: { set }, defaults, cwd: "/" }))
    .config;
}

Deno.test("the URL is the one that was configured, or made of the most useful address and the port", async () => {
  const cases: readonly (readonly [sets: string[], url: string])[] = [
    [[], "https://192.0.2.7:9443"],
    [["listen=https://0.0.0.0:0"], "https://192.0.2.7:9443"],
    [["listen=https://[::1]:9443"], "https://[::1]:9443"],
    [["listen=http://127.0.0.1:8080"], "http://127.0.0.1:9443"],
    [["listen=https://manager.lan"], "https://manager.lan:9443"],
    [["public_url=https://manager.example.com/"], "https://manager.example.com"],
    [["public_url=https://manager.example.com:443"], "https://manager.example.com"],
  ];
  for (const [sets, url] of cases) assert.equal(publicUrl(await configWith(...sets), FACTS, 9443), url, sets.join());
  const alone = { hostname: "box", primary: [], all: [] };
  assert.equal(publicUrl(await configWith(), alone, 443), "https://box");
});

Deno.test("the certificate needs this machine's names and IPv4 addresses; what changes by itself is only put in", async () => {
  const config = await configWith("public_url=https://m.example:9443", "tls.names=[alias, 203.0.113.1]");
  const { needed, besides } = namesInUse(config, FACTS);
  assert.deepEqual(needed, [
    "box",
    "m.example",
    "alias",
    "203.0.113.1",
    "localhost",
    "127.0.0.1",
    "::1",
    "192.0.2.7",
    "172.17.0.1",
  ]);
  assert.deepEqual(besides.filter((name) => name.startsWith("fe80")), []);
  assert.ok(besides.includes("2001:db8::99"));
});

Deno.test("this machine knows its own name, and whether others can reach what it listens on", async () => {
  const { hostname, all } = await machineFacts();
  assert.ok(hostname !== "" && all.length > 0);
  assert.deepEqual([isLocalOnly(await configWith()), isLocalOnly(await configWith("listen=http://127.0.0.1:80"))], [
    false,
    true,
  ]);
});
