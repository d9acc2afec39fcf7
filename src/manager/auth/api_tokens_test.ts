import assert from "node:assert/strict";
import { managerAuth } from "../../../tests/helpers/manager_auth.ts";
import { LOCAL_CALLER, mayUse } from "./authorise.ts";

const DAY_MS = 86_400_000;
const prod = { name: "web-1", labels: { env: "prod", team: "shop" } };
const test = { name: "web-2", labels: { env: "test", team: "shop" } };

async function withTokens() {
  const made = await managerAuth();
  const use = (secret: { reveal(): string }) => made.knock({ authorization: `Bearer ${secret.reveal()}` });
  return { ...made, use };
}

Deno.test("an API token is shown once, stored hashed, and is its user with a part of his rights", async () => {
  const { auth, user, use, store } = await withTokens();
  const anna = await user("anna", "operator");
  const { token, secret } = await auth.apiTokens.create(anna, { name: "ci", role: "viewer", scope: "env=prod" });
  assert.match(secret.reveal(), /^fht_/);
  assert.deepEqual([token.user, token.role, token.scope], ["anna", "viewer", "env=prod"]);
  assert.ok(!JSON.stringify(await store.apiTokens.all()).includes(secret.reveal()));
  assert.ok(!("hash" in token));
  const caller = await use(secret);
  assert.deepEqual([caller?.actor, caller?.kind, caller?.role], ["token:anna/ci", "token", "viewer"]);
  assert.deepEqual([mayUse(caller, "host.view", prod), mayUse(caller, "host.view", test)], [true, false]);
  assert.equal((await auth.me(caller)).token, "ci");
});

Deno.test("role and scope are cut to the maker's at making", async () => {
  const { auth, user, use } = await withTokens();
  const anna = await user("anna", "operator", "env=prod");
  const { token, secret } = await auth.apiTokens.create(anna, { name: "ci", role: "admin", scope: "team=shop" });
  assert.deepEqual([token.role, token.scope], ["operator", "env=prod,team=shop"]);
  const caller = await use(secret);
  assert.deepEqual([mayUse(caller, "host.exec", prod), mayUse(caller, "host.exec", test)], [true, false]);
});

Deno.test("and again at each use to what its user has then; more it never gets", async () => {
  const { auth, user, use, admin } = await withTokens();
  const anna = await user("anna", "operator");
  const id = anna.userId ?? "";
  const { secret } = await auth.apiTokens.create(anna, { name: "ci", role: "operator" });
  await auth.users.change(admin, id, { role: "viewer", scope: "env=test" });
  assert.equal((await use(secret))?.role, "viewer");
  assert.equal(mayUse(await use(secret), "host.view", prod), false);
  await auth.users.change(admin, id, { role: "admin", scope: "" });
  assert.equal((await use(secret))?.role, "operator");
  await auth.users.change(admin, id, { disabled: true });
  await assert.rejects(use(secret), { code: "unauthorized" });
});

Deno.test("a token ends when it is to, after 90 days if nothing was said", async () => {
  const { auth, admin, use, clock } = await withTokens();
  const day = await auth.apiTokens.create(admin, { name: "day", role: "viewer", expiresIn: "1d" });
  const usual = await auth.apiTokens.create(admin, { name: "usual", role: "viewer" });
  assert.equal(usual.token.expiresMs, clock.nowMs() + 90 * DAY_MS);
  await use(day.secret);
  await clock.advance(DAY_MS);
  await assert.rejects(use(day.secret), { code: "unauthorized" });
  await use(usual.secret);
  for (const expiresIn of ["0", "soon", "9999d", ""]) {
    await assert.rejects(auth.apiTokens.create(admin, { name: "x", role: "viewer", expiresIn }), {
      code: "invalid_input",
    });
  }
});

Deno.test("a token makes no tokens, so one that leaks does not last", async () => {
  const { auth, admin, use } = await withTokens();
  const { secret, token } = await auth.apiTokens.create(admin, { name: "ci", role: "operator" });
  const caller = await use(secret);
  await assert.rejects(auth.apiTokens.create(caller, { name: "more", role: "viewer" }), { code: "forbidden" });
  await assert.rejects(auth.apiTokens.revoke(caller, token.id), { code: "forbidden" });
  await assert.rejects(auth.apiTokens.create(LOCAL_CALLER, { name: "more", role: "viewer" }), { code: "forbidden" });
  await assert.rejects(auth.apiTokens.create(null, { name: "more", role: "viewer" }), { code: "unauthorized" });
});

Deno.test("everybody sees and revokes his own; who manages users those of all", async () => {
  const { auth, admin, user, use } = await withTokens();
  const anna = await user("anna", "viewer");
  const bert = await user("bert", "viewer");
  const { token, secret } = await auth.apiTokens.create(anna, { name: "ci", role: "viewer" });
  await auth.apiTokens.create(bert, { name: "ci", role: "viewer" });
  assert.deepEqual((await auth.apiTokens.list(anna)).map(({ user }) => user), ["anna"]);
  assert.deepEqual((await auth.apiTokens.list(admin)).map(({ user }) => user).toSorted(), ["anna", "bert"]);
  assert.equal((await auth.apiTokens.list(LOCAL_CALLER)).length, 2);
  assert.equal(await auth.apiTokens.revoke(bert, token.id), false);
  await use(secret);
  assert.equal(await auth.apiTokens.revoke(anna, token.id), true);
  await assert.rejects(use(secret), { code: "unauthorized" });
  assert.equal(await auth.apiTokens.revoke(admin, token.id), false);
});

Deno.test("a name is one token's of a user, and one user has so many", async () => {
  const { auth, admin } = await withTokens();
  const make = (name: string) => auth.apiTokens.create(admin, { name, role: "viewer" });
  const twice = await Promise.allSettled([make("ci"), make("ci")]);
  assert.deepEqual(twice.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  for (let i = 1; i < 100; i++) await make(`${i}`);
  await assert.rejects(make("one more"), { code: "conflict" });
});

Deno.test("when it was last used is told", async () => {
  const { auth, admin, use, clock } = await withTokens();
  const { secret } = await auth.apiTokens.create(admin, { name: "ci", role: "viewer" });
  assert.equal((await auth.apiTokens.list(admin))[0]?.lastUsedMs, undefined);
  await use(secret);
  assert.equal((await auth.apiTokens.list(admin))[0]?.lastUsedMs, clock.nowMs());
});
