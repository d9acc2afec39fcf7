import assert from "node:assert/strict";
import { foreignOwner, isPrivateSddl, sidText } from "./sddl.ts";

const USER = "S-1-5-21-1-2-3-1001";

Deno.test("rights of the user, the system and administrators alone are private", () => {
  for (
    const sddl of [
      "O:BAD:P(A;;FA;;;OW)(A;;FA;;;SY)(A;;FA;;;BA)",
      `O:${USER}G:DUD:PAI(A;OICI;FA;;;${USER})(A;;FA;;;S-1-5-18)`,
      `O:BAD:(A;ID;FA;;;${USER})(A;ID;FA;;;LA)`,
      "O:BAD:(D;;FA;;;WD)(A;;FA;;;BA)",
      "O:SYD:P",
    ]
  ) assert.equal(isPrivateSddl(sddl, USER), true, sddl);
});

Deno.test("anybody else's rights, a foreign owner, or no list of rights, are not", () => {
  for (
    const sddl of [
      "",
      "O:BAG:SY",
      "O:BAD:NO_ACCESS_CONTROL",
      "O:BAD:P(A;;FA;;;OW)(A;;FR;;;WD)",
      "O:BAD:(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)",
      `O:${USER}D:(A;;FA;;;S-1-5-21-1-2-3-1002)`,
      "O:BAD:(XA;;FR;;;AU;(Member_of {SID(BA)}))",
      "O:S-1-5-21-1-2-3-1002D:P(A;;FA;;;OW)",
      "D:P(A;;FA;;;BA)",
    ]
  ) assert.equal(isPrivateSddl(sddl, USER), false, sddl);
});

Deno.test("whoever is not the user, the system or an administrator is a foreign owner", () => {
  for (const owner of [USER, "SY", "BA", "LA", "S-1-5-18", "S-1-5-32-544"]) {
    assert.equal(foreignOwner(`O:${owner}G:WDD:(A;;FA;;;WD)`, USER), null, owner);
  }
  for (const owner of ["S-1-5-21-1-2-3-1002", `${USER}1`, "WD", "LS", "OW", "S-1-3-4"]) {
    assert.equal(foreignOwner(`O:${owner}G:BAD:(A;;FA;;;BA)`, USER), owner);
  }
  assert.equal(foreignOwner("D:(A;;FA;;;BA)", USER), "unknown");
});

Deno.test("a service account is itself, whether it is written as letters or as a SID", () => {
  for (const owner of ["LS", "S-1-5-19"]) {
    assert.equal(foreignOwner(`O:${owner}D:P`, "S-1-5-19"), null);
    assert.equal(foreignOwner(`O:${owner}D:P`, "S-1-5-20"), owner);
  }
});

Deno.test("a SID in memory is written as text", () => {
  const memory = (...bytes: number[]) => new DataView(new Uint8Array(bytes).buffer);
  assert.equal(sidText(memory(1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 99)), "S-1-5-18");
  assert.equal(sidText(memory(1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0)), "S-1-5-32-544");
  assert.equal(sidText(memory(1, 1, 0, 1, 0, 0, 0, 2, 255, 255, 255, 255)), "S-1-4294967298-4294967295");
});
