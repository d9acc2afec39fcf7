import assert from "node:assert/strict";
import { agentPath, api, ApiProblem, isAbort, setApiSession, withQuery } from "./api.ts";
import { en } from "./i18n/en.ts";
import { setDictionary } from "./i18n/i18n.ts";

type Answering = (request: Request) => Response | Promise<Response>;

/** What would go to the manager is answered here. */
async function answered<T>(answering: Answering, run: () => Promise<T>): Promise<T> {
  setDictionary(en, "en");
  const before = globalThis.fetch;
  globalThis.fetch = async (path, init) => {
    const request = new Request(new URL(String(path), "http://manager"), init);
    const aborted = Promise.withResolvers<never>();
    request.signal.addEventListener("abort", () => aborted.reject(request.signal.reason));
    return await Promise.race([answering(request), aborted.promise]);
  };
  try {
    return await run();
  } finally {
    globalThis.fetch = before;
  }
}

const ok = (data: unknown) => Response.json({ code: 0, msg: "ok", data });
const never = () => new Promise<Response>(() => {});

async function problemOf(answering: Answering, options = {}): Promise<ApiProblem> {
  const error = await answered(answering, () => api.get("/api/v1/me", options).catch((caught: unknown) => caught));
  assert.ok(error instanceof ApiProblem, String(error));
  return error;
}

Deno.test("a change sends what only this page knows, and what it sends is JSON; an answer is what is in its envelope", async () => {
  setApiSession({ csrf: "secret" });
  let seen: readonly unknown[] = [];
  const data = await answered(async (request) => {
    const { headers, method, url } = request;
    seen = [method, url, headers.get("x-csrf-token"), headers.get("content-type"), await request.text()];
    return ok({ id: 1 });
  }, () => api.patch("/api/v1/hosts/a", { name: "b" }, { query: { a: "x y", none: undefined, empty: "", no: false } }));
  assert.deepEqual(data, { id: 1 });
  const url = "http://manager/api/v1/hosts/a?a=x+y&no=false";
  assert.deepEqual(seen, ["PATCH", url, "secret", "application/json", '{"name":"b"}']);
});

Deno.test("what the manager says of an error is what is shown, with its number", async () => {
  const data = { problems: [{ path: "body.name", message: "too long" }] };
  const problem = await problemOf(() => Response.json({ code: 10001, msg: "Cannot accept it", data }, { status: 400 }));
  assert.deepEqual([problem.message, problem.code, problem.status, problem.details], [
    "Cannot accept it",
    10001,
    400,
    data,
  ]);
});

Deno.test("an answer that is none of the manager's is told as such", async () => {
  assert.match((await problemOf(() => new Response("<html>", { status: 502 }))).message, /status 502/);
  assert.match((await problemOf(() => new Response("<html>"))).message, /cannot be read/);
  assert.match((await problemOf(() => Response.json(null))).message, /cannot be read/);
  assert.match((await problemOf(() => Promise.reject(new TypeError("Failed to fetch")))).message, /cannot be reached/);
});

Deno.test("nothing is waited for for ever, and who leaves is told nothing", async () => {
  assert.match((await problemOf(never, { timeoutMs: 5 })).message, /No answer in time/);
  const left = new AbortController();
  const call = answered(never, () => api.get("/api/v1/me", { signal: left.signal }).catch((error: unknown) => error));
  left.abort();
  assert.equal(isAbort(await call), true);
});

Deno.test("an ended session is told once to who looks after it", async () => {
  let ended = 0;
  setApiSession({ onUnauthorized: () => ended++ });
  const refused = () => Response.json({ code: 10003, msg: "log in", data: null }, { status: 401 });
  assert.equal((await problemOf(refused)).code, 10003);
  assert.equal(ended, 1);
  setApiSession({ onUnauthorized: () => {} });
});

Deno.test("lines and events are read as they come", async () => {
  const lines = await answered(() => new Response('{"a":1}\n{"a":2}\n'), () => Array.fromAsync(api.lines("/x")));
  assert.deepEqual(lines, [{ a: 1 }, { a: 2 }]);
  const events = await answered(
    () => new Response("event: log\ndata: hi\n\n"),
    () => Array.fromAsync(api.events("/x")),
  );
  assert.deepEqual(events, [{ event: "log", data: "hi", id: "" }]);
});

Deno.test("addresses are made of what is there", () => {
  assert.equal(agentPath("a/b", "/v1/processes"), "/api/v1/hosts/a%2Fb/agent/v1/processes");
  assert.deepEqual([withQuery("/x"), withQuery("/x", { a: null }), withQuery("/x", { a: 0 })], ["/x", "/x", "/x?a=0"]);
});
