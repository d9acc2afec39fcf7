import assert from "node:assert/strict";
import { managerAuth, OFFICE, PASSWORD } from "../../../tests/helpers/manager_auth.ts";
import { LOCAL_CALLER } from "./authorise.ts";

Deno.test("everybody sees and ends his own sessions, and those of nobody else", async () => {
  const { auth, user, signIn, admin } = await managerAuth();
  const anna = await user("anna", "operator");
  const second = (await signIn("anna")).caller;
  const listed = await auth.sessions.list(anna);
  assert.deepEqual(listed.map(({ id, current }) => [id === anna.sessionId, current]).toSorted(), [[false, false], [
    true,
    true,
  ]]);
  assert.deepEqual([listed[0]?.user, listed[0]?.address, listed[0]?.userAgent], ["anna", OFFICE.address, "test"]);
  assert.ok(listed.every((session) => !("hash" in session) && !("csrf" in session)));
  await assert.rejects(auth.sessions.list(anna, admin.userId ?? ""), { code: "forbidden" });
  assert.equal(await auth.sessions.revoke(anna, admin.sessionId ?? ""), false);
  assert.notEqual(await auth.current(admin), null);
  assert.equal(await auth.sessions.revoke(anna, second.sessionId ?? ""), true);
  assert.equal(await auth.current(second), null);
  assert.equal(await auth.sessions.revoke(anna, second.sessionId ?? ""), false);
});

Deno.test("an admin sees and ends those of anybody; so does the control socket, which has none itself", async () => {
  const { auth, user, admin } = await managerAuth();
  const anna = await user("anna", "operator");
  assert.equal((await auth.sessions.list(admin, anna.userId ?? ""))[0]?.user, "anna");
  assert.equal(await auth.sessions.revoke(LOCAL_CALLER, anna.sessionId ?? ""), true);
  assert.equal(await auth.current(anna), null);
  assert.deepEqual(await auth.sessions.list(LOCAL_CALLER), []);
  await assert.rejects(auth.sessions.list(admin, "nobody"), { code: "not_found" });
});

Deno.test("all others end at once; the one that asks stays", async () => {
  const { auth, user, signIn, admin } = await managerAuth();
  const anna = await user("anna", "operator");
  const others = [(await signIn("anna")).caller, (await signIn("anna")).caller];
  assert.equal(await auth.sessions.revokeOthers(anna), 2);
  for (const other of others) assert.equal(await auth.current(other), null);
  assert.notEqual(await auth.current(anna), null);
  assert.notEqual(await auth.current(admin), null);
});

Deno.test("logging out ends the session and takes the cookie out of the browser", async () => {
  const { auth, knock, user } = await managerAuth();
  await user("anna", "viewer");
  const { setCookie } = await auth.login({ name: "anna", password: PASSWORD }, OFFICE);
  const cookie = setCookie?.split(";")[0] ?? "";
  const out = await auth.logout(await knock({ cookie }), OFFICE);
  assert.equal(out.ended, true);
  assert.match(out.setCookie, /^__Host-farhand_session=; .*Max-Age=0/);
  assert.equal(await knock({ cookie }), null);
  assert.equal((await auth.logout(null, OFFICE)).ended, false);
});

Deno.test("expired sessions are not shown", async () => {
  const { auth, signIn, clock } = await managerAuth();
  await clock.advance(12 * 3_600_000);
  const { caller } = await signIn("root");
  assert.equal((await auth.sessions.list(caller)).length, 1);
});

Deno.test("an API token ends no sessions of its user", async () => {
  const { auth, user, knock } = await managerAuth();
  const anna = await user("anna", "operator");
  const { secret } = await auth.apiTokens.create(anna, { name: "ci", role: "operator" });
  const token = await knock({ authorization: `Bearer ${secret.reveal()}` });
  await assert.rejects(auth.sessions.revoke(token, anna.sessionId ?? ""), { code: "forbidden" });
  await assert.rejects(auth.sessions.revokeOthers(token), { code: "forbidden" });
});
