import assert from "node:assert/strict";
import type { JoinToken } from "../../../protocol/mod.ts";
import { tokenState } from "./token_state.ts";

const TOKEN: JoinToken = {
  ...{ id: "1", name: "t", createdMs: 0, createdBy: "ada", expiresMs: 1_000, maxUses: 2, uses: 0, labels: {} },
  revoked: false,
};

Deno.test("a token is good until it was revoked, has expired or is used up", () => {
  assert.equal(tokenState(TOKEN, 999), "valid");
  assert.equal(tokenState(TOKEN, 1_000), "expired");
  assert.equal(tokenState({ ...TOKEN, uses: 2 }, 0), "used_up");
  assert.equal(tokenState({ ...TOKEN, uses: 2, revoked: true }, 2_000), "revoked");
});
