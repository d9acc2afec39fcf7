import assert from "node:assert/strict";
import { join } from "node:path";
import { rawServer } from "../../../../tests/helpers/raw_server.ts";
import { inPlainTempDir } from "../../../../tests/helpers/temp_dir.ts";
import { testCertificates } from "../../../../tests/helpers/test_certificates.ts";
import { systemClock } from "../../../core/mod.ts";
import type { TlsOptions } from "../../../http/mod.ts";
import { createWatch } from "./collect.ts";
import type { WatchOptions } from "./options.ts";
import { watchOptions } from "./testing.ts";

const quiet = new AbortController().signal;

async function look(target: string, more: Partial<WatchOptions> = {}, tls: TlsOptions = {}) {
  const { sample, problems } = await createWatch(watchOptions({ target, ...more }), { clock: systemClock }, tls)
    .collect(
      quiet,
    );
  return { ...sample, problems };
}

type Serving = (request: Request) => Response | Promise<Response>;

/** Serves on this host for as long as the test uses it. */
async function withServer(
  serve: Serving,
  use: (url: string) => Promise<void>,
  tls: { cert: string; key: string } | null = null,
): Promise<void> {
  const listen = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = tls === null ? Deno.serve(listen, serve) : Deno.serve({ ...listen, ...tls }, serve);
  try {
    const host = tls === null ? "127.0.0.1" : "localhost";
    await use(`${tls === null ? "http" : "https"}://${host}:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("status 200 to 399 is up, others are down, unless the check wants others", () =>
  withServer(
    (request) => new Response(null, { status: Number(new URL(request.url).pathname.slice(1)) }),
    async (url) => {
      const good = await look(`${url}/204`);
      assert.deepEqual([good.up, good.status, good.reason], [true, 204, undefined]);
      assert.ok((good.latencyMs ?? 0) > 0);
      const bad = await look(`${url}/503`);
      assert.deepEqual([bad.up, bad.status, bad.reason, bad.problems], [false, 503, "status 503", []]);
      assert.equal((await look(`${url}/503`, { status: [500, 503] })).up, true);
      assert.equal((await look(`${url}/200`, { status: [500, 503] })).reason, "status 200");
    },
  ));

Deno.test("the body must match, as far as the first MiB", () =>
  withServer((request) => {
    const ok = new URL(request.url).pathname === "/late" ? `${"x".repeat(1024 * 1024)}healthy` : "I am healthy\n";
    return new Response(ok);
  }, async (url) => {
    assert.equal((await look(url, { body: "\\bhealthy$|healthy\\n" })).up, true);
    assert.equal((await look(url, { body: "sick" })).reason, "body does not match");
    assert.equal((await look(`${url}/late`, { body: "healthy" })).reason, "body does not match");
    assert.equal((await look(`${url}/late`, { body: "^x+" })).up, true);
  }));

Deno.test("redirects are followed, five of them, with the headers only for the target's own server", () => {
  const seen: string[] = [];
  const record = (request: Request) => seen.push(`${new URL(request.url).pathname} ${request.headers.get("x-key")}`);
  return withServer((request) => (record(request), new Response("there")), (other) =>
    withServer((request) => {
      record(request);
      const { pathname } = new URL(request.url);
      if (pathname === "/away") return Response.redirect(`${other}/other`, 302);
      if (pathname === "/ftp") return new Response(null, { status: 302, headers: { location: "ftp://x/" } });
      if (pathname === "/end") return new Response("end");
      const left = Number(pathname.slice(1));
      return new Response(null, { status: 307, headers: { location: left > 1 ? `/${left - 1}` : "end" } });
    }, (url) =>
      inPlainTempDir(async (dir) => {
        const headers_file = join(dir, "headers");
        await Deno.writeTextFile(headers_file, "X-Key: secret\n");
        assert.equal((await look(`${url}/5`, { body: "end" })).up, true);
        assert.equal((await look(`${url}/6`)).reason, "more than 5 redirects");
        assert.equal((await look(`${url}/ftp`)).reason, "it redirects to what is no http or https address");
        assert.deepEqual([(await look(`${url}/1`, { status: [307] })).status], [307]);
        seen.length = 0;
        assert.equal((await look(`${url}/away`, { headers_file, body: "there" })).up, true);
        assert.deepEqual(seen, ["/away secret", "/other null"]);
      })));
});

Deno.test("method, user's headers and the password of the address are sent, and shown nowhere", () => {
  const seen: unknown[] = [];
  return withServer((request) => {
    seen.push([request.method, request.headers.get("authorization"), request.headers.get("x-key")]);
    return new Response(null, { status: 401 });
  }, (url) =>
    inPlainTempDir(async (dir) => {
      const headers_file = join(dir, "headers");
      await Deno.writeTextFile(headers_file, "X-Key: topsecret\n");
      const target = `${url.replace("//", "//user:pa%3Ass@")}/?token=topsecret`;
      const result = await look(target, { method: "HEAD", headers_file });
      assert.deepEqual(seen, [["HEAD", `Basic ${btoa("user:pa:ss")}`, "topsecret"]]);
      assert.equal(result.reason, "status 401");
      assert.equal(result.target, `${url}/`);
      assert.doesNotMatch(JSON.stringify(result), /secret|pa.{1,3}ss/);
    }));
});

Deno.test("without its headers the check says that it could not look", async () => {
  const { up, reason, problems } = await look("http://127.0.0.1:1/", { headers_file: "/no/such/file" });
  assert.deepEqual([up, reason, problems], [undefined, "headers_file does not exist", [
    "check: headers_file does not exist",
  ]]);
});

Deno.test("what is no HTTP server is down", async () => {
  await using ssh = rawServer("SSH-2.0-OpenSSH_9.2\r\n");
  assert.equal((await look(`http://127.0.0.1:${ssh.port}/`)).reason, "the answer is not HTTP");
  await using closing = rawServer("");
  assert.match((await look(`http://127.0.0.1:${closing.port}/`)).reason ?? "", /closed without an answer|reset/);
  await using plain = rawServer("HTTP/1.1 400 Bad Request\r\n\r\n");
  assert.equal((await look(`https://127.0.0.1:${plain.port}/`)).reason, "no TLS as it should be");
});

Deno.test("certificates: trusted or not, expired, accepted unseen, and how long they are good for", async (test) => {
  await inPlainTempDir(async (dir) => {
    const made = await testCertificates(dir);
    const serve = () => new Response("healthy");
    const step = (name: string, cert: string, fn: (url: string) => Promise<void>) =>
      test.step({
        name,
        ignore: made === null, // there is no openssl program here
        fn: () => withServer(serve, fn, { cert, key: made?.key ?? "" }),
      });
    const trust = { caCerts: [made?.ca ?? ""] };
    await step("one that is trusted", made?.good ?? "", async (url) => {
      const result = await look(url, { body: "healthy" }, trust);
      assert.deepEqual([result.up, result.status, result.problems], [true, 200, []]);
      assert.ok((result.certificateDaysLeft ?? 0) > 19.9 && (result.certificateDaysLeft ?? 0) <= 20);
    });
    await step("one that nobody vouches for", made?.good ?? "", async (url) => {
      const result = await look(url);
      assert.deepEqual([result.up, result.reason], [false, "the certificate is from nobody whom this host trusts"]);
      assert.ok((result.certificateDaysLeft ?? 0) > 19.9);
    });
    await step("one for another name", made?.good ?? "", async (url) => {
      const result = await look(url.replace("localhost", "127.0.0.2"), {}, trust);
      assert.ok(["the certificate is for another name", "connection refused"].includes(result.reason ?? ""));
    });
    await step("one that has expired", made?.expired ?? "", async (url) => {
      const result = await look(url, {}, trust);
      assert.deepEqual([result.up, result.reason], [false, "certificate expired on 2024-02-01"]);
      assert.ok((result.certificateDaysLeft ?? 0) < 0);
      assert.deepEqual(result.problems, []);
    });
    await step("any, when the check is told to accept it", made?.expired ?? "", async (url) => {
      const result = await look(url, { insecure: true, body: "^healthy$" });
      assert.deepEqual([result.up, result.status, result.problems], [true, 200, []]);
      assert.ok((result.certificateDaysLeft ?? 0) < 0);
    });
  });
});
