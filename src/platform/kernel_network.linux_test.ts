import assert from "node:assert/strict";
import { IS_LINUX, IS_ROOT } from "../../tests/helpers/host.ts";
import { countTcpSockets, interfaceAddress, kernelAddresses, linkName } from "./kernel_network.linux.ts";
import { startScript } from "./testing.ts";

const LISTEN = 10;
const ESTABLISHED = 1;
const MANY = 100_000;

/** One message body: what comes first, and attributes as pairs of type and value. */
function body(head: readonly number[], ...attributes: readonly (readonly [type: number, value: readonly number[]])[]) {
  const bytes = [...head];
  for (const [type, value] of attributes) {
    bytes.push(value.length + 4, 0, type, 0, ...value);
    while (bytes.length % 4 !== 0) bytes.push(0);
  }
  return new DataView(new Uint8Array(bytes).buffer);
}

const HEAD_OF_LINK = Array<number>(16).fill(0);
const TEXT = (text: string) => [...new TextEncoder().encode(`${text}\0`)];

Deno.test("an event about an interface tells its name; others tell none", () => {
  const named = body(HEAD_OF_LINK, [1, [1, 2, 3, 4, 5, 6]], [3, TEXT("uplink0")]);
  assert.equal(linkName({ type: 16, body: named }), "uplink0");
  assert.equal(linkName({ type: 17, body: named }), "uplink0");
  assert.equal(linkName({ type: 20, body: named }), null);
  assert.equal(linkName({ type: 16, body: body(HEAD_OF_LINK, [1, [1]]) }), null);
});

Deno.test("where a link has two ends, the address is the own one", () => {
  const head = [2, 24, 0, 0, 7, 0, 0, 0];
  const peer: readonly [number, number[]] = [1, [10, 0, 0, 2]];
  const expected = { index: 7, prefixLength: 24 };
  assert.deepEqual(interfaceAddress({ type: 20, body: body(head, peer) }), { ...expected, address: "10.0.0.2" });
  const both = body(head, peer, [2, [10, 0, 0, 1]]);
  assert.deepEqual(interfaceAddress({ type: 20, body: both }), { ...expected, address: "10.0.0.1" });
  assert.equal(interfaceAddress({ type: 20, body: body(head) }), null);
  assert.equal(interfaceAddress({ type: 20, body: body([2, 24]) }), null);
});

Deno.test({ name: "the kernel tells the addresses that the runtime knows too", ignore: !IS_LINUX }, () => {
  const told = new Set(kernelAddresses()?.map(({ address, prefixLength }) => `${address}/${prefixLength}`));
  for (const { cidr } of Deno.networkInterfaces()) assert.ok(told.has(cidr), cidr);
});

Deno.test(
  { name: "sockets are counted by state, and only the states that are asked for", ignore: !IS_LINUX },
  async () => {
    const count = (state: number) => {
      const counts = countTcpSockets([state], MANY);
      assert.ok(Array.isArray(counts));
      assert.equal(counts.reduce((all, one) => all + one, 0), counts[state]);
      return counts[state] ?? 0;
    };
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    using _client = await Deno.connect({ hostname: "127.0.0.1", port });
    using _server = await listener.accept();
    assert.ok(count(LISTEN) >= 1);
    assert.ok(count(ESTABLISHED) >= 2);
  },
);

Deno.test({ name: "more sockets than are wanted are not counted to the end", ignore: !IS_LINUX }, () => {
  using _listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert.equal(countTcpSockets([LISTEN], 0), "too many");
});

const WATCH = `
const watch = platform.watchLinks();
console.log(JSON.stringify([...watch.changed()]));
const ip = (...args) => new Deno.Command("ip", { args }).outputSync();
ip("link", "add", "left0", "type", "veth", "peer", "name", "right0");
const told = new Set();
while (!(told.has("left0") && told.has("right0"))) for (const name of watch.changed()) told.add(name);
console.log(JSON.stringify([...watch.changed()]));
ip("link", "set", "left0", "mtu", "1300");
console.log(JSON.stringify([...watch.changed()]));
ip("link", "del", "left0");
console.log(JSON.stringify([...watch.changed()].sort()));
watch.close();
`;

function namespaceProblem(): string | null {
  if (!IS_LINUX || !IS_ROOT) return "it needs root on Linux";
  try {
    const { success } = new Deno.Command("unshare", { args: ["-n", "ip", "link"], stdout: "null", stderr: "null" })
      .outputSync();
    return success ? null : "no right to make a namespace";
  } catch {
    return "unshare is not installed";
  }
}

const problem = namespaceProblem();
if (problem !== null) console.warn(`skipped: events in a network namespace: ${problem}`);

Deno.test({ name: "interfaces that come, change and go are told once each", ignore: problem !== null }, async () => {
  await using script = startScript(WATCH, ["unshare", "-n"]);
  const told = [];
  for (let index = 0; index < 4; index++) told.push(JSON.parse(await script.nextLine()));
  assert.deepEqual(told, [[], [], ["left0"], ["left0", "right0"]]);
});

Deno.test({ name: "who does not listen for long learns that events were lost", ignore: problem !== null }, async () => {
  await using script = startScript(
    `
const watch = platform.watchLinks();
const batch = Array.from({ length: 2000 }, (_, i) => "link set lo mtu " + (1500 + i % 2)).join("\\n");
const ip = new Deno.Command("ip", { args: ["-batch", "-"], stdin: "piped" }).spawn();
await new Response(batch).body.pipeTo(ip.stdin);
await ip.status;
console.log(JSON.stringify(watch.changed()));
console.log(JSON.stringify([...watch.changed()]));
`,
    ["unshare", "-n"],
  );
  assert.equal(await script.nextLine(), "null");
  assert.equal(await script.nextLine(), "[]");
});
