import assert from "node:assert/strict";
import fc from "fast-check";
import { managerAddresses } from "./addresses.ts";

const CASES: readonly (readonly [text: string, tunnel: string, base: string])[] = [
  ["wss://m.example", "wss://m.example/tunnel", "https://m.example"],
  ["https://m.example/", "wss://m.example/tunnel", "https://m.example"],
  ["m.example:9443", "wss://m.example:9443/tunnel", "https://m.example:9443"],
  ["[::1]:9443", "wss://[::1]:9443/tunnel", "https://[::1]:9443"],
  ["wss://m.example/farhand/", "wss://m.example/farhand/tunnel", "https://m.example/farhand"],
  ["wss://m.example/tunnel", "wss://m.example/tunnel", "https://m.example"],
  ["http://127.0.0.1:8080", "ws://127.0.0.1:8080/tunnel", "http://127.0.0.1:8080"],
  ["ws://localhost:80/a/tunnel", "ws://localhost/a/tunnel", "http://localhost/a"],
];

for (const [text, tunnel, base] of CASES) {
  Deno.test(`the manager at ${text} is reached at ${tunnel}`, () => {
    const [address] = managerAddresses(text);
    assert.deepEqual([address?.tunnelUrl.href, address?.baseUrl], [tunnel, base]);
  });
}

Deno.test("several addresses keep their order", () => {
  const shown = managerAddresses(" a.example:1 ,wss://b.example, https://c.example:2/x").map(({ shown }) => shown);
  assert.deepEqual(shown, ["https://a.example:1", "https://b.example", "https://c.example:2/x"]);
});

Deno.test("property: any of the forms gives a tunnel and a base of the same server", () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(fc.property(fc.domain(), port, fc.constantFrom("", "wss://", "https://"), (domain, port, scheme) => {
    const [address] = managerAddresses(`${scheme}${domain}:${port}`);
    assert.ok(address);
    assert.equal(new URL(address.baseUrl).host, new URL(`https://${domain}:${port}`).host);
    assert.equal(address.tunnelUrl.hostname, new URL(address.baseUrl).hostname);
  }));
});
