import assert from "node:assert/strict";
import { join } from "node:path";
import { agentHost, exists } from "./agent_host.ts";

const ignore = Deno.build.os !== "windows";

/** What `config show` says of a key: its value and where that came from. */
function shown(table: string, key: string): string[] {
  const row = table.split(/\r?\n/).find((line) => line.startsWith(`${key} `));
  return row?.trim().split(/ {2,}/).slice(1) ?? [];
}

Deno.test({ name: "a file with Windows line ends and backslash paths is read as it is meant", ignore }, async () => {
  await using host = await agentHost();
  const lines = [
    "agent:",
    "  work_dir: C:\\farhand\\new agent # no quotes needed",
    "  log:",
    "    file: 'C:\\logs\\tab\\agent.log'",
    "  pid_file: C:/run/./agent.pid",
    "  control:",
    "    token_file: own\\token.txt",
  ];
  const config = host.file("windows.yaml", `${lines.join("\r\n")}\r\n`);
  assert.equal((await host.ok("config", "check", "--config", config)).trim(), `valid: ${config}`);
  const table = await host.ok("config", "show", "--config", config);
  assert.deepEqual(shown(table, "agent.work_dir"), ["C:\\farhand\\new agent", `${config}:2`]);
  assert.deepEqual(shown(table, "agent.log.file"), ["C:\\logs\\tab\\agent.log", `${config}:4`]);
  assert.deepEqual(shown(table, "agent.pid_file"), ["C:\\run\\agent.pid", `${config}:5`]);
  assert.deepEqual(shown(table, "agent.control.socket"), ["C:\\farhand\\new agent\\agent.sock", `${config}:2`]);
  assert.deepEqual(shown(table, "agent.control.token_file"), [join(host.dir, "own", "token.txt"), `${config}:7`]);
});

Deno.test({ name: "a bad config is refused with its line and what to do", ignore }, async () => {
  await using host = await agentHost();
  const misspelt = host.file("misspelt.yaml", "agent:\r\n  log:\r\n    level: info\r\n    max_sise: 50MB\r\n");
  assert.match(await host.refused(2, "config", "check", "-c", misspelt), /line 4: .*max_sise.*max_size/);
  const escaped = host.file("escaped.yaml", 'agent:\n  work_dir: "C:\\farhand\\wörk"\n');
  const complaint = await host.refused(2, "config", "check", "-c", escaped);
  assert.match(
    complaint,
    /line 2: an unknown backslash escape in double quotes; write paths with backslashes in single/,
  );
  assert.match(await host.refused(2, "config", "check", "-c", host.dir), /it is a directory/);
  assert.match(await host.refused(2, "start", "-c", misspelt), /line 4: .*max_sise/);
  assert.equal(exists(host.paths.workDir), false);
});

Deno.test({ name: "the default file, a variable and flags are laid over each other", ignore }, async () => {
  await using host = await agentHost();
  await Deno.mkdir(host.paths.workDir, { recursive: true });
  await Deno.writeTextFile(host.paths.configFile ?? "", "agent:\n  id: by file\n  log:\n    max_files: 3\n");
  const table = await host.ok("config", "show", "--set", "agent.log.file=Z:\\tmp\\by flag.log");
  assert.deepEqual(shown(table, "agent.id"), ["by file", `${host.paths.configFile}:2`]);
  assert.deepEqual(shown(table, "agent.work_dir"), [host.paths.workDir, "default"]);
  assert.deepEqual(shown(table, "agent.log.file"), ["Z:\\tmp\\by flag.log", "flag --set agent.log.file"]);
});

Deno.test({ name: "a path beyond the length of a Unix socket serves as control file", ignore }, async () => {
  await using host = await agentHost();
  const workDir = join(host.dir, "long".repeat(25));
  assert.ok(workDir.length > 108);
  const agent = await host.start("--work-dir", workDir);
  assert.equal((await host.status("--work-dir", workDir)).pid, agent.pid);
  await host.ok("stop", "--work-dir", workDir);
});

Deno.test({ name: "reload applies what it can and names what needs a restart", ignore }, async () => {
  await using host = await agentHost();
  const config = host.file("agent.yaml", "agent:\r\n  log:\r\n    level: info\r\n");
  await host.start("--config", config);
  assert.match(await host.ok("reload"), /nothing has changed/);
  host.file("agent.yaml", "agent:\r\n  log:\r\n    level: debug\r\n  id: two\r\n");
  const { file, applied, needsRestart } = JSON.parse(await host.ok("reload", "--json"));
  assert.deepEqual({ file, applied, needsRestart }, {
    file: config,
    applied: ["agent.log.level"],
    needsRestart: ["agent.id"],
  });
  assert.equal((await host.status()).logLevel, "debug");
});

Deno.test({ name: "a bad file is refused on reload, and the old config stays", ignore }, async () => {
  await using host = await agentHost();
  const config = host.file("agent.yaml", "agent:\n  id: one\n  log:\n    level: warn\n");
  const agent = await host.start("-c", "agent.yaml");
  const before = await host.status();
  host.file("agent.yaml", "agent:\n  id: two\n  log:\n    level: loud\n");
  const complaint = await host.refused(2, "reload");
  assert.match(complaint, /agent\.yaml: line 4: agent\.log\.level must be one of/);
  await Deno.remove(config);
  assert.match(await host.refused(2, "reload"), /no such file/);
  const after = await host.status();
  assert.deepEqual([after.pid, after.id, after.logLevel, after.state], [agent.pid, "one", "warn", "ok"]);
  assert.deepEqual(after.config, before.config);
});
