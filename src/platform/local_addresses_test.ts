import assert from "node:assert/strict";
import { localAddresses } from "./local_addresses.ts";
import { startScript } from "./testing.ts";

const PRINT = "console.log(JSON.stringify(await platform.localAddresses({ towards: Deno.env.get('TOWARDS') })));";

/** A network namespace of its own needs root and iproute2. */
function namespaceProblem(): string | null {
  if (Deno.build.os !== "linux") return "network namespaces are Linux's";
  try {
    const { success } = new Deno.Command("unshare", { args: ["-n", "ip", "link"], stdout: "null", stderr: "null" })
      .outputSync();
    return success ? null : "no right to make a network namespace";
  } catch {
    return "unshare is not installed";
  }
}

const problem = namespaceProblem();
const ignore = problem !== null;
if (ignore) console.warn(`skipped: addresses in a network namespace: ${problem}`);

/** Runs `localAddresses` in a new network namespace, after these commands. */
async function inNamespace(towards: string | undefined, ...setUp: string[]) {
  const commands = [...setUp, ...(towards === undefined ? [] : [`export TOWARDS=${towards}`]), 'exec "$@"'];
  await using script = startScript(PRINT, ["unshare", "-n", "/bin/sh", "-ec", commands.join("\n"), "sh"]);
  return JSON.parse(await script.nextLine());
}

Deno.test("primary addresses are addresses of this host, with their interface", async () => {
  const { primary, all } = await localAddresses();
  for (const found of [primary.v4, primary.v6]) {
    if (found === undefined) continue;
    const owner = all.find(({ address }) => address === found.address);
    assert.equal(owner?.interface, found.interface);
    assert.doesNotMatch(found.address, /^127\.|^::1$/);
  }
});

Deno.test("towards this very host, or a name that nobody knows, the default route counts", async () => {
  const { primary } = await localAddresses();
  for (const towards of ["127.0.0.1", "::1", "localhost", "no-such-host.invalid"]) {
    assert.deepEqual((await localAddresses({ towards })).primary, primary, towards);
  }
});

Deno.test("waiting for a name can be given up", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(localAddresses({ towards: "no-such-host.invalid", signal }), /enough/);
});

Deno.test({ name: "without any route there is no primary address, and no error", ignore }, async () => {
  for (const towards of [undefined, "198.51.100.7", "2001:db8:5::7", "manager.example"]) {
    assert.deepEqual((await inNamespace(towards)).primary, {}, towards);
  }
});

Deno.test({ name: "the address follows the route towards the target, by family", ignore }, async () => {
  const routes = [
    "ip link set lo up",
    "ip link add wan0 type veth peer wan1; ip addr add 10.7.0.2/24 dev wan0; ip link set wan1 up; ip link set wan0 up",
    "ip link add vpn0 type veth peer vpn1; ip addr add 10.8.0.5/30 dev vpn0; ip link set vpn1 up; ip link set vpn0 up",
    "ip route add default via 10.7.0.1; ip route add 198.51.100.0/24 via 10.8.0.6",
    "ip addr add fd00:8::5/64 dev vpn0 nodad; ip route add 2001:db8:5::/48 via fd00:8::6",
  ];
  const wan = { address: "10.7.0.2", interface: "wan0" };
  const vpn = { address: "10.8.0.5", interface: "vpn0" };
  const byDefault = await inNamespace(undefined, ...routes);
  assert.deepEqual(byDefault.primary, { v4: wan });
  assert.deepEqual(
    byDefault.all.find(({ address }: { address: string }) => address === "10.8.0.5").prefixLength,
    30,
  );
  assert.deepEqual((await inNamespace("198.51.100.7", ...routes)).primary, { v4: vpn });
  const towardsV6 = await inNamespace("2001:db8:5::7", ...routes);
  assert.deepEqual(towardsV6.primary, { v4: wan, v6: { address: "fd00:8::5", interface: "vpn0" } });
});
