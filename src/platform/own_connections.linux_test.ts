import assert from "node:assert/strict";
import { until } from "../../tests/helpers/host.ts";
import { ownConnections } from "./mod.ts";

const IS_LINUX = Deno.build.os === "linux";

/** A server of one connection, on the address that it is given, and who has come. */
async function connected(hostname: string, to = hostname) {
  const listener = Deno.listen({ hostname, port: 0 });
  const [conn, accepted] = await Promise.all([
    Deno.connect({ hostname: to, port: listener.addr.port }),
    listener.accept(),
  ]);
  const peer = conn.localAddr as Deno.NetAddr;
  return {
    port: listener.addr.port,
    peerPort: peer.port,
    conn,
    accepted,
    [Symbol.dispose]() {
      for (const each of [conn, accepted, listener]) each.close();
    },
  };
}

function seen(port: number): [fd: number, peer: string][] {
  const found: [number, string][] = [];
  ownConnections()?.visit(port, (fd, peer) => found.push([fd, peer]));
  return found;
}

Deno.test({
  name: "connections that have come by a port are seen with who is at the other end, whatever the family",
  ignore: !IS_LINUX,
  async fn() {
    for (
      const [hostname, to, peer] of [
        ["127.0.0.1", "127.0.0.1", "127.0.0.1"],
        ["::1", "::1", "::1"],
        ["::", "127.0.0.1", "127.0.0.1"],
      ] as const
    ) {
      using link = await connected(hostname, to);
      assert.deepEqual(seen(link.port).map(([, name]) => name), [`${peer} ${link.peerPort}`]);
    }
  },
});

Deno.test({
  name: "what was read of a connection is counted, what waits to be read is not",
  ignore: !IS_LINUX,
  async fn() {
    using link = await connected("127.0.0.1");
    const [[fd = -1] = []] = seen(link.port);
    const read = () => ownConnections()?.readBytes(fd);
    await link.conn.write(new Uint8Array(1_000));
    const buffer = new Uint8Array(400);
    assert.equal(await link.accepted.read(buffer), 400);
    assert.equal(read(), 400);
    for (let rest = 600; rest > 0;) rest -= await link.accepted.read(buffer) ?? 0;
    assert.equal(read(), 1_000);
  },
});

Deno.test({
  name: "a connection that is cut has ended for both sides",
  ignore: !IS_LINUX,
  async fn() {
    using link = await connected("127.0.0.1");
    const [[fd = -1] = []] = seen(link.port);
    ownConnections()?.cut(fd);
    const buffer = new Uint8Array(1);
    assert.deepEqual([await link.accepted.read(buffer), await link.conn.read(buffer)], [null, null]);
  },
});

Deno.test({
  name: "as many files are open as there are connections and some more, within what the system allows",
  ignore: !IS_LINUX,
  async fn() {
    const connections = ownConnections();
    assert.ok(connections);
    const before = connections.openFiles();
    const links = await Promise.all(Array.from({ length: 50 }, () => connected("127.0.0.1")));
    const { port } = links[0] ?? assert.fail();
    await until(() => connections.openFiles() >= before + 150, "they are open");
    assert.ok(connections.openFiles() < connections.mostFiles());
    assert.equal(seen(port).length, 1);
    for (const link of links) link[Symbol.dispose]();
  },
});

Deno.test({
  name: "that a port is listened on is seen, and that it is not any more",
  ignore: !IS_LINUX,
  fn() {
    const connections = ownConnections();
    assert.ok(connections);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    connections.visit(port, () => {});
    assert.equal(connections.listens(port), true);
    listener.close();
    assert.equal(connections.listens(port), false);
    connections.visit(port, () => {});
    assert.equal(connections.listens(port), false);
  },
});
