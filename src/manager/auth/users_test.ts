import assert from "node:assert/strict";
import { managerAuth, OFFICE, PASSWORD } from "../../../tests/helpers/manager_auth.ts";
import { LOCAL_CALLER } from "./authorise.ts";

const NEW = "another long password";
const bert = { name: "bert", password: PASSWORD, role: "viewer" } as const;

Deno.test("an admin makes users, who can sign in; nobody sees a hash", async () => {
  const { auth, admin } = await managerAuth();
  const made = await auth.users.create(admin, { ...bert, scope: " env=prod , gpu" });
  assert.deepEqual([made.name, made.role, made.scope, made.disabled], ["bert", "viewer", "env=prod,gpu", false]);
  const listed = await auth.users.list(admin);
  assert.deepEqual(listed.map(({ name }) => name), ["bert", "root"]);
  for (const user of [made, ...listed, await auth.users.get(admin, made.id)]) assert.ok(!("passwordHash" in user));
  assert.equal((await auth.login({ name: "bert", password: PASSWORD }, OFFICE)).user.id, made.id);
});

Deno.test("what is no user is refused: its name, password, scope, or that there is one already", async () => {
  const { auth, admin } = await managerAuth();
  const wrong = [{ name: "Bert" }, { name: "local" }, { password: "short" }, { scope: "a==b" }];
  for (const each of wrong) {
    await assert.rejects(auth.users.create(admin, { ...bert, ...each }), { code: "invalid_input" });
  }
  await auth.users.create(admin, bert);
  await assert.rejects(auth.users.create(admin, bert), { code: "conflict", details: { field: "name" } });
});

Deno.test("of two who make the same user at once one does", async () => {
  const { auth, admin } = await managerAuth();
  const made = await Promise.allSettled([auth.users.create(admin, bert), auth.users.create(LOCAL_CALLER, bert)]);
  assert.deepEqual(made.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
});

Deno.test("nobody but an admin without a scope manages users, so none can make one beyond his own scope", async () => {
  const { auth, user, admin } = await managerAuth();
  const others = [
    await user("viewer", "viewer"),
    await user("operator", "operator"),
    await user("scoped", "admin", "env=test"),
    null,
  ];
  for (const caller of others) {
    const code = caller === null ? "unauthorized" : "forbidden";
    await assert.rejects(auth.users.list(caller), { code });
    await assert.rejects(auth.users.create(caller, bert), { code });
    await assert.rejects(auth.users.change(caller, caller?.userId ?? "", { scope: "" }), { code });
    await assert.rejects(auth.users.remove(caller, admin.userId ?? ""), { code });
    await assert.rejects(auth.users.get(caller, admin.userId ?? ""), { code });
  }
  assert.equal((await auth.users.get(others[0] ?? null, others[0]?.userId ?? "")).name, "viewer");
});

Deno.test("the last admin of all hosts can neither go nor have less, whoever asks", async () => {
  const { auth, user, admin } = await managerAuth();
  const id = admin.userId ?? "";
  const scoped = await user("scoped", "admin", "env=test");
  for (const caller of [admin, LOCAL_CALLER]) {
    const refused = { code: "conflict", details: { rule: "last_admin" } };
    await assert.rejects(auth.users.remove(caller, id), refused);
    for (const patch of [{ role: "viewer" }, { disabled: true }, { scope: "env=prod" }] as const) {
      await assert.rejects(auth.users.change(caller, id, patch), refused);
    }
  }
  assert.equal((await auth.users.change(admin, id, { scope: "" })).role, "admin");
  await auth.users.change(admin, scoped.userId ?? "", { scope: "" });
  assert.equal((await auth.users.change(admin, id, { role: "viewer" })).role, "viewer");
});

Deno.test("of two admins who remove each other at once one stays", async () => {
  const { auth, user, admin } = await managerAuth();
  const other = await user("other", "admin");
  const removed = await Promise.allSettled([
    auth.users.remove(admin, other.userId ?? ""),
    auth.users.remove(other, admin.userId ?? ""),
  ]);
  assert.deepEqual(removed.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  assert.equal((await auth.users.list(LOCAL_CALLER)).length, 1);
});

Deno.test("another password by an admin ends all sessions of the user; one's own needs the current one", async () => {
  const { auth, user, admin } = await managerAuth();
  const anna = await user("anna", "operator");
  await auth.users.change(admin, anna.userId ?? "", { password: NEW });
  assert.equal(await auth.current(anna), null);
  await auth.login({ name: "anna", password: NEW }, OFFICE);
  await assert.rejects(auth.users.change(admin, admin.userId ?? "", { password: NEW }), { code: "invalid_input" });
  await auth.users.change(LOCAL_CALLER, admin.userId ?? "", { password: NEW });
  await auth.login({ name: "root", password: NEW }, OFFICE);
});

Deno.test("changing one's password ends all other sessions, and the old one is right no more", async () => {
  const { auth, user, signIn } = await managerAuth();
  const anna = await user("anna", "viewer");
  const other = (await signIn("anna")).caller;
  await assert.rejects(auth.users.changePassword(anna, { current: "wrong", next: NEW }), { code: "forbidden" });
  await assert.rejects(auth.users.changePassword(anna, { current: PASSWORD, next: "short" }), {
    code: "invalid_input",
  });
  assert.notEqual(await auth.current(other), null);
  await auth.users.changePassword(anna, { current: PASSWORD, next: NEW });
  assert.equal(await auth.current(other), null);
  assert.notEqual(await auth.current(anna), null);
  await assert.rejects(auth.login({ name: "anna", password: PASSWORD }, OFFICE), { code: "unauthorized" });
  await auth.login({ name: "anna", password: NEW }, OFFICE);
});

Deno.test("the current password cannot be guessed by who has got hold of a session", async () => {
  const { auth, user } = await managerAuth();
  const anna = await user("anna", "viewer");
  const codes: string[] = [];
  for (let i = 0; i < 12; i++) {
    await auth.users.changePassword(anna, { current: `${i}`, next: NEW }).catch(({ code }) => codes.push(code));
  }
  assert.equal(codes.at(-1), "rate_limited");
  assert.ok(codes.filter((code) => code === "forbidden").length <= 10);
});

Deno.test("an API token, even an admin's, changes no password", async () => {
  const { auth, knock, admin } = await managerAuth();
  const { secret } = await auth.apiTokens.create(admin, { name: "ci", role: "admin" });
  const token = await knock({ authorization: `Bearer ${secret.reveal()}` });
  await assert.rejects(auth.users.changePassword(token, { current: PASSWORD, next: NEW }), { code: "forbidden" });
  await assert.rejects(auth.users.change(token, admin.userId ?? "", { password: NEW }), { code: "invalid_input" });
});

Deno.test("a user goes with his sessions and tokens", async () => {
  const { auth, user, admin, store, knock } = await managerAuth();
  const anna = await user("anna", "viewer");
  const { secret } = await auth.apiTokens.create(anna, { name: "ci", role: "viewer" });
  assert.equal((await auth.users.remove(admin, anna.userId ?? "")).name, "anna");
  await assert.rejects(knock({ authorization: `Bearer ${secret.reveal()}` }), { code: "unauthorized" });
  assert.deepEqual(await store.apiTokens.all(), []);
  await assert.rejects(auth.users.remove(admin, anna.userId ?? ""), { code: "not_found" });
  await assert.rejects(auth.users.change(admin, anna.userId ?? "", { role: "admin" }), { code: "not_found" });
});

Deno.test("a change of nothing changes nothing", async () => {
  const { auth, admin } = await managerAuth();
  assert.equal((await auth.users.change(admin, admin.userId ?? "", {})).name, "root");
});
