import assert from "node:assert/strict";
import { type Caller, type Role, ROLES, type Verb, VERBS } from "../../protocol/mod.ts";
import { authorise, LOCAL_CALLER, mayUse, scopeText, VERB_REACH, verbsOf, weakerRole } from "./authorise.ts";

const caller = (role: Role, scopes: readonly string[] = []): Caller => ({
  ...{ actor: "anna", kind: "session", userId: "u1", role, scopes, sessionId: "s1", csrf: null, address: "" },
});
const IN_SCOPE = { name: "web-1", labels: { env: "prod", team: "shop" } };
const OUTSIDE = { name: "db-1", labels: { env: "test", team: "shop" } };

/** What may be done, spelled out a second time: [without a scope, for a host in scope, outside of it, for no host]. */
type Row = readonly [free: boolean, inScope: boolean, outside: boolean, noHost: boolean];
const NEVER: Row = [false, false, false, false];
const LISTED: Row = [true, true, false, true];
const PER_HOST: Row = [true, true, false, false];
const FLEET: Row = [true, false, false, false];
const SELF: Row = [true, true, true, true];

const TABLE: Readonly<Record<Verb, Readonly<Record<Role, Row>>>> = {
  "host.view": { viewer: LISTED, operator: LISTED, admin: LISTED },
  "host.operate": { viewer: NEVER, operator: PER_HOST, admin: PER_HOST },
  "host.deploy": { viewer: NEVER, operator: PER_HOST, admin: PER_HOST },
  "host.exec": { viewer: NEVER, operator: PER_HOST, admin: PER_HOST },
  "host.terminal": { viewer: NEVER, operator: PER_HOST, admin: PER_HOST },
  "host.files.read": { viewer: NEVER, operator: PER_HOST, admin: PER_HOST },
  "host.files.write": { viewer: NEVER, operator: PER_HOST, admin: PER_HOST },
  "host.forward": { viewer: NEVER, operator: PER_HOST, admin: PER_HOST },
  "host.manage": { viewer: NEVER, operator: NEVER, admin: PER_HOST },
  "task.view": { viewer: LISTED, operator: LISTED, admin: LISTED },
  "task.create": { viewer: NEVER, operator: LISTED, admin: LISTED },
  "settings.view": { viewer: LISTED, operator: LISTED, admin: LISTED },
  "settings.change": { viewer: NEVER, operator: NEVER, admin: PER_HOST },
  "join.manage": { viewer: NEVER, operator: NEVER, admin: FLEET },
  "user.manage": { viewer: NEVER, operator: NEVER, admin: FLEET },
  "audit.view": { viewer: NEVER, operator: NEVER, admin: FLEET },
  "metrics.view": { viewer: LISTED, operator: LISTED, admin: LISTED },
  "recording.manage": { viewer: NEVER, operator: NEVER, admin: LISTED },
  "self.manage": { viewer: SELF, operator: SELF, admin: SELF },
};

/** Scopes that are none, that hold for one host and not for the other, and that cannot be read. */
const NO_SCOPES = [[], [""], ["  ", ""]];
const SCOPES = [["env=prod"], ["name=web-*", "team=shop"], ["", "env!=test"], ["team", "env=prod,name=web-1"]];
const BROKEN = [["env==x"], ["", "=a"], ["team=shop", "a b"]];

function check(who: Caller, verb: Verb, host: typeof IN_SCOPE | undefined, expected: boolean, what: string): void {
  const where = `${what}: ${who.role} ${JSON.stringify(who.scopes)} ${verb} ${host?.name ?? "no host"}`;
  assert.equal(mayUse(who, verb, host), expected, where);
  if (expected) return authorise(who, verb, host);
  assert.throws(() => authorise(who, verb, host), { code: "forbidden" }, where);
}

for (const verb of VERBS) {
  for (const role of ROLES) {
    const [free, inScope, outside, noHost] = TABLE[verb][role];
    Deno.test(`${verb} by ${role}: without a scope, in it, outside, for no host`, () => {
      for (const host of [IN_SCOPE, OUTSIDE, undefined]) {
        for (const scopes of NO_SCOPES) check(caller(role, scopes), verb, host, free, "no scope");
      }
      for (const scopes of SCOPES) {
        check(caller(role, scopes), verb, IN_SCOPE, inScope, "in scope");
        check(caller(role, scopes), verb, OUTSIDE, outside, "outside");
        check(caller(role, scopes), verb, undefined, noHost, "no host");
      }
      for (const scopes of BROKEN) {
        for (const host of [IN_SCOPE, OUTSIDE]) check(caller(role, scopes), verb, host, outside, "broken scope");
        check(caller(role, scopes), verb, undefined, noHost, "broken scope");
      }
    });
  }
}

Deno.test("all scopes must hold, the user's and the token's", () => {
  const both = caller("operator", ["env=prod", "team=db"]);
  assert.equal(mayUse(both, "host.exec", IN_SCOPE), false);
  assert.equal(mayUse(both, "host.exec", { name: "x", labels: { env: "prod", team: "db" } }), true);
});

Deno.test("nobody may do nothing, and is told to sign in", () => {
  for (const verb of VERBS) {
    assert.equal(mayUse(null, verb), false);
    assert.equal(mayUse(null, verb, IN_SCOPE), false);
    assert.throws(() => authorise(null, verb), { code: "unauthorized" });
  }
});

Deno.test("a role or a verb that nobody knows is refused", () => {
  for (const role of ["owner", "", "__proto__", "constructor"]) {
    for (const verb of VERBS) assert.equal(mayUse(caller(role as Role), verb, IN_SCOPE), false);
  }
  assert.equal(mayUse(caller("admin"), "everything" as Verb), false);
});

Deno.test("the control socket may do all", () => {
  for (const verb of VERBS) assert.equal(mayUse(LOCAL_CALLER, verb), true);
});

Deno.test("a refusal says what is missing: the verb, and the role or the scope", () => {
  const message = (who: Caller, verb: Verb, host?: typeof IN_SCOPE) => {
    try {
      authorise(who, verb, host);
    } catch (error) {
      return String(error);
    }
    return "";
  };
  assert.match(message(caller("viewer"), "host.exec"), /anna.*host\.exec.*role operator.*is viewer/);
  assert.match(message(caller("operator"), "user.manage"), /role admin/);
  assert.match(message(caller("operator", ["env=prod"]), "host.exec", OUTSIDE), /host\.exec on db-1.*env=prod/);
  assert.match(message(caller("admin", ["env=prod"]), "user.manage"), /for all hosts.*env=prod/);
});

Deno.test("the verbs that are shown are those that can be used on some host", () => {
  for (const role of ROLES) {
    for (const scopes of [...NO_SCOPES, ...SCOPES]) {
      const who = caller(role, scopes);
      const usable = VERBS.filter((verb) => mayUse(who, verb) || mayUse(who, verb, IN_SCOPE));
      assert.deepEqual([...verbsOf(who)].toSorted(), usable.toSorted(), `${role} ${scopes}`);
    }
  }
});

Deno.test("every verb has a reach", () => assert.deepEqual(Object.keys(VERB_REACH).toSorted(), [...VERBS].toSorted()));

Deno.test("of two roles the weaker, of scopes one text", () => {
  assert.equal(weakerRole("admin", "viewer"), "viewer");
  assert.equal(weakerRole("operator", "admin"), "operator");
  assert.equal(weakerRole("admin", "owner" as Role), "owner");
  assert.equal(scopeText(["", "env=prod, name=web-*", "env=prod,gpu"]), "env=prod,name=web-*,gpu");
});
