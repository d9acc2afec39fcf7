import assert from "node:assert/strict";
import type { ApiToken, Role, User } from "../protocol/mod.ts";
import { taskRefusal } from "./task_permission.ts";

const NOW_MS = 1_000_000;
const EXEC = { method: "POST", path: "/v1/exec?x=1" } as const;
const PROD = { name: "web-1", labels: { env: "prod" } };

function ports(people: { role?: Role; scope?: string; disabled?: boolean; tokens?: Partial<ApiToken>[] } = {}) {
  const { role = "operator", scope = "", disabled = false, tokens = [] } = people;
  const ada: User = { id: "u1", name: "ada", role, scope, disabled, createdMs: 1 };
  const made = tokens.map((token, index) => ({
    ...{ id: `t${index}`, name: "ci", userId: "u1", user: "ada", role: "operator" as const, scope: "", createdMs: 1 },
    ...token,
    hash: "",
  }));
  const store = {
    users: { byName: (name: string) => Promise.resolve(name === "ada" ? { ...ada, passwordHash: "" } : null) },
    apiTokens: { all: () => Promise.resolve(made) },
  };
  return { store: store as never, nowMs: () => NOW_MS };
}

Deno.test("who made a task must still be let in and may still do that there", async () => {
  assert.equal(await taskRefusal(ports(), "ada", EXEC, PROD), null);
  assert.equal(await taskRefusal(ports({ scope: "env=prod" }), "ada", EXEC, PROD), null);
  assert.equal(await taskRefusal(ports(), "local", EXEC, PROD), null);
  const refused: readonly (readonly [Parameters<typeof ports>[0], string, RegExp])[] = [
    [{ role: "viewer" }, "ada", /may not do host\.exec there any more/],
    [{ scope: "env=test" }, "ada", /may not do host\.exec/],
    [{ scope: "no selector at all!" }, "ada", /may not do host\.exec/],
    [{ disabled: true }, "ada", /not let in any more/],
    [{}, "bob", /bob, who made it, is not let in any more/],
    [{}, "token:ada/ci", /not let in any more/],
    [{}, "token:bob/ci", /not let in any more/],
  ];
  for (const [people, actor, message] of refused) {
    assert.match(await taskRefusal(ports(people), actor, EXEC, PROD) ?? "", message);
  }
});

Deno.test("a token counts for no more than it has now, and for nothing once it has expired", async () => {
  const of = (token: Partial<ApiToken>, role: Role = "admin") =>
    taskRefusal(ports({ role, tokens: [token] }), "token:ada/ci", EXEC, PROD);
  assert.equal(await of({}), null);
  assert.equal(await of({ expiresMs: NOW_MS + 1 }), null);
  assert.match(await of({ expiresMs: NOW_MS }) ?? "", /not let in/);
  assert.match(await of({ role: "viewer" }) ?? "", /may not/);
  assert.match(await of({ role: "admin" }, "viewer") ?? "", /may not/);
  assert.match(await of({ scope: "name=db-*" }) ?? "", /may not/);
});

Deno.test("what no host may be asked is refused whoever asks", async () => {
  const stop = { method: "POST", path: "/v1/stop" } as const;
  assert.match(await taskRefusal(ports(), "local", stop, PROD) ?? "", /no host may be asked POST \/v1\/stop/);
});
