import assert from "node:assert/strict";
import { AppError, type ErrorCode } from "../core/mod.ts";
import { type AccountCalls, accountCalls } from "./linux/accounts.ts";
import { RunAsResolver } from "./run_as.linux.ts";

const USERS = [{ name: "shop", uid: 1000, gid: 1001, home: "" }, { name: "root", uid: 0, gid: 0, home: "" }];

function resolver(over: Partial<AccountCalls> = {}, ownUid = 0, ownGid = ownUid) {
  let nowMs = 0;
  const asked: string[] = [];
  const accounts: AccountCalls = {
    userByName: (name) => (asked.push(name), USERS.find((user) => user.name === name) ?? null),
    userById: (uid) => USERS.find((user) => user.uid === uid) ?? null,
    groupByName: (name) => name === "docker" ? 27 : null,
    groupsOf: (_name, gid) => [gid, 27],
    ...over,
  };
  const subject = new RunAsResolver({ accounts, ownUid, ownGid, monotonicMs: () => nowMs });
  return { asked, resolve: subject.resolve.bind(subject), advance: (ms: number) => nowMs += ms };
}

function refuses(act: () => unknown, code: ErrorCode, pattern: RegExp): void {
  assert.throws(act, (error) => error instanceof AppError && error.code === code && pattern.test(error.message));
}

Deno.test("names and numbers become ids, with the groups of the user", () => {
  const { resolve } = resolver();
  const shop = { uid: 1000, gid: 1001, groups: [1001, 27] };
  assert.deepEqual(resolve("shop", ""), shop);
  assert.deepEqual(resolve("1000", ""), shop);
  assert.deepEqual(resolve("shop", "docker"), { ...shop, gid: 27, groups: [27, 27] });
  assert.deepEqual(resolve("4242", "5"), { uid: 4242, gid: 5, groups: [] });
  assert.deepEqual(resolve("", "docker"), { uid: null, gid: 27, groups: null });
});

Deno.test("the agent's own account needs nothing", () => {
  assert.equal(resolver().resolve("", ""), null);
  assert.equal(resolver().resolve("root", ""), null);
  assert.equal(resolver({}, 1000, 1001).resolve("shop", ""), null);
  assert.equal(resolver({}, 1000, 1001).resolve("1000", "1001"), null);
});

Deno.test("what cannot be done is said", () => {
  const { resolve } = resolver();
  refuses(() => resolve("nobody-here", ""), "not_found", /user nobody-here: there is no such user/);
  refuses(() => resolve("", "nobody-here"), "not_found", /group nobody-here: there is no such group/);
  refuses(() => resolve("4242", ""), "invalid_input", /set a group/);
  refuses(() => resolve("4294967295", "1"), "invalid_input", /go up to/);
  refuses(() => resolver({}, 1000, 1001).resolve("root", ""), "forbidden", /user root: only root may/);
  refuses(() => resolver({}, 1000, 1001).resolve("", "docker"), "forbidden", /group docker/);
  refuses(() => resolver({ userByName: () => 5 }).resolve("shop", ""), "unavailable", /does not answer \(error 5\)/);
});

Deno.test("a storm of starts asks the database once", () => {
  const { resolve, asked, advance } = resolver();
  for (let i = 0; i < 50; i++) resolve("shop", "");
  assert.deepEqual(asked, ["shop"]);
  advance(10_001);
  resolve("shop", "");
  assert.equal(asked.length, 2);
});

Deno.test({ name: "the C library is asked rightly", ignore: Deno.build.os !== "linux" }, () => {
  assert.deepEqual(accountCalls.userByName("root"), { name: "root", uid: 0, gid: 0, home: "/root" });
  assert.deepEqual(accountCalls.userById(0), { name: "root", uid: 0, gid: 0, home: "/root" });
  assert.equal(accountCalls.groupByName("root"), 0);
  assert.deepEqual(
    [
      accountCalls.userByName("no-such-user"),
      accountCalls.userById(3_999_999_999),
      accountCalls.groupByName("none-such"),
    ],
    [null, null, null],
  );
  assert.ok(accountCalls.groupsOf("root", 0).includes(0));
});
