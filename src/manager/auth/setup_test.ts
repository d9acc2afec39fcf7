import assert from "node:assert/strict";
import { CHEAP_PASSWORDS, managerAuth, OFFICE, PASSWORD } from "../../../tests/helpers/manager_auth.ts";
import { FakeClock } from "../../../tests/helpers/fake_clock.ts";
import { memoryStore } from "../../../tests/helpers/memory_store.ts";
import { recordingLog } from "../../../tests/helpers/recording_log.ts";
import { Auth } from "./auth.ts";

function fresh(store = memoryStore()) {
  const { log } = recordingLog();
  return { store, auth: new Auth({ store, clock: new FakeClock(), log, passwordCost: CHEAP_PASSWORDS }) };
}
const first = { name: "root", password: PASSWORD };

Deno.test("whoever has the link makes the first admin, once", async () => {
  const { auth, store } = fresh();
  assert.equal(await auth.setup.needed(), true);
  const secret = (await auth.setup.begin())?.reveal() ?? "";
  assert.match(secret, /^fhu_/);
  const user = await auth.setup.complete({ ...first, secret });
  assert.deepEqual([user.name, user.role, user.scope], ["root", "admin", ""]);
  assert.equal(await auth.setup.needed(), false);
  await assert.rejects(auth.setup.complete({ ...first, name: "second", secret }), { code: "conflict" });
  assert.equal(await auth.setup.begin(), null);
  assert.equal(await store.facts.get("setup_secret_hash"), null);
  await auth.login(first, OFFICE);
});

Deno.test("of several who use the link at once, one becomes the admin", async () => {
  const { auth, store } = fresh();
  const secret = (await auth.setup.begin())?.reveal() ?? "";
  const names = ["root", "anna", "bert", "mallory"];
  const made = await Promise.allSettled(names.map((name) => auth.setup.complete({ name, password: PASSWORD, secret })));
  assert.equal(made.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal((await store.users.all()).length, 1);
});

Deno.test("without the secret of the latest start nobody does", async () => {
  const { auth, store } = fresh();
  await assert.rejects(auth.setup.complete({ ...first, secret: "" }), { code: "unauthorized" });
  const old = (await auth.setup.begin())?.reveal() ?? "";
  const next = fresh(store).auth;
  const secret = (await next.setup.begin())?.reveal() ?? "";
  for (const wrong of ["", old, secret.slice(0, -1), await store.facts.get("setup_secret_hash") ?? ""]) {
    await assert.rejects(next.setup.complete({ ...first, secret: wrong }), { code: "unauthorized" });
  }
  assert.deepEqual(await store.users.all(), []);
  await next.setup.complete({ ...first, secret });
});

Deno.test("a bad name or password leaves the link good", async () => {
  const { auth } = fresh();
  const secret = (await auth.setup.begin())?.reveal() ?? "";
  await assert.rejects(auth.setup.complete({ ...first, password: "short", secret }), { code: "invalid_input" });
  await assert.rejects(auth.setup.complete({ ...first, name: "Root", secret }), { code: "invalid_input" });
  await auth.setup.complete({ ...first, secret });
});

Deno.test("only the secret's hash is kept", async () => {
  const { auth, store } = fresh();
  const secret = (await auth.setup.begin())?.reveal() ?? "";
  assert.match(await store.facts.get("setup_secret_hash") ?? "", /^[0-9a-f]{64}$/);
  assert.ok(!(await store.facts.get("setup_secret_hash"))?.includes(secret));
});

Deno.test("a manager that was set up before is not set up again", async () => {
  const { store } = await managerAuth();
  const { auth } = fresh(store);
  assert.deepEqual([await auth.setup.needed(), await auth.setup.begin()], [false, null]);
});
