import assert from "node:assert/strict";
import { LOCAL_CALLER } from "../../src/manager/auth/mod.ts";
import { ManagerApi, type ManagerFetch, type ManagerRoute } from "../../src/manager/api/mod.ts";
import { AGENT_ROUTES, type Caller, type Role, ROLE_VERBS, ROLES, type Verb } from "../../src/protocol/mod.ts";
import { hostView } from "../helpers/fake_hub.ts";
import { type FakePorts, fakePorts } from "../helpers/fake_manager_api.ts";
import { fakeTask } from "../helpers/fake_manager_parts.ts";
import { fakeRecording } from "../helpers/fake_terminals.ts";
import { managerAuth, OFFICE, ORIGIN, PASSWORD, type TestAuth } from "../helpers/manager_auth.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import {
  ELSEWHERE,
  NOT_AUDITED,
  OWN_OR_MANAGED,
  PUBLIC,
  type Sample,
  SAMPLES,
  SIGNED_IN_ONLY,
} from "./manager_api_samples.ts";

/**
 * Every route × role × scope × kind of caller: what the table of roles and the rules below say is what the API answers.
 * The rules are written here once more, so that a change of them in auth is noticed.
 */
const NEVER_WITH_A_SCOPE: readonly Verb[] = ["join.manage", "user.manage", "audit.view", "settings.change"];

/** The scope of a caller, seen from the host that is asked about, which has env=prod. */
const SCOPES = { none: "", inside: "env=prod", outside: "env=dev" } as const;
type ScopeName = keyof typeof SCOPES;
const KINDS = ["bearer", "cookie", "token"] as const;

/** Those of a host's routes that only a WebSocket of the manager's own carries on; they have a test of their own. */
const IS_SOCKET = /\/attach$/;

interface Who {
  readonly name: string;
  readonly role: Role | null;
  readonly scope: ScopeName;
  readonly kind: (typeof KINDS)[number] | "nobody";
  readonly caller: Caller | null;
  readonly headers: Readonly<Record<string, string>>;
}

interface World {
  readonly test: TestAuth;
  readonly ports: FakePorts;
  readonly api: ManagerApi;
  readonly fetch: ManagerFetch;
}

async function newWorld(): Promise<World> {
  const test = await managerAuth();
  const fakes = fakePorts();
  const { auth } = test;
  const { log } = recordingLog();
  const api = new ManagerApi({ ...fakes, auth }, {
    ...{ clock: test.clock, log, version: "1.0.0", workerToken: null },
    metrics: { fleet: true, token: null },
  });
  return { test, ports: fakes, api, fetch: api.app({ gate: auth.gate, isSecure: true }) };
}

/** What a request may have changed is put back. */
function reset({ hub, tasks, events, audit, terminals }: FakePorts): void {
  hub.hosts.clear();
  hub.put(hostView("prod-1", { labels: { env: "prod" } }), hostView("dev-1", { labels: { env: "dev" } }));
  tasks.kept.set("task-prod", fakeTask("task-prod", "prod-1"));
  terminals.kept.set("rec-prod", fakeRecording("rec-prod", "prod-1"));
  events.kept.length = 0;
  audit.take();
}

async function everybody({ test }: World): Promise<Who[]> {
  const nobody: Who = { name: "nobody", role: null, scope: "none", kind: "nobody", caller: null, headers: {} };
  const all = [nobody];
  for (const role of ROLES) {
    for (const scope of ["none", "inside", "outside"] as const) {
      for (const kind of KINDS) all.push(await who(test, role, scope, kind));
    }
  }
  return all;
}

async function who(test: TestAuth, role: Role, scope: ScopeName, kind: Who["kind"]): Promise<Who> {
  const name = `${role}.${scope}.${kind}`;
  const signedIn = await test.user(name, role, SCOPES[scope]);
  const headers = await headersFor(test, name, signedIn, kind);
  return { name, role, scope, kind, caller: await test.knock(headers), headers };
}

async function headersFor(test: TestAuth, name: string, signedIn: Caller, kind: Who["kind"]) {
  if (kind === "token") {
    const { secret } = await test.auth.apiTokens.create(signedIn, { name, role: signedIn.role });
    return { authorization: `Bearer ${secret.reveal()}` };
  }
  if (kind === "bearer") return { authorization: `Bearer ${(await test.signIn(name)).secret}` };
  const { setCookie, csrf } = await test.auth.login({ name, password: PASSWORD }, OFFICE);
  return { cookie: setCookie?.split(";", 1)[0] ?? "", "x-csrf-token": csrf, origin: ORIGIN };
}

/** One of the routes, or one of a host's own routes through the manager. */
interface Case {
  readonly name: string;
  readonly method: string;
  readonly guard: { readonly verb: Verb | "public"; readonly isAboutHost: boolean; readonly isAudited: boolean };
  readonly sample: (world: World, caller: Caller | null) => Sample | Promise<Sample>;
}

function casesOf(routes: readonly ManagerRoute[]): Case[] {
  return routes.flatMap((route): Case[] => {
    const name = `${route.method} ${route.path}`;
    if (route.guard.verb === "route") return AGENT_ROUTES.filter(({ path }) => !IS_SOCKET.test(path)).map(caseOfAgent);
    const sample = SAMPLES[name];
    if (ELSEWHERE.includes(name)) return [];
    assert.ok(sample !== undefined, `${name} needs a sample in manager_api_samples.ts`);
    const { verb, isAboutHost, isAudited } = route.guard;
    return [{
      name,
      method: route.method,
      guard: { verb, isAboutHost, isAudited },
      sample: ({ test }, caller) => sample({ test, caller }),
    }];
  });
}

function caseOfAgent({ method, path, verb, isTold }: (typeof AGENT_ROUTES)[number]): Case {
  return {
    name: `${method} …/agent${path}`,
    method,
    guard: { verb, isAboutHost: true, isAudited: method !== "GET" || isTold === true },
    sample: () => ({ path: `/api/v1/hosts/prod-1/agent${path.replace("{id}", "api")}` }),
  };
}

/** What must come of it, by the table of roles alone. */
function expectedStatus({ name, guard: { verb, isAboutHost } }: Case, { role, scope, kind }: Who): number {
  if (verb === "public") return 200;
  if (role === null) return 401;
  // Tasks and recordings, too, are about a host, by another way.
  const isAboutOne = /^\w+ \/api\/v1\/(tasks|batches|recordings)\/\{id\}/.test(name);
  const mayVerb = ROLE_VERBS[role].includes(verb);
  if (isAboutHost && scope === "outside") return 404;
  if (!mayVerb) return 403;
  if (scope !== "none" && NEVER_WITH_A_SCOPE.includes(verb)) return 403;
  const managesUsers = role === "admin" && scope === "none";
  if (kind === "token" && (SIGNED_IN_ONLY.includes(name) || (OWN_OR_MANAGED.includes(name) && !managesUsers))) {
    return 403;
  }
  if (isAboutOne && scope === "outside") return 404;
  // It names a host, which is not there for who may not see it.
  if (name === "POST /api/v1/tasks" && scope === "outside") return 404;
  return 200;
}

function expectedAudit(each: Case, { role }: Who, status: number): string[] {
  if (!each.guard.isAudited || (role === null && each.guard.verb !== "public")) return [];
  return status === 200 ? ["ok"] : ["refused"];
}

async function send({ fetch }: World, { method }: Case, { path, body, headers }: Sample, from: Who): Promise<Response> {
  return await fetch(
    new Request(`${ORIGIN}${path}`, {
      method,
      headers: {
        ...from.headers,
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
    { address: OFFICE.address },
  );
}

Deno.test("every route answers every caller as the table of roles says, and every change is in the audit once", async () => {
  const world = await newWorld();
  const cases = casesOf(world.api.routes);
  // This ends what the caller is known by.
  const logout = "DELETE /api/v1/sessions/current";
  const ordered = cases.toSorted((a, b) => Number(a.name === logout) - Number(b.name === logout));
  const wrong: string[] = [];
  let tried = 0;
  for (const from of await everybody(world)) {
    for (const each of ordered) {
      reset(world.ports);
      const response = await send(world, each, await each.sample(world, from.caller), from);
      await response.body?.cancel();
      const results = world.ports.audit.take().map(({ result }) => result);
      const status = expectedStatus(each, from);
      const audited = expectedAudit(each, from, status);
      tried++;
      if (response.status !== status || String(results) !== String(audited)) {
        wrong.push(`${from.name}: ${each.name}: ${response.status} [${results}], expected ${status} [${audited}]`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(tried > 1_500, `only ${tried} were tried`);
  await world.api.component().stop(AbortSignal.timeout(5_000));
});

Deno.test("who asks by the control socket may do everything but what needs somebody who has signed in", async () => {
  const world = await newWorld();
  const gate = () => ({ access: "owner" as const, caller: LOCAL_CALLER });
  const local = { ...world, fetch: world.api.app({ gate, isSecure: false }) };
  const from: Who = { name: "local", role: "admin", scope: "none", kind: "bearer", caller: null, headers: {} };
  for (const each of casesOf(world.api.routes)) {
    reset(world.ports);
    const response = await send(local, each, await each.sample(world, null), from);
    await response.body?.cancel();
    assert.equal(response.status, SIGNED_IN_ONLY.includes(each.name) ? 403 : 200, each.name);
    assert.equal(world.ports.audit.take().length, each.guard.isAudited ? 1 : 0, each.name);
  }
  await world.api.component().stop(AbortSignal.timeout(5_000));
});

Deno.test("every route has a verb or is on the list of those that are for everybody", async () => {
  const { api } = await newWorld();
  const open = api.routes.filter(({ guard }) => guard.verb === "public").map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(open.filter((name) => !PUBLIC.includes(name)), []);
  const gone = PUBLIC.filter((name) => !open.includes(name) && name !== "POST /api/worker/heartbeat");
  assert.deepEqual(gone, []);
});

Deno.test("every route that changes something is audited, but for those on the list", async () => {
  const { api } = await newWorld();
  const silent = api.routes.filter(({ method, guard }) => method !== "GET" && !guard.isAudited)
    .map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(silent.filter((name) => !NOT_AUDITED.includes(name)), []);
});
