import assert from "node:assert/strict";
import { dataOf, fakeApi, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";

Deno.test("an audit is told in pages; its check runs once for all who ask meanwhile", async () => {
  await using api = fakeApi();
  const { audit } = api.ports;
  const entry = (seq: number) => ({
    ...{
      seq,
      timeMs: 1,
      actor: "a",
      address: "",
      action: "x",
      subject: "y",
      result: "ok" as const,
      details: {},
      hash: "",
    },
  });
  let query: unknown;
  audit.list = (given) => {
    query = given;
    return Promise.resolve([9, 8, 7].map(entry).slice(0, given.limit));
  };
  assert.equal((await dataOf(api.ask("admin", "GET", "/api/v1/audit?limit=2"))).next, "8");
  assert.equal(
    (await dataOf(api.ask("admin", "GET", "/api/v1/audit?limit=5&cursor=8&actor=a&host=h"))).next,
    undefined,
  );
  assert.deepEqual(query, { limit: 5, before: 8, actor: "a", hostId: "h" });
  assert.equal(await statusOf(api.ask("admin", "GET", "/api/v1/audit?cursor=x")), 400);
  let verified = 0;
  audit.verify = async () => {
    verified++;
    await Promise.resolve();
    return { ok: true, entries: 1 };
  };
  await Promise.all([1, 2, 3].map(() => dataOf(api.ask("admin", "GET", "/api/v1/audit/verify"))));
  assert.equal(verified, 1);
});
