import assert from "node:assert/strict";
import { lookUpHost } from "./host_lookup.ts";

const quiet = new AbortController().signal;

Deno.test("an address is its own result", async () => {
  for (const address of ["127.0.0.1", "::1", "fe80::1%eth0"]) {
    assert.deepEqual(await lookUpHost(address, quiet), { addresses: [address] });
  }
});

Deno.test("names are looked up as the system does, in its hosts file too", async () => {
  const { addresses = [] } = await lookUpHost("localhost", quiet);
  assert.ok(addresses.length > 0);
  assert.ok(addresses.every((address) => address === "127.0.0.1" || address === "::1"), addresses.join());
});

Deno.test("a name that cannot be one has no addresses, and says so", async () => {
  const result = await lookUpHost("..", quiet);
  assert.equal(result.addresses, undefined);
  assert.match("reason" in result ? result.reason : "", /name/);
});

Deno.test("whoever has given up is not kept waiting", async () => {
  await assert.rejects(lookUpHost("localhost", AbortSignal.abort(new Error("enough"))), /enough/);
});
