import assert from "node:assert/strict";
import { join } from "node:path";
import { type AgentHost, agentHost, eventually } from "./agent_host.ts";

const ignore = Deno.build.os !== "windows";

/** A manager on this host, and this host as the first of its own. */
async function joined(host: AgentHost): Promise<{ readonly manager: (...args: string[]) => Promise<string> }> {
  const data = ["--data-dir", join(host.dir, "manager däta")];
  const manager = (...args: string[]) => host.ok("manager", ...args, ...data);
  const { url, caFingerprint } = JSON.parse(await manager("start", "--listen", "https://127.0.0.1:0", "--json"));
  const { secret } = JSON.parse(await manager("token", "create", "--json"));
  const token = host.file("token", secret);
  const address = `https://127.0.0.1:${new URL(url).port}`;
  const config = host.file("joined.yaml", "policy: { exec: on }\n");
  await host.ok("join", address, "--ca-fingerprint", caFingerprint, "--token-file", token, "--config", config);
  return { manager };
}

Deno.test({ name: "a Windows host joins a Windows manager, and is asked through the tunnel", ignore }, async () => {
  await using host = await agentHost();
  const { manager } = await joined(host);
  await eventually("the host is online", async () => {
    const { hosts } = JSON.parse(await manager("hosts", "--json"));
    return hosts.length === 1 && hosts[0].state === "online" && hosts[0].facts.os === "windows";
  });
  await manager("settings", "set", "collectors.cpu.interval=7s", "manager.heartbeat_interval=1s");
  const config = ["--config", join(host.dir, "joined.yaml")];
  await eventually(
    "the setting is in force",
    async () => /collectors\.cpu\.interval +7s +manager/.test(await host.ok("config", "show", ...config)),
  );
  const { entries } = JSON.parse(await manager("audit", "list", "--json"));
  assert.ok(entries.some(({ action }: { action: string }) => action === "host.enrol"));
  await host.ok("stop", ...config);
  await eventually(
    "the host is offline",
    async () => JSON.parse(await manager("hosts", "--json")).hosts[0].state === "offline",
  );
  await manager("stop");
});
