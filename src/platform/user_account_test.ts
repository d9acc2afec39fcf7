import assert from "node:assert/strict";
import { userAccount } from "./user_account.ts";

const ignore = Deno.build.os !== "linux";

Deno.test({ name: "root is found by name and by number, with its home", ignore }, () => {
  const root = userAccount("root");
  assert.deepEqual([root?.uid, root?.gid, root?.name, root?.home], [0, 0, "root", "/root"]);
  assert.deepEqual(userAccount("0"), root);
});

Deno.test("who is not there is null", () => {
  assert.equal(userAccount("nobody-has-this-name"), null);
  assert.equal(userAccount("4123456789"), null);
});
