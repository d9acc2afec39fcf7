import assert from "node:assert/strict";
import fc from "fast-check";
import { cStruct, type Member, mutated } from "../../../tests/helpers/c_struct.ts";
import { parseInterfaces } from "./interfaces.ts";

/** struct ifmibdata of <net/if_mib.h> with its struct if_data64 of <net/if_var.h>, member by member. */
function ifmibdata(name: string, flags: number, bytesIn: number | bigint): readonly Member[] {
  return [
    ["char[16]", name],
    ["u32", 1], // ifmd_pcount
    ["u32", flags],
    ["u32", 3], // ifmd_snd_len
    ["u32", 128], // ifmd_snd_maxlen
    ["u32", 5], // ifmd_snd_drops
    ["u32"], // ifmd_filler
    ["u32"],
    ["u32"],
    ["u32"],
    ["u8", 6], // ifi_type
    ["u8"], // ifi_typelen
    ["u8"], // ifi_physical
    ["u8", 6], // ifi_addrlen
    ["u8", 14], // ifi_hdrlen
    ["u8"], // ifi_recvquota
    ["u8"], // ifi_xmitquota
    ["u8"], // ifi_unused1
    ["u32", 1500], // ifi_mtu
    ["u32", 7], // ifi_metric
    ["u64", 1_000_000_000], // ifi_baudrate
    ["u64", 11], // ifi_ipackets
    ["u64", 12], // ifi_ierrors
    ["u64", 13], // ifi_opackets
    ["u64", 14], // ifi_oerrors
    ["u64", 15], // ifi_collisions
    ["u64", bytesIn], // ifi_ibytes
    ["u64", 17], // ifi_obytes
    ["u64", 18], // ifi_imcasts
    ["u64", 19], // ifi_omcasts
    ["u64", 20], // ifi_iqdrops
    ["u64", 21], // ifi_noproto
    ["u32", 22], // ifi_recvtiming
    ["u32", 23], // ifi_xmittiming
    ["u32", 24], // ifi_lastchange, a timeval32
    ["u32", 25],
  ];
}

const THREE = cStruct([
  ...ifmibdata("lo0", 0x8049, 2 ** 33),
  ...ifmibdata("", 0, 0),
  ...ifmibdata("en0", 0x8822, 2n ** 64n - 1n),
], 4);

Deno.test("interfaces stand where Apple's headers put them", () => {
  assert.equal(THREE.length, 3 * 180);
  const [loopback, ethernet, ...rest] = parseInterfaces(THREE);
  assert.deepEqual(loopback, {
    name: "lo0",
    flags: 0x8049,
    up: true,
    mtu: 1500,
    dropsOut: 5,
    bitsPerSecond: 1_000_000_000,
    packetsIn: 11,
    errorsIn: 12,
    packetsOut: 13,
    errorsOut: 14,
    collisions: 15,
    bytesIn: 2 ** 33,
    bytesOut: 17,
    multicastIn: 18,
    multicastOut: 19,
    dropsIn: 20,
    unknownProtocol: 21,
  });
  assert.deepEqual([ethernet?.name, ethernet?.up, ethernet?.bytesIn], ["en0", false, undefined]);
  assert.deepEqual(rest, []);
});

Deno.test("whatever the bytes are, counters are whole and not negative", () => {
  const change = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 30 });
  fc.assert(fc.property(fc.nat(600), change, (length, changes) => {
    for (const { name, up, ...numbers } of parseInterfaces(mutated(THREE, length, changes))) {
      assert.ok(name !== "" && typeof up === "boolean");
      for (const value of Object.values(numbers)) {
        assert.ok(value === undefined || (value >= 0 && Number.isSafeInteger(value)));
      }
    }
  }));
});
