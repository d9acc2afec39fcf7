import assert from "node:assert/strict";
import { fakeApi, fakePorts } from "../../../../tests/helpers/fake_manager_api.ts";
import { hostView } from "../../../../tests/helpers/fake_hub.ts";
import { until } from "../../../../tests/helpers/host.ts";
import { AppError } from "../../../core/mod.ts";
import { MAX_KNOWN_BYTES } from "./known_body.ts";

const AGENT = "/api/v1/hosts/web-1/agent";
const apiWithHosts = () => fakeApi(fakePorts(hostView("web-1", { labels: { env: "dev" } }), hostView("db-1")));

/** A request whose body may be anything. */
function requestOf(path: string, init: RequestInit, as = "operator"): Request {
  return new Request(`http://manager${AGENT}${path}`, {
    ...init,
    headers: { "x-caller": as, ...init.headers as Record<string, string> },
  });
}

Deno.test("a host is asked by id or name, and its answer passed on with its status", async () => {
  await using api = apiWithHosts();
  const { hub, audit } = api.ports;
  hub.put(hostView("web-1", { name: "shop" }));
  hub.answer = (request) => Response.json({ asked: `${request.method} ${request.url}` }, { status: 418 });
  const response = await api.ask("viewer", "GET", "/api/v1/hosts/shop/agent/v1/processes?state=failed");
  assert.equal(response.status, 418);
  assert.deepEqual(await response.json(), { asked: "GET http://tunnel/v1/processes?state=failed" });
  assert.equal(hub.asked[0]?.hostId, "web-1");
  assert.equal(hub.asked[0]?.request.headers.get("x-farhand-caller"), "viewer");
  assert.equal(hub.asked[0]?.request.headers.get("x-request-id"), response.headers.get("x-request-id"));
  assert.deepEqual(audit.take(), []);
});

Deno.test("a host that is not connected is answered with 20001 at once, and its change has failed", async () => {
  await using api = apiWithHosts();
  api.ports.hub.offline.add("web-1");
  const response = await api.ask("operator", "POST", `${AGENT}/v1/reload`, {});
  assert.equal(response.status, 503);
  assert.equal((await response.json()).code, 20001);
  const [entry] = api.ports.audit.take();
  assert.deepEqual([entry?.action, entry?.result, entry?.details.code], ["agent.reload", "failed", "host_offline"]);
});

Deno.test("the audit tells what was asked for, who asked, and what the host has answered", async () => {
  await using api = apiWithHosts();
  const { hub, audit } = api.ports;
  const exec = { argv: ["id", "-u"], user: "www", env: { SECRET: "hunter2" }, stdin: "hunter2" };
  await api.ask("operator", "POST", `${AGENT}/v1/exec`, exec);
  hub.answer = () => new Response("{}", { status: 403 });
  await api.ask("operator", "POST", `${AGENT}/v1/processes/actions`, { action: "stop", select: { ids: ["api"] } });
  hub.answer = () => new Response("{}", { status: 500 });
  await api.ask("operator", "DELETE", `${AGENT}/v1/processes/api`);
  assert.deepEqual(
    audit.take().map((
      { actor, action, subject, hostId, result, details },
    ) => [actor, action, subject, hostId, result, details]),
    [
      ["operator", "host.exec", "host web-1: POST /v1/exec", "web-1", "ok", {
        argv: ["id", "-u"],
        user: "www",
        status: 200,
      }],
      [
        "operator",
        "process.stop",
        "host web-1: POST /v1/processes/actions",
        "web-1",
        "refused",
        { select: { ids: ["api"] }, status: 403 },
      ],
      ["operator", "process.remove", "host web-1: DELETE /v1/processes/api", "web-1", "failed", { status: 500 }],
    ],
  );
});

Deno.test("no command gets past the audit by its size, its type or its encoding", async () => {
  await using api = apiWithHosts();
  const { hub, audit } = api.ports;
  const body = JSON.stringify({ argv: ["id"], stdin: "x".repeat(200_000) });
  const chunked = new Blob([body]).stream();
  await api.fetch(requestOf("/v1/exec", { method: "POST", body: chunked, headers: { "content-type": "text/plain" } }), {
    address: "",
  });
  assert.deepEqual(audit.take()[0]?.details.argv, ["id"]);
  assert.equal((await hub.asked[0]?.request.text())?.length, body.length);
  const large = JSON.stringify({ argv: ["id"], stdin: "x".repeat(MAX_KNOWN_BYTES) });
  const response = await api.fetch(requestOf("/v1/exec", { method: "POST", body: new Blob([large]).stream() }), {
    address: "",
  });
  assert.equal(response.status, 413);
  assert.equal(hub.asked.length, 1);
});

Deno.test("an upload is passed on as it comes", async () => {
  await using api = apiWithHosts();
  const { hub } = api.ports;
  const chunks = ["a", "b", "c"].map((letter) => new TextEncoder().encode(letter.repeat(600_000)));
  let given = 0;
  hub.answer = async (request) => {
    const reader = request.body?.getReader();
    await reader?.read();
    const early = given;
    let rest = 0;
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) break;
      rest += part.value.length;
    }
    return Response.json({ early, rest });
  };
  const body = new ReadableStream({
    pull(controller) {
      const chunk = chunks[given++];
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
  const answer = await (await api.fetch(
    requestOf("/v1/processes", { method: "POST", body, headers: { "content-type": "application/zip" } }),
    { address: "" },
  )).json();
  assert.ok(answer.early < chunks.length, "all was read before anything was passed on");
  assert.equal(answer.rest, 1_200_000);
});

Deno.test("an answer is passed on as it comes, and who leaves ends it at the host", async () => {
  await using api = apiWithHosts();
  const { hub } = api.ports;
  let left: unknown = null;
  let made = 0;
  hub.answer = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${made++}\n\n`)),
        cancel: (reason) => void (left = reason),
      }, { highWaterMark: 0 }),
      { headers: { "content-type": "text/event-stream" } },
    );
  const response = await api.ask("viewer", "GET", `${AGENT}/v1/events/stream`);
  const reader = response.body?.getReader();
  assert.equal(new TextDecoder().decode((await reader?.read())?.value), "data: 0\n\n");
  assert.equal(made, 1);
  await reader?.cancel("enough");
  assert.equal(left, "enough");
});

Deno.test("who leaves before there is an answer ends the request at the host", async () => {
  await using api = apiWithHosts();
  const leaving = new AbortController();
  const { hub, audit } = api.ports;
  hub.answer = (request) =>
    new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
  const answered = api.fetch(
    requestOf("/v1/exec", { method: "POST", body: '{"argv":["sleep","9"]}', signal: leaving.signal }),
    { address: "" },
  );
  await until(() => hub.asked.length === 1, "the host is asked");
  leaving.abort();
  assert.equal((await answered).status, 499);
  assert.deepEqual(audit.take().map(({ result, details }) => [result, details.argv]), [["failed", ["sleep", "9"]]]);
});

/** An answer without end that a host breaks off when the request is. */
function endless(request: Request): Response {
  return new Response(
    new ReadableStream({
      start: (controller) => request.signal.addEventListener("abort", () => controller.error(request.signal.reason)),
      pull: (controller) => controller.enqueue(new Uint8Array(1)),
    }, { highWaterMark: 0 }),
  );
}

Deno.test("who loses the session, the role or the host while an answer comes is cut off", async () => {
  for (
    const lose of [
      ({ auth }: ReturnType<typeof fakePorts>) => auth.ended.add("operator"),
      ({ auth }: ReturnType<typeof fakePorts>) => auth.authorise === null || (auth.mayUse = () => false),
      ({ hub }: ReturnType<typeof fakePorts>) => hub.hosts.delete("web-1"),
    ]
  ) {
    await using api = apiWithHosts();
    const { hub, auth } = api.ports;
    hub.answer = endless;
    const response = await api.ask("operator", "GET", `${AGENT}/v1/events/stream`);
    const reader = response.body?.getReader();
    await reader?.read();
    assert.equal(auth.listeners, 1);
    lose(api.ports);
    auth.changed();
    await assert.rejects(async () => {
      for (;;) await reader?.read();
    }, (error) => error instanceof AppError && error.code === "unauthorized");
    assert.equal(auth.listeners, 0);
  }
});

Deno.test("what goes on is cut off when the manager stops", async () => {
  const api = apiWithHosts();
  api.ports.hub.answer = endless;
  const response = await api.ask("operator", "GET", `${AGENT}/v1/events/stream`);
  await api[Symbol.asyncDispose]();
  await assert.rejects(async () => await response.text());
});

Deno.test("what is no route of hosts is not there, whoever asks, and is no attempt", async () => {
  await using api = apiWithHosts();
  for (
    const [method, path] of [["POST", "/v1/stop"], ["POST", "/v1/%65xec"], ["GET", "/../../v1/hosts"], [
      "PATCH",
      "/v1/exec",
    ]] as const
  ) {
    const response = await api.ask("admin", method, `${AGENT}${path}`);
    assert.equal(response.status, 404, path);
    await response.body?.cancel();
  }
  assert.deepEqual([api.ports.hub.asked, api.ports.audit.take()], [[], []]);
});

Deno.test("a WebSocket to a host is not to be had here, and it is said where", async () => {
  await using api = apiWithHosts();
  for (
    const [path, init] of [
      ["/v1/exec/stream", { method: "POST", headers: { upgrade: "websocket" } }],
      ["/v1/terminals/t-1/attach", { headers: { upgrade: "websocket" } }],
      ["/v1/terminals/t-1/attach", {}],
    ] as const
  ) {
    const response = await api.fetch(requestOf(path, init), { address: "" });
    assert.equal(response.status, 501);
    assert.match(await response.text(), /\/api\/v1\/hosts\/\{id\}\/terminals\/\{terminal\}\/attach/);
  }
  assert.deepEqual(api.ports.hub.asked, []);
});

Deno.test("whoever reads a host's files is in the audit with what was read, and what came of it", async () => {
  await using api = apiWithHosts();
  const { hub, audit } = api.ports;
  await api.ask("operator", "GET", `${AGENT}/v1/files/content?path=${encodeURIComponent("/etc/passwd")}`);
  await api.ask("operator", "GET", `${AGENT}/v1/files/tail?path=/var/log/a&path=/var/log/b&follow=true`);
  hub.answer = () => new Response("{}", { status: 403 });
  await api.ask("operator", "GET", `${AGENT}/v1/files/zip?path=/root`);
  hub.offline.add("web-1");
  await api.ask("operator", "GET", `${AGENT}/v1/files/content`);
  await api.ask("viewer", "GET", `${AGENT}/v1/files/content?path=/etc/shadow`);
  await api.ask("operator", "GET", `${AGENT}/v1/files/stat?path=/etc/shadow`);
  assert.deepEqual(
    audit.take().map(({ actor, action, subject, result, details: { path, status } }) => {
      return [actor, action, subject, result, path, status];
    }),
    [
      ["operator", "file.read", "host web-1: GET /v1/files/content", "ok", "/etc/passwd", 200],
      ["operator", "file.tail", "host web-1: GET /v1/files/tail", "ok", ["/var/log/a", "/var/log/b"], 200],
      ["operator", "file.zip", "host web-1: GET /v1/files/zip", "refused", "/root", 403],
      ["operator", "file.read", "host web-1: GET /v1/files/content", "failed", undefined, undefined],
      ["viewer", "file.read", "host web-1: GET /v1/files/content", "refused", "/etc/shadow", undefined],
    ],
  );
});

Deno.test("a file on its way to a host is passed on as it comes, over however slow a line", async () => {
  await using api = apiWithHosts();
  const { hub } = api.ports;
  const sent: number[] = [];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent.length === 5) return controller.close();
      sent.push(sent.length);
      controller.enqueue(new Uint8Array(MAX_KNOWN_BYTES));
    },
  }, { highWaterMark: 0 });
  hub.answer = async (request) => {
    assert.ok(sent.length <= 1, "nothing was kept on the way");
    return new Response(String((await request.bytes()).length));
  };
  const headers = { "content-type": "application/octet-stream" };
  const response = await api.fetch(
    requestOf("/v1/files/uploads/1?offset=0", { method: "PUT", body, headers }),
    { address: "" },
  );
  assert.equal(await response.text(), String(5 * MAX_KNOWN_BYTES));
  await api.ask("operator", "GET", `${AGENT}/v1/files/digest?path=/x`);
  await api.ask("operator", "GET", `${AGENT}/v1/files/content?path=/x`);
  const [upload, digest, content] = hub.asked.map(({ headTimeoutMs }) => (headTimeoutMs ?? 0) / 3_600_000);
  assert.ok((upload ?? 0) >= 7 * 24 && (digest ?? 0) >= 1 && content === 0, String([upload, digest, content]));
});

Deno.test("what is done to files and terminals is told in its own words, and must be known to be told", async () => {
  await using api = apiWithHosts();
  const { audit } = api.ports;
  const files = `${AGENT}/v1/files`;
  await api.ask("operator", "POST", `${AGENT}/v1/terminals`, { cols: 80, rows: 24, term: "xterm" });
  await api.ask("operator", "DELETE", `${AGENT}/v1/terminals/t-1`);
  await api.ask("operator", "POST", `${files}/actions`, { action: "rename", path: "/a", to: "/b", extra: "secret" });
  await api.ask("operator", "POST", `${files}/uploads`, { path: "/c", sizeBytes: 5 });
  await api.ask("operator", "PUT", `${files}/uploads/u-1?offset=3`);
  await api.ask("operator", "POST", `${files}/uploads/u-1/commit`, { sha256: "ab" });
  await api.ask("operator", "DELETE", `${files}/uploads/u-1`);
  assert.deepEqual(audit.take().map(({ action, details: { status: _, ...details } }) => [action, details]), [
    ["terminal.open", { cols: 80, rows: 24, term: "xterm" }],
    ["terminal.end", {}],
    ["file.rename", { path: "/a", to: "/b" }],
    ["file.upload", { path: "/c", sizeBytes: 5 }],
    ["file.upload_part", { offset: "3" }],
    ["file.upload_commit", { sha256: "ab" }],
    ["file.upload_cancel", {}],
  ]);
  const hidden = JSON.stringify({ action: "delete", path: "/", padding: "x".repeat(MAX_KNOWN_BYTES) });
  const init = { method: "POST", body: new Blob([hidden]).stream(), headers: { "content-type": "text/plain" } };
  assert.equal((await api.fetch(requestOf("/v1/files/actions", init), { address: "" })).status, 413);
});

Deno.test("what could not be written to the audit is not passed on", async () => {
  await using api = apiWithHosts();
  api.ports.audit.failing = true;
  const response = await api.ask("operator", "POST", `${AGENT}/v1/exec`, { argv: ["id"] });
  assert.equal(response.status, 503);
  assert.match(await response.text(), /was done, but could not be written/);
});
