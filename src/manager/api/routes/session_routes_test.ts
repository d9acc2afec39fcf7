import assert from "node:assert/strict";
import { dataOf, fakeApi, statusOf } from "../../../../tests/helpers/fake_manager_api.ts";

Deno.test("a login sets a cookie, or gives a token to who asks for one; a logout takes the cookie back", async () => {
  await using api = fakeApi();
  const login = await api.ask(null, "POST", "/api/v1/sessions", { name: "ada", password: "x" });
  assert.match(login.headers.get("set-cookie") ?? "", /^farhand_session=fhs_secret; HttpOnly/);
  assert.equal((await login.json()).data.token, undefined);
  const bearer = await api.ask(null, "POST", "/api/v1/sessions", { name: "ada", password: "x", bearer: true });
  assert.equal(bearer.headers.get("set-cookie"), null);
  assert.equal((await bearer.json()).data.token, "fhs_secret");
  const setup = await api.ask(null, "POST", "/api/v1/setup", {
    secret: "s",
    name: "ada",
    password: "long enough for it",
  });
  assert.match(setup.headers.get("set-cookie") ?? "", /fhs_secret/);
  const logout = await api.ask("browser", "DELETE", "/api/v1/sessions/current");
  assert.match(logout.headers.get("set-cookie") ?? "", /Max-Age=0/);
  assert.equal((await api.ask("viewer", "DELETE", "/api/v1/sessions/current")).headers.get("set-cookie"), null);
});

Deno.test("logins are in the audit with who has, or has not, logged in, and without the password", async () => {
  await using api = fakeApi();
  await api.ask(null, "POST", "/api/v1/sessions", { name: "ada", password: "hunter2" });
  await api.ask(null, "POST", "/api/v1/sessions", { name: "ada", password: "wrong" });
  const entries = api.ports.audit.take();
  assert.deepEqual(entries.map(({ actor, address, subject, result }) => [actor, address, subject, result]), [
    ["ada", "198.51.100.7", "user ada", "ok"],
    ["anonymous", "198.51.100.7", "user ada", "refused"],
  ]);
  assert.doesNotMatch(JSON.stringify(entries), /hunter2|wrong"/);
});

Deno.test("secrets that are shown once are in no audit", async () => {
  await using api = fakeApi();
  assert.equal(
    (await dataOf(api.ask("admin", "POST", "/api/v1/tokens", { name: "ci", role: "viewer" }))).secret,
    "fht_secret",
  );
  const made = await dataOf(api.ask("admin", "POST", "/api/v1/join-tokens", {}));
  assert.deepEqual(made.commands, { linux: "printf %s fhj_secret | agent join" });
  await dataOf(api.ask("admin", "PATCH", "/api/v1/users/ada", { password: "correct horse battery" }));
  await dataOf(
    api.ask("admin", "POST", "/api/v1/users", { name: "bob", password: "correct horse battery", role: "viewer" }),
  );
  const entries = api.ports.audit.take();
  assert.equal(entries.length, 4);
  assert.doesNotMatch(JSON.stringify(entries), /secret|battery/);
});

Deno.test("what is not there is told so", async () => {
  await using api = fakeApi();
  for (
    const path of [
      "sessions/unknown",
      "tokens/unknown",
      "join-tokens/unknown",
      "settings/unknown",
      "hosts/unknown",
      "tasks/unknown",
    ]
  ) {
    assert.equal(await statusOf(api.ask("admin", "DELETE", `/api/v1/${path}`)), 404, path);
  }
  for (const path of ["hosts/unknown", "tasks/unknown", "batches/unknown"]) {
    assert.equal(await statusOf(api.ask("admin", "GET", `/api/v1/${path}`)), 404, path);
  }
});
