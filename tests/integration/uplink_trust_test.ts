import assert from "node:assert/strict";
import { join } from "node:path";
import { agentOf, FAST, untilBeat } from "../helpers/agent_and_manager.ts";
import { startAgentIn } from "../helpers/agent_in.ts";
import { startFakeManager } from "../helpers/fake_manager.ts";
import { exists } from "../helpers/host.ts";
import { configIn } from "../helpers/loaded_config.ts";
import { inTempDir } from "../helpers/temp_dir.ts";
import { testCertificates } from "../helpers/test_certificates.ts";
import { diagnoseAgent } from "../../src/agent/mod.ts";
import { pathsUnder } from "../../src/platform/mod.ts";

Deno.test("over TLS a manager is believed by its authority, its fingerprint, and by nothing else", () =>
  inTempDir(async (dir) => {
    const certificates = await testCertificates(dir);
    if (certificates === null) return console.warn("skipped: there is no openssl here");
    const { ca, good: cert, key } = certificates;
    const fingerprint = await fingerprintOf(ca);
    await Deno.writeTextFile(join(dir, "ca-file.pem"), ca);
    const tls = { cert, key };
    const agentDir = (name: string) => {
      Deno.mkdirSync(join(dir, name), { mode: 0o700 });
      return join(dir, name);
    };
    await using manager = startFakeManager({ tls, authority: ca, tokens: new Set(["join-token-1", "join-token-2"]) });
    {
      await using agent = await agentOf(manager, agentDir("none"));
      await agent.untilLink("enrolling", /certificate is from nobody whom this host trusts; give its authority/);
    }
    {
      await using agent = await agentOf(manager, agentDir("file"), `manager.ca_file=${join(dir, "ca-file.pem")}`);
      await agent.untilLink("connected");
    }
    const pinned = agentDir("pinned");
    {
      const token = "manager.token=join-token-2";
      await using agent = await agentOf(manager, pinned, token, `manager.ca_fingerprint=sha256:${fingerprint}`);
      await agent.untilLink("connected");
      assert.equal((await Deno.readTextFile(join(pinned, "manager-ca.pem"))).trim(), ca.trim());
    }
    {
      await using agent = await agentOf(manager, agentDir("wrong"), `manager.ca_fingerprint=${"0".repeat(64)}`);
      await agent.untilLink("enrolling", /another certificate authority than manager\.ca_fingerprint says/);
    }
    assert.equal(manager.enrolments.length, 2, "no token was shown to whom is not believed");
  }));

Deno.test("the doctor looks whether the manager can be reached and believed, and leaves no trace", () =>
  inTempDir(async (dir) => {
    const certificates = await testCertificates(dir);
    if (certificates === null) return console.warn("skipped: there is no openssl here");
    const { ca, good: cert, key } = certificates;
    await using manager = startFakeManager({ tls: { cert, key }, authority: ca });
    const workDir = join(dir, "work");
    const managerFindings = async (...sets: string[]) => {
      const { config } = await configIn(workDir, `manager.address="${manager.address},wss://m.invalid"`, ...sets);
      const paths = { ...pathsUnder(workDir), listen: "" };
      const { signal } = new AbortController();
      const found = await diagnoseAgent({ paths, configFile: null, configError: null, config, signal });
      return found.filter(({ name }) => name.startsWith("manager")).map(({ name, state, detail }) =>
        `${name} ${state}: ${detail}`
      );
    };
    const [wrong] = await managerFindings();
    assert.match(wrong ?? "", /^manager failed: .*from nobody whom this host trusts.*m\.invalid: no such name/);
    const [right, clock] = await managerFindings(`manager.ca_fingerprint=${await fingerprintOf(ca)}`);
    assert.match(right ?? "", /^manager warning: https:\/\/127\.0\.0\.1:\d+ can be reached; .*m\.invalid/);
    assert.match(clock ?? "", /^manager clock ok/);
    assert.deepEqual([manager.proofs.length, await exists(workDir)], [0, false]);
  }));

Deno.test("an expired certificate is told as that", () =>
  inTempDir(async (dir) => {
    const certificates = await testCertificates(dir);
    if (certificates === null) return console.warn("skipped: there is no openssl here");
    const { ca, expired: cert, key } = certificates;
    await Deno.writeTextFile(join(dir, "ca-file.pem"), ca);
    await using manager = startFakeManager({ tls: { cert, key } });
    await using agent = await agentOf(manager, dir, `manager.ca_file=${join(dir, "ca-file.pem")}`);
    await agent.untilLink("enrolling", /certificate expired on 2024-02-01/);
    assert.equal(manager.enrolments.length, 0);
  }));

Deno.test("a proxy of the environment is used for all of it, with its password", () =>
  inTempDir(async (dir) => {
    const certificates = await testCertificates(dir);
    if (certificates === null) return console.warn("skipped: there is no openssl here");
    const { ca, good: cert, key } = certificates;
    await using manager = startFakeManager({ tls: { cert, key }, authority: ca });
    using proxy = startProxy(manager.port);
    const before = Deno.env.get("HTTPS_PROXY");
    Deno.env.set("HTTPS_PROXY", `http://us%40er:pass@127.0.0.1:${proxy.port}`);
    try {
      const address = `manager.address=manager.test:${manager.port}`;
      await using agent = await startAgentIn(
        dir,
        ...FAST,
        address,
        `manager.ca_fingerprint=${await fingerprintOf(ca)}`,
      );
      await agent.untilLink("connected");
      await untilBeat(manager);
    } finally {
      if (before === undefined) Deno.env.delete("HTTPS_PROXY");
      else Deno.env.set("HTTPS_PROXY", before);
    }
    const authorization = `Basic ${btoa("us@er:pass")}`;
    assert.equal(proxy.heads.length, 3, "authority, enrolment, tunnel");
    for (const head of proxy.heads) {
      assert.match(head, new RegExp(`^CONNECT manager\\.test:${manager.port} HTTP/1\\.1\r\n`));
      assert.ok(head.toLowerCase().includes(`proxy-authorization: ${authorization.toLowerCase()}`), head);
    }
  }));

async function fingerprintOf(pem: string): Promise<string> {
  const der = Uint8Array.fromBase64(pem.replaceAll(/-----[^-]+-----|\s/g, ""));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", der)).toHex();
}

/** A proxy for CONNECT that leads everybody to one port, whatever name they ask for. */
function startProxy(target: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heads: string[] = [];
  const open = new Set<Deno.Conn>();
  const serve = async (client: Deno.Conn) => {
    const buffer = new Uint8Array(8_192);
    const read = await client.read(buffer);
    heads.push(new TextDecoder().decode(buffer.subarray(0, read ?? 0)));
    const server = await Deno.connect({ hostname: "127.0.0.1", port: target });
    open.add(server);
    await client.write(new TextEncoder().encode("HTTP/1.1 200 Connection established\r\n\r\n"));
    await Promise.all([client.readable.pipeTo(server.writable), server.readable.pipeTo(client.writable)]);
  };
  const run = async () => {
    for await (const client of listener) {
      open.add(client);
      serve(client).catch(() => {}); // either side has left
    }
  };
  run().catch(() => {}); // it was closed
  return {
    heads,
    port: listener.addr.port,
    [Symbol.dispose]() {
      listener.close();
      for (const conn of open) {
        try {
          conn.close();
        } catch {
          // It has ended by itself.
        }
      }
    },
  };
}
