import assert from "node:assert/strict";
import { isPrivateSddl } from "./sddl.ts";

Deno.test("rights of the owner, the system and administrators alone are private", () => {
  for (
    const sddl of [
      "D:P(A;;FA;;;OW)(A;;FA;;;SY)(A;;FA;;;BA)",
      "O:S-1-5-21-1-2-3-1001G:DUD:PAI(A;OICI;FA;;;S-1-5-21-1-2-3-1001)(A;;FA;;;S-1-5-18)",
      "O:BAD:(D;;FA;;;WD)(A;;FA;;;BA)",
      "O:SYD:P",
    ]
  ) assert.equal(isPrivateSddl(sddl), true, sddl);
});

Deno.test("anybody else's rights, or no list of rights, are not", () => {
  for (
    const sddl of [
      "",
      "O:BAG:SY",
      "O:BAD:NO_ACCESS_CONTROL",
      "D:P(A;;FA;;;OW)(A;;FR;;;WD)",
      "D:(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)",
      "O:S-1-5-21-1-2-3-1001D:(A;;FA;;;S-1-5-21-1-2-3-1002)",
      "D:(XA;;FR;;;AU;(Member_of {SID(BA)}))",
    ]
  ) assert.equal(isPrivateSddl(sddl), false, sddl);
});
