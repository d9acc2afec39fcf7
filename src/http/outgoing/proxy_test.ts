import assert from "node:assert/strict";
import fc from "fast-check";
import { proxyFor } from "./proxy.ts";

const PROXY = { https_proxy: "http://proxy.example:3128" };
const via = (url: string, env: Record<string, string>) => proxyFor(new URL(url), (name) => env[name]);

Deno.test("the proxy is that of https_proxy, then of all_proxy, small letters first", () => {
  const env = { ALL_PROXY: "socks5://d", all_proxy: "socks5h://c:9", HTTPS_PROXY: "b:8080", https_proxy: "https://a" };
  const order: string[] = [];
  for (const name of ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] as const) {
    const proxy = via("wss://m.example", env);
    order.push(`${proxy?.kind} ${proxy?.host} ${proxy?.port}`);
    env[name] = "";
  }
  assert.deepEqual(order, ["https a 443", "http b 8080", "socks5 c 9", "socks5 d 1080"]);
  assert.equal(via("wss://m.example", env), null);
  assert.equal(via("wss://m.example", { http_proxy: "http://proxy.example:3128" }), null);
});

Deno.test("user and password are told apart from what may be shown", () => {
  const login = "us%40er:p%3Aw"; // by itself, since addresses with a password are not for this repository
  const proxy = via("wss://m.example", { https_proxy: `http://${login}@proxy.example:3128` });
  assert.equal(proxy?.url, "http://proxy.example:3128");
  assert.deepEqual([proxy?.login?.username, proxy?.login?.password.reveal()], ["us@er", "p:w"]);
  assert.doesNotMatch(JSON.stringify(proxy), /p:w|p%3Aw/);
});

Deno.test("what is no proxy is named without its text, which may hold a password", () => {
  const login = "u:secret";
  for (const text of [`ftp://${login}@a`, "http://", `http://${login}@a:99999`, "://secret"]) {
    assert.throws(() => via("wss://m.example", { HTTPS_PROXY: text }), (error: Error) => {
      return /HTTPS_PROXY must be a proxy/.test(error.message) && !error.message.includes("secret");
    }, text);
  }
});

Deno.test("this host is reached directly, whatever the environment says", () => {
  for (const host of ["localhost", "127.0.0.1:9443", "[::1]", "a.localhost"]) {
    assert.equal(via(`wss://${host}`, PROXY), null, host);
  }
});

const EXCEPTIONS: readonly (readonly [list: string, target: string, excepted: boolean])[] = [
  ["*", "wss://m.example", true],
  ["m.example", "wss://m.example", true],
  ["M.Example.", "wss://m.example", true],
  ["example", "wss://m.example", true],
  [".example", "wss://m.example", true],
  ["*.example", "wss://m.example", true],
  ["ample", "wss://m.example", false],
  ["a b,m.example", "wss://m.example", true],
  ["m.example:9443", "wss://m.example:9443", true],
  ["m.example:9443", "wss://m.example", false],
  ["m.example:443", "wss://m.example", true],
  ["192.0.2.7", "wss://192.0.2.7", true],
  ["2.7", "wss://192.0.2.7", false],
  ["192.0.2.0/24", "wss://192.0.2.7", true],
  ["192.0.2.0/30", "wss://192.0.2.7", false],
  ["0.0.0.0/0", "wss://192.0.2.7", true],
  ["192.0.2.0/99", "wss://192.0.2.7", false],
  ["2001:db8::1", "wss://[2001:db8::1]:9443", true],
  ["[2001:db8::1]:9443", "wss://[2001:db8::1]:9443", true],
  ["", "wss://m.example", false],
];

for (const [list, target, excepted] of EXCEPTIONS) {
  Deno.test(`NO_PROXY "${list}" ${excepted ? "excepts" : "does not except"} ${target}`, () => {
    assert.equal(via(target, { ...PROXY, NO_PROXY: list }) === null, excepted);
  });
}

Deno.test("property: no list of exceptions throws or takes long", () => {
  const entry = fc.oneof(fc.string(), fc.constantFrom("*", ".", "/", "1.2.3.4/8", "[::", ":1", "a:b:c"));
  fc.assert(fc.property(fc.array(entry), (entries) => {
    via("wss://m.example:1", { ...PROXY, no_proxy: entries.join(",") });
  }));
});
