import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../src/core/mod.ts";
import type { Admission, Gate } from "../../src/http/mod.ts";
import { type ApiPorts, ManagerApi, type ManagerApiOptions, type ManagerFetch } from "../../src/manager/api/mod.ts";
import type { Caller, HostView } from "../../src/protocol/mod.ts";
import { caller, FakeAuth } from "./fake_auth.ts";
import { FakeHub } from "./fake_hub.ts";
import { FakeLogSearch } from "./fake_log_search.ts";
import { FakeAudit, FakeEvents, FakeManager, FakeSamples, FakeSettings, FakeTasks } from "./fake_manager_parts.ts";
import { FakeTerminals } from "./fake_terminals.ts";
import { recordingLog } from "./recording_log.ts";

export interface FakePorts extends ApiPorts {
  readonly auth: FakeAuth;
  readonly hub: FakeHub;
  readonly samples: FakeSamples;
  readonly settings: FakeSettings;
  readonly tasks: FakeTasks;
  readonly events: FakeEvents;
  readonly audit: FakeAudit;
  readonly manager: FakeManager;
  readonly terminals: FakeTerminals;
  readonly logSearch: FakeLogSearch;
}

export function fakePorts(...hosts: HostView[]): FakePorts {
  return {
    auth: new FakeAuth(),
    hub: new FakeHub(...hosts),
    samples: new FakeSamples(),
    settings: new FakeSettings(),
    tasks: new FakeTasks(),
    events: new FakeEvents(),
    audit: new FakeAudit(),
    manager: new FakeManager(),
    terminals: new FakeTerminals(),
    logSearch: new FakeLogSearch(),
  };
}

/** Lets in whoever names one of these callers in the header `x-caller`. */
export function fakeGate(callers: Readonly<Record<string, Caller>>): Gate {
  return (request): Admission => {
    const found = callers[request.headers.get("x-caller") ?? ""];
    return found === undefined ? { access: "public", caller: null } : { access: "owner", caller: found };
  };
}

export interface FakeApi extends AsyncDisposable {
  readonly ports: FakePorts;
  readonly api: ManagerApi;
  readonly fetch: ManagerFetch;
  /** Asks as one of the callers, in JSON; `as` null for nobody. */
  ask(as: string | null, method: string, path: string, body?: unknown): Promise<Response>;
}

export const CALLERS: Readonly<Record<string, Caller>> = {
  viewer: caller("viewer"),
  operator: caller("operator"),
  admin: caller("admin"),
  /** By cookie, as a browser comes. */
  browser: caller("viewer", { actor: "browser", csrf: "csrf" }),
  dev: caller("operator", { actor: "dev", scopes: ["env=dev"] }),
};

/** The API on fakes, without a socket. */
export function fakeApi(
  ports: FakePorts = fakePorts(),
  { clock = systemClock, ...more }: Partial<ManagerApiOptions> & { readonly clock?: Clock } = {},
): FakeApi {
  const { log } = recordingLog();
  const api = new ManagerApi(ports, {
    ...{ clock, log, version: "1.0.0", workerToken: null, metrics: { fleet: true, token: null } },
    ...more,
  });
  const fetch = api.app({ gate: fakeGate(CALLERS), isSecure: true });
  const component = api.component();
  return {
    ports,
    api,
    fetch,
    ask: async (as, method, path, body) =>
      await fetch(
        new Request(`http://manager${path}`, {
          method,
          headers: {
            ...(as === null ? {} : { "x-caller": as }),
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
        { address: "198.51.100.7" },
      ),
    [Symbol.asyncDispose]: () => component.stop(AbortSignal.timeout(5_000)),
  };
}

/** The data of an answer that must be a good one. */
// deno-lint-ignore no-explicit-any -- answers of many shapes, each looked at by its test
export async function dataOf(answer: Promise<Response>): Promise<any> {
  const response = await answer;
  const { msg, data } = await response.json();
  assert.equal(response.status, 200, msg);
  return data;
}

export async function statusOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
}
