import assert from "node:assert/strict";
import { managerAuth } from "../../../tests/helpers/manager_auth.ts";
import { LOCAL_CALLER } from "./authorise.ts";

Deno.test("a ticket is its caller's, once", async () => {
  const { auth, admin, clock } = await managerAuth();
  const { ticket, expiresMs } = auth.tickets.issue(admin);
  assert.equal(expiresMs, clock.nowMs() + 30_000);
  const caller = await auth.tickets.take(ticket.reveal());
  assert.deepEqual([caller.actor, caller.userId, caller.sessionId], [admin.actor, admin.userId, admin.sessionId]);
  await assert.rejects(auth.tickets.take(ticket.reveal()), { code: "unauthorized" });
  assert.equal(auth.tickets.size, 0);
});

Deno.test("of two who take one at once, one gets it", async () => {
  const { auth, admin } = await managerAuth();
  const text = auth.tickets.issue(admin).ticket.reveal();
  const taken = await Promise.allSettled([auth.tickets.take(text), auth.tickets.take(text)]);
  assert.deepEqual(taken.map(({ status }) => status), ["fulfilled", "rejected"]);
});

Deno.test("one that is too old, or was never made, is good for nothing", async () => {
  const { auth, admin, clock } = await managerAuth();
  const { ticket } = auth.tickets.issue(admin);
  await clock.advance(30_000);
  for (const text of [ticket.reveal(), "", `fhw_${"a".repeat(43)}`, "x".repeat(100_000)]) {
    await assert.rejects(auth.tickets.take(text), { code: "unauthorized" });
  }
});

Deno.test("whoever was shut out meanwhile gets nothing by it, and who has less gets less", async () => {
  const { auth, user, admin } = await managerAuth();
  const anna = await user("anna", "operator");
  const [first, second] = [auth.tickets.issue(anna), auth.tickets.issue(anna)];
  await auth.users.change(admin, anna.userId ?? "", { role: "viewer" });
  assert.equal((await auth.tickets.take(first.ticket.reveal())).role, "viewer");
  await auth.users.change(admin, anna.userId ?? "", { disabled: true });
  await assert.rejects(auth.tickets.take(second.ticket.reveal()), { code: "unauthorized" });
});

Deno.test("nobody gets none, and one caller so many at a time", async () => {
  const { auth, user, admin, clock } = await managerAuth();
  assert.throws(() => auth.tickets.issue(null), { code: "unauthorized" });
  const anna = await user("anna", "viewer");
  for (let i = 0; i < 30; i++) auth.tickets.issue(anna);
  assert.throws(() => auth.tickets.issue(anna), { code: "rate_limited" });
  auth.tickets.issue(admin);
  auth.tickets.issue(LOCAL_CALLER);
  await clock.advance(30_000);
  auth.tickets.issue(anna);
  assert.equal(auth.tickets.size, 1);
});
