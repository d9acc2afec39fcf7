import assert from "node:assert/strict";
import { join } from "node:path";
import { type AgentHost, agentHost, eventually, exists, readLog } from "./agent_host.ts";

const ignore = Deno.build.os !== "windows";
const MAX_BYTES = 64 * 1024;
const CHATTY = `agent: {log: {level: debug, max_size: ${MAX_BYTES}, max_files: 3, rate_limit: 0}}\n`;

/** A long line in the access log, which an agent writes at level debug. */
async function logSome(host: AgentHost): Promise<void> {
  const { url } = JSON.parse(await Deno.readTextFile(host.paths.socket));
  const answer = await fetch(`${url}/${"x".repeat(4_000)}`);
  assert.equal(answer.status, 404);
  await answer.body?.cancel();
}

Deno.test({ name: "the log is one JSON object per line, from start to stop", ignore }, async () => {
  await using host = await agentHost();
  const agent = await host.start();
  await host.ok("stop");
  const lines = host.log();
  for (const { ts, level, msg } of lines) {
    assert.ok(Math.abs(Date.parse(ts) - Date.now()) < 600_000, ts);
    assert.ok(["info", "warn", "error"].includes(level) && msg !== "", `${level} ${msg}`);
  }
  assert.deepEqual([lines[0]?.msg, lines[0]?.pid, lines.at(-1)?.msg], ["agent starting", agent.pid, "agent stopped"]);
});

Deno.test({ name: "log-level changes what is logged while the agent runs", ignore }, async () => {
  await using host = await agentHost();
  await host.start();
  const requests = () => host.log().filter(({ msg }) => msg === "request").length;
  assert.equal((await host.ok("log-level")).trim(), "info");
  assert.equal(requests(), 0);
  assert.equal((await host.ok("log-level", "debug")).trim(), "debug");
  await host.ok("status");
  assert.ok(requests() > 0);
  await host.ok("log-level", "error");
  const before = host.log().length;
  await host.ok("status");
  assert.equal(host.log().length, before);
});

Deno.test({ name: "a full log is renamed although others read it, and old ones go", ignore }, async () => {
  await using host = await agentHost();
  await host.start("--config", host.file("agent.yaml", CHATTY));
  const { logFile } = host.paths;
  const [first, second, third] = [logFile, `${logFile}.1`, `${logFile}.2`];
  using reader = await Deno.open(first);
  const { ino } = await reader.stat();
  await eventually("the first rotation", async () => (await logSome(host), exists(second)));
  assert.equal((await Deno.stat(second)).ino, ino);
  await eventually("the second rotation", async () => (await logSome(host), exists(third)));
  assert.equal((await Deno.stat(third)).ino, ino);
  reader.close();
  await eventually("the oldest to go", async () => (await logSome(host), (await Deno.stat(third)).ino !== ino));
  await host.ok("stop");
  assert.equal(exists(`${logFile}.3`), false);
  for (const path of [first, second, third]) {
    assert.ok((await Deno.stat(path)).size <= MAX_BYTES);
    assert.ok(readLog(path).length > 0);
  }
});

Deno.test(
  { name: "a log that somebody keeps from being renamed grows and says so, then rotates", ignore },
  async () => {
    await using host = await agentHost();
    await host.start("--config", host.file("agent.yaml", CHATTY));
    const { logFile } = host.paths;
    const release = openUnrenamable(logFile);
    try {
      const grown = async () => (await logSome(host), (await Deno.stat(logFile)).size > 2 * MAX_BYTES);
      await eventually("the log to outgrow its limit", grown);
      assert.equal(exists(`${logFile}.1`), false);
      const told = host.log().filter(({ msg }) => msg === "the log file cannot be rotated and grows");
      assert.equal(told.length, 1);
    } finally {
      release();
    }
    await eventually("the rotation", async () => (await logSome(host), exists(`${logFile}.1`)));
    assert.equal((await host.status()).state, "ok");
  },
);

Deno.test({ name: "a log that cannot be written at all is a failure to start that names it", ignore }, async () => {
  await using host = await agentHost();
  const path = join(host.dir, "Local");
  const complaint = await host.refused(1, "start", "--set", `agent.log.file=${path}`);
  assert.ok(complaint.includes(`Cannot write the log ${path}`), complaint);
  await host.refused(3, "status");
});

/** Opens a file as many a Windows program does: others may read and write it, but not rename or remove it. */
function openUnrenamable(path: string): () => void {
  const [GENERIC_READ, SHARE_READ_WRITE, OPEN_EXISTING, INVALID_HANDLE] = [0x8000_0000, 3, 3, 0xffff_ffff_ffff_ffffn];
  const kernel32 = Deno.dlopen("kernel32.dll", {
    CreateFileW: { parameters: ["buffer", "u32", "u32", "pointer", "u32", "u32", "pointer"], result: "usize" },
    CloseHandle: { parameters: ["usize"], result: "i32" },
  });
  const name = Uint16Array.from(`${path}\0`, (unit) => unit.charCodeAt(0));
  const handle = kernel32.symbols.CreateFileW(name, GENERIC_READ, SHARE_READ_WRITE, null, OPEN_EXISTING, 0, null);
  assert.notEqual(handle, INVALID_HANDLE);
  return () => {
    kernel32.symbols.CloseHandle(handle);
    kernel32.close();
  };
}
