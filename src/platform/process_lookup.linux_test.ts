import assert from "node:assert/strict";
import fc from "fast-check";
import { linuxLookup, listeningInodes, startedMs } from "./process_lookup.linux.ts";
import { processIdentity } from "./process_identity.ts";

const ignore = Deno.build.os !== "linux";
const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99 1 0 100 0 0 10 0
`;

Deno.test("of a table of sockets those count that listen on the port", () => {
  assert.deepEqual(listeningInodes(TABLE, 8080), ["4711"]);
  assert.deepEqual(listeningInodes(TABLE, 22), ["99"]);
  assert.deepEqual(listeningInodes(TABLE, 0x90), []);
  fc.assert(
    fc.property(fc.string(), fc.nat(65_535), (text, port) => assert.ok(Array.isArray(listeningInodes(text, port)))),
  );
});

Deno.test("a start time is told from the time of the boot, and not made up", () => {
  const identity = { pid: 7, startTime: "250", bootId: "b" };
  assert.equal(startedMs(identity, "cpu 1 2\nbtime 1000\nctxt 5\n"), 1_002_500);
  assert.equal(startedMs(identity, "cpu 1 2\n"), null);
  assert.equal(startedMs({ ...identity, startTime: "x" }, "btime 1000\n"), null);
});

Deno.test({ name: "this very process is found by its port and its command line", ignore }, () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const lookup = linuxLookup();
    assert.deepEqual([...lookup.listeners(listener.addr.port)], [Deno.pid]);
    assert.match(lookup.commandLine(Deno.pid) ?? "", /deno/);
    assert.equal(lookup.commandLine(4_194_305), null);
    const identity = processIdentity(Deno.pid);
    assert.ok(identity !== null);
    const started = lookup.startedMs(identity);
    assert.ok(started !== null && started <= Date.now() + 2_000 && started > Date.now() - 86_400_000);
  } finally {
    listener.close();
  }
});
