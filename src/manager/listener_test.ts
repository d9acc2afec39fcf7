import assert from "node:assert/strict";
import { recordingLog } from "../../tests/helpers/recording_log.ts";
import { testCertificates } from "../../tests/helpers/test_certificates.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import type { TlsIdentity } from "../http/mod.ts";
import { Listener } from "./listener.ts";

const never = new AbortController().signal;
const LISTEN = { secure: false, host: "127.0.0.1", port: 0 };

function listener(identity: TlsIdentity | null, port = 0, fetch = () => new Response("here")) {
  const { log } = recordingLog();
  const listen = { ...LISTEN, secure: identity !== null, port };
  return new Listener({ listen, identity: () => identity, fetch, log });
}

Deno.test("a port that another program has is refused, however that one shares it", async () => {
  const first = listener(null);
  await first.component([]).start(never);
  const second = listener(null, first.port);
  await assert.rejects(second.component([]).start(never), {
    code: "conflict",
    message:
      /^Cannot listen on 127\.0\.0\.1:\d+: another program does; stop it, or choose another address by --listen$/,
  });
  await second.component([]).stop(never);
  await first.component([]).stop(never);
});

Deno.test({
  name: "another certificate is served from then on, and a request under way is answered by the one before",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inTempDir(async (dir) => {
      const [one, other] = [await testCertificates(dir), await testCertificates(await Deno.makeTempDir({ dir }))];
      if (one === null || other === null) return console.log("skipped: there is no openssl program here");
      const release = Promise.withResolvers<void>();
      const slow = async (request: Request) => {
        if (request.url.endsWith("/slow")) await release.promise;
        return new Response("here");
      };
      let identity = { cert: one.good, key: one.key };
      const subject = new Listener({
        listen: { ...LISTEN, secure: true },
        identity: () => identity,
        fetch: slow,
        log: recordingLog().log,
      });
      const component = subject.component([]);
      await component.start(never);
      const url = `https://localhost:${subject.port}`;
      using old = Deno.createHttpClient({ caCerts: [one.ca] });
      const underWay = fetch(`${url}/slow`, { client: old });
      assert.equal(await (await fetch(url, { client: old })).text(), "here");
      await assert.rejects(listenTwice(subject.port), { code: "conflict" });

      identity = { cert: other.good, key: other.key };
      await subject.replace(identity);
      using fresh = Deno.createHttpClient({ caCerts: [other.ca] });
      assert.equal(await (await fetch(url, { client: fresh })).text(), "here");
      release.resolve();
      assert.equal(await (await underWay).text(), "here");
      await component.stop(never);
      await assert.rejects(fetch(url, { client: fresh }));
    }),
});

/** A second manager on a port that the first one is ready to share with its own successor. */
async function listenTwice(port: number): Promise<void> {
  const second = listener({ cert: "", key: "" }, port);
  await second.component([]).start(never);
}
