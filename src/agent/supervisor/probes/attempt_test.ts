import assert from "node:assert/strict";
import { join } from "node:path";
import { FakeClock } from "../../../../tests/helpers/fake_clock.ts";
import { exists, IS_ROOT, until } from "../../../../tests/helpers/host.ts";
import { freePort, rawServer } from "../../../../tests/helpers/raw_server.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { testCertificates } from "../../../../tests/helpers/test_certificates.ts";
import { systemClock } from "../../../core/mod.ts";
import { processIdentity } from "../../../platform/mod.ts";
import type { ProbeTarget } from "../spec/process_spec.ts";
import { attemptAt } from "./attempt.ts";
import type { ProbeContext } from "./context.ts";

const quiet = new AbortController().signal;
const CONTEXT: ProbeContext = { env: { PATH: "/usr/bin:/bin" }, cwd: "/" };
const isWindows = Deno.build.os === "windows";

const attempt = (target: ProbeTarget, timeoutMs = 5_000, context = CONTEXT, signal = quiet) =>
  attemptAt(target, timeoutMs, context, systemClock)(signal);

type HttpTarget = Extract<ProbeTarget, { type: "http" }>;
const http = (url: string, more: Partial<HttpTarget> = {}): HttpTarget => ({
  type: "http",
  url,
  status: [],
  body: null,
  headers: {},
  expectHeaders: [],
  ...more,
});

async function serving(
  answer: (request: Request) => Response,
  use: (base: string) => Promise<void>,
  tls: { cert?: string; key?: string } = {},
) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, ...tls }, answer);
  try {
    await use(`${tls.cert === undefined ? "http" : "https"}://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("tcp: good when somebody accepts, and why not when nobody does", async () => {
  await using server = rawServer(null);
  const tcp = { type: "tcp", host: "127.0.0.1", port: server.port } as const;
  assert.deepEqual(await attempt(tcp), { ok: true, reason: `127.0.0.1:${server.port} accepts connections` });
  const port = freePort();
  assert.deepEqual(await attempt({ ...tcp, port }), { ok: false, reason: `127.0.0.1:${port}: connection refused` });
  const unknown = await attempt({ ...tcp, host: "no-such-host.invalid", port: 1 });
  assert.match(unknown.reason, /^no-such-host\.invalid:1: (no such name|the name cannot be resolved now)$/);
});

Deno.test("http: the status decides, by the list where there is one; redirects are answers", () =>
  serving(({ url }) => {
    const status = Number(new URL(url).pathname.slice(1));
    return new Response(null, { status, headers: { location: "/200" } });
  }, async (base) => {
    assert.deepEqual(await attempt(http(`${base}/204`)), { ok: true, reason: `GET ${base}/204 answered 204` });
    assert.deepEqual(await attempt(http(`${base}/503`)), { ok: false, reason: `GET ${base}/503 answered 503` });
    assert.equal((await attempt(http(`${base}/302`))).ok, false);
    assert.equal((await attempt(http(`${base}/302`, { status: [302, 401] }))).ok, true);
    assert.equal((await attempt(http(`${base}/200`, { status: [302, 401] }))).ok, false);
  }));

Deno.test("http: the body must match within its first 64 KiB, the headers each their pattern", () =>
  serving(({ url }) => {
    const late = new URL(url).pathname === "/late";
    return new Response(`${late ? " ".repeat(65_536) : ""}{"status":"green"}`, { headers: { "X-State": "green 1" } });
  }, async (base) => {
    const green = { body: /"status":"green"/ };
    assert.equal((await attempt(http(base, green))).ok, true);
    assert.equal(
      (await attempt(http(base, { body: /yellow/ }))).reason,
      `GET ${base}/ answered 200, but the body does not match`,
    );
    assert.equal((await attempt(http(`${base}/late`, green))).ok, false);
    assert.equal((await attempt(http(base, { expectHeaders: [["x-state", /^green/]] }))).ok, true);
    const wrong = await attempt(http(base, { expectHeaders: [["x-state", /^red/]] }));
    assert.equal(wrong.reason, `GET ${base}/ answered 200, but header x-state does not match`);
    const absent = await attempt(http(base, { expectHeaders: [["X-No", /./]] }));
    assert.equal(absent.reason, `GET ${base}/ answered 200 without header X-No`);
  }));

Deno.test("http: its headers and the URL's password are sent and shown nowhere; what frames the request is ours", () => {
  const seen: (string | null)[] = [];
  return serving(({ headers }) => {
    for (const name of ["authorization", "x-key", "host", "connection"]) seen.push(headers.get(name));
    return new Response(null, { status: 401 });
  }, async (base) => {
    const url = `${base.replace("//", "//me:topsecret@")}/a?token=topsecret`;
    const headers = { "X-Key": "topsecret", Host: "shop", Connection: "keep-alive", "content-length": "5" };
    const { reason } = await attempt(http(url, { headers }));
    assert.equal(reason, `GET ${base}/a answered 401`);
    assert.deepEqual(seen, [`Basic ${btoa("me:topsecret")}`, "topsecret", "shop", "close"]);
    const broken = await attempt(http(url, { headers: { "X-Key": "top\r\nsecret" } }));
    assert.match(broken.reason, /X-Key has characters that HTTP does not send$/);
  });
});

Deno.test("http: no port is refused", async () => {
  await using server = rawServer("HTTP/1.1 200 OK\r\n\r\n");
  assert.equal((await attempt(http(`http://127.0.0.1:${server.port}/`))).ok, true);
  const port1 = await attempt(http("http://127.0.0.1:1/")); // which fetch does not even try
  assert.equal(port1.reason, "GET http://127.0.0.1:1/: connection refused");
});

Deno.test("http: who never answers runs out of time, who is no HTTP server is bad, and stopping rejects", async () => {
  await using silent = rawServer(null);
  const url = `http://127.0.0.1:${silent.port}/`;
  assert.equal((await attempt(http(url), 100)).reason, `GET ${url}: no answer within 100ms`);
  const stop = new AbortController();
  const stopped = attempt(http(url), 60_000, CONTEXT, stop.signal);
  await until(() => silent.accepted() === 2, "the second try has connected");
  stop.abort(new Error("stopped"));
  await assert.rejects(stopped, /stopped/);
  await using ssh = rawServer("SSH-2.0-OpenSSH_9.2\r\n");
  assert.match((await attempt(http(`http://127.0.0.1:${ssh.port}/`))).reason, /: the answer is not HTTP$/);
  assert.equal((await attempt(http("nonsense"))).ok, false);
});

Deno.test("https: on this host any certificate will do", () =>
  inPlainTempDir(async (dir) => {
    const made = await testCertificates(dir);
    if (made === null) return; // there is no openssl program here
    await serving(() => new Response("ok"), async (base) => {
      assert.equal((await attempt(http(base, { body: /^ok$/ }))).ok, true);
    }, { cert: made.expired, key: made.key });
  }));

const sh = (script: string): ProbeTarget => ({ type: "exec", argv: ["/bin/sh", "-c", script] });

Deno.test({
  name: "exec: the exit code decides, the last line of output is told, environment and directory are given",
  ignore: isWindows,
}, async () => {
  assert.deepEqual(await attempt(sh("exit 0")), { ok: true, reason: "sh exited with 0" });
  const context = { env: { A: "b", PATH: "/bin:/usr/bin" }, cwd: "/usr" };
  const bad = await attempt(sh('echo out; echo first >&2; echo "$A in $(pwd)" >&2; exit 3'), 5_000, context);
  assert.deepEqual(bad, { ok: false, reason: "sh exited with 3: b in /usr" });
  assert.equal((await attempt(sh("echo no luck; kill -9 $$"))).reason, "sh was ended by SIGKILL: no luck");
  const missing = await attempt({ type: "exec", argv: ["/no/such/check", "secret"] });
  assert.match(missing.reason, /^check cannot be started: /);
  assert.doesNotMatch(missing.reason, /secret/);
});

Deno.test({ name: "exec: much output is no failure", ignore: isWindows }, async () => {
  const { ok, reason } = await attempt(sh("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end"), 60_000);
  assert.deepEqual([ok, reason], [true, "sh exited with 0: end"]);
});

Deno.test(
  { name: "exec: when its time is over, the whole group is ended", ignore: isWindows },
  () =>
    inPlainTempDir(async (dir) => {
      const file = join(dir, "pid");
      const clock = new FakeClock();
      const hanging = sh(`trap "" TERM; sleep 1000 & echo $! > ${file}.new; mv ${file}.new ${file}; wait; wait`);
      const result = attemptAt(hanging, 300, CONTEXT, clock)(quiet);
      await until(() => exists(file), "the grandchild runs");
      await clock.advance(300 + 1_000); // its time, and that of SIGTERM
      const pid = Number(await Deno.readTextFile(file));
      await until(() => processIdentity(pid) === null, "the grandchild is gone");
      assert.deepEqual(await result, { ok: false, reason: "sh did not end within 300ms" });
    }),
);

Deno.test({ name: "exec: as the process's own user", ignore: !IS_ROOT }, async () => {
  const { reason } = await attempt(sh("id -u"), 5_000, { ...CONTEXT, uid: 65_534, gid: 65_534 });
  assert.equal(reason, "sh exited with 0: 65534");
});
