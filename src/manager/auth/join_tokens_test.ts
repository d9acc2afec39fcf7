import assert from "node:assert/strict";
import { managerAuth } from "../../../tests/helpers/manager_auth.ts";
import { LOCAL_CALLER } from "./authorise.ts";

const DAY_MS = 86_400_000;

Deno.test("a join token is good for one host and a day, if nothing else was said", async () => {
  const { auth, admin, clock, store } = await managerAuth();
  const { token, secret } = await auth.joinTokens.create(admin, { labels: { env: "prod" } });
  assert.match(secret.reveal(), /^fhj_/);
  assert.deepEqual([token.maxUses, token.uses, token.createdBy], [1, 0, "root"]);
  assert.equal(token.expiresMs, clock.nowMs() + DAY_MS);
  assert.ok(!JSON.stringify(await store.joinTokens.all()).includes(secret.reveal()));
  assert.deepEqual((await auth.joinTokens.use(secret.reveal())).labels, { env: "prod" });
  await assert.rejects(auth.joinTokens.use(secret.reveal()), { code: "unauthorized" });
});

Deno.test("a counted one is good so often, however many come at once", async () => {
  const { auth } = await managerAuth();
  const { secret } = await auth.joinTokens.create(LOCAL_CALLER, { name: "rack 7", maxUses: 3 });
  const uses = await Promise.allSettled(Array.from({ length: 10 }, () => auth.joinTokens.use(secret.reveal())));
  assert.equal(uses.filter(({ status }) => status === "fulfilled").length, 3);
});

Deno.test("one that has expired, was revoked, or was never made is not good, and it is not told which", async () => {
  const { auth, admin, clock } = await managerAuth();
  const expired = await auth.joinTokens.create(admin, { expiresIn: "1h" });
  const revoked = await auth.joinTokens.create(admin, {});
  assert.equal(await auth.joinTokens.revoke(admin, revoked.token.id), true);
  assert.equal(await auth.joinTokens.revoke(admin, "none"), false);
  await clock.advance(3_600_000);
  const messages = new Set<string>();
  for (
    const secret of [expired.secret.reveal(), revoked.secret.reveal(), `fhj_${"a".repeat(43)}`, "", "x".repeat(10_000)]
  ) {
    await auth.joinTokens.use(secret).catch(({ code, message }) => messages.add(`${code} ${message}`));
  }
  assert.equal(messages.size, 1);
  assert.match([...messages][0] ?? "", /^unauthorized /);
});

Deno.test("only admins without a scope have to do with them", async () => {
  const { auth, user } = await managerAuth();
  for (const caller of [await user("anna", "operator"), await user("bert", "admin", "env=prod"), null]) {
    const code = caller === null ? "unauthorized" : "forbidden";
    await assert.rejects(auth.joinTokens.create(caller, {}), { code });
    await assert.rejects(auth.joinTokens.list(caller), { code });
    await assert.rejects(auth.joinTokens.revoke(caller, "x"), { code });
  }
});

Deno.test("the list tells all but the secret, the latest first", async () => {
  const { auth, admin, clock } = await managerAuth();
  await auth.joinTokens.create(admin, { name: "one" });
  await clock.advance(1);
  await auth.joinTokens.create(admin, { name: "two" });
  const listed = await auth.joinTokens.list(admin);
  assert.deepEqual(listed.map(({ name }) => name), ["two", "one"]);
  assert.ok(listed.every((token) => !("hash" in token)));
  await assert.rejects(auth.joinTokens.create(admin, { expiresIn: "366d" }), { code: "invalid_input" });
});
