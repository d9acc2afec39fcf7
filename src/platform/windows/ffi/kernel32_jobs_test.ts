import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePidList } from "./kernel32_jobs.ts";

function list(assigned: number, listed: number, pids: readonly bigint[]): DataView {
  const view = new DataView(new ArrayBuffer(8 + pids.length * 8));
  view.setUint32(0, assigned, true);
  view.setUint32(4, listed, true);
  pids.forEach((pid, index) => view.setBigUint64(8 + index * 8, pid, true));
  return view;
}

Deno.test("the processes of a job are read, and how many there are when not all had room", () => {
  assert.deepEqual(parsePidList(list(3, 3, [316n, 324n, 0xffff_fffcn])), {
    assigned: 3,
    pids: [316, 324, 0xffff_fffc],
  });
  assert.deepEqual(parsePidList(list(9, 2, [316n, 324n])), { assigned: 9, pids: [316, 324] });
  assert.deepEqual(parsePidList(list(2, 2, [316n, 324n, 400n])), { assigned: 2, pids: [316, 324] });
});

Deno.test("what can be no pid is left out, and a list that ends early ends there", () => {
  assert.deepEqual(parsePidList(list(3, 3, [0n, 8n, 0x1_0000_0000n])).pids, [8]);
  assert.deepEqual(parsePidList(list(3, 3, [8n, 2n ** 63n, 12n])).pids, [8]);
  assert.deepEqual(parsePidList(list(5, 0xffff_ffff, [8n])).pids, [8]);
});

Deno.test("no bytes make it give anything but pids", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
    const { assigned, pids } = parsePidList(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
    assert.ok(assigned >= 0);
    for (const pid of pids) assert.ok(Number.isInteger(pid) && pid > 0 && pid <= 0xffff_ffff);
  }));
});
