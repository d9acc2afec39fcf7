import assert from "node:assert/strict";
import { join } from "node:path";
import { depsFor, type FixtureHost, hostRoots, rootsIn } from "../../../../tests/helpers/fixture_host.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { addressesOfFiles } from "./addresses.linux.ts";

function addresses(host: FixtureHost, ...names: string[]): Record<string, readonly string[]> {
  const problems: string[] = [];
  const addressesOf = addressesOfFiles(depsFor(hostRoots(host)).tree, "net", problems);
  assert.deepEqual(problems, []);
  return Object.fromEntries(names.map((name) => [name, addressesOf(name, undefined)]));
}

Deno.test("the files of a namespace give the addresses of its interfaces, with their prefixes", () => {
  assert.deepEqual(addresses("namespace", "lo", "uplink0", "spare0"), {
    lo: ["127.0.0.1/8", "::1/128"],
    uplink0: ["10.77.0.1/24", "fe80::74d1:4ff:feae:99f7/64", "fd77::1/64"],
    spare0: [],
  });
});

Deno.test("an address belongs to the link with the narrowest network around it", () => {
  assert.deepEqual(addresses("server128", "bond0", "eno1"), {
    bond0: ["10.0.0.7/24", "fe80::5eff:fe10:1/64"],
    eno1: [],
  });
});

Deno.test("each of several links has its own", () => {
  assert.deepEqual(addresses("storage", "ens1f0", "ens1f1", "ib0"), {
    ens1f0: ["10.10.10.10/24"],
    ens1f1: ["10.11.10.10/24"],
    ib0: ["10.12.0.10/16"],
  });
});

Deno.test("a host without IPv6 has the others", () => {
  assert.deepEqual(addresses("centos7", "eth0"), { eth0: ["10.0.2.15/24"] });
});

Deno.test("the table of a router of the internet is not searched", () =>
  inPlainTempDir(async (dir) => {
    await Deno.mkdir(join(dir, "proc/net"), { recursive: true });
    const leaf = "     |-- 10.0.0.1\n        /32 host LOCAL\n";
    await Deno.writeTextFile(join(dir, "proc/net/fib_trie"), leaf.repeat(20_000));
    const problems: string[] = [];
    const addressesOf = addressesOfFiles(depsFor(rootsIn(dir)).tree, "net", problems);
    assert.deepEqual(addressesOf("lo", undefined), []);
    assert.match(problems.join(), /fib_trie: it is too long/);
  }));
