import assert from "node:assert/strict";
import { type AgentHost, agentHost, kill } from "./agent_host.ts";

// Wine's powershell is a stub: that the completions complete is not shown.
const ignore = Deno.build.os !== "windows";

interface Finding {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly fix?: string;
}

async function diagnosis(host: AgentHost, exitCode = 0, ...args: string[]): Promise<Map<string, Finding>> {
  const { code, stdout, stderr } = await host.run("doctor", "--json", ...args);
  assert.equal(code, exitCode, `${stdout}${stderr}`);
  const findings: Finding[] = JSON.parse(stdout);
  for (const { name, state, fix } of findings) {
    assert.equal(fix !== undefined, state === "warning" || state === "failed", `${name} is ${state}, fix: ${fix}`);
  }
  return new Map(findings.map((finding) => [finding.name, finding]));
}

Deno.test({ name: "version tells program, runtime and target", ignore }, async () => {
  await using host = await agentHost();
  const info = JSON.parse(await host.ok("version", "--json"));
  assert.deepEqual(Object.keys(info).sort(), ["commit", "compiled", "deno", "target", "v8", "version"]);
  assert.deepEqual([info.deno, info.target], [Deno.version.deno, Deno.build.target]);
  assert.match(await host.ok("version"), new RegExp(`^agent ${info.version} \\(commit .*, ${Deno.build.target}\\)`));
});

Deno.test({ name: "doctor finds a sound host sound and says what Windows lacks", ignore }, async () => {
  await using host = await agentHost();
  const findings = await diagnosis(host);
  for (const name of ["config", "work dir", "log dir", "pid dir", "socket dir", "agent", "disk space", "user"]) {
    assert.equal(findings.get(name)?.state, "ok", name);
  }
  for (const name of ["clock", "open files", "limits", "start tools", "memory trim"]) {
    assert.equal(findings.get(name)?.state, "unsupported", name);
  }
  assert.match(await host.ok("doctor"), /^ok {4}work dir /m);
});

Deno.test({ name: "doctor sees a running agent, a killed one and a broken config", ignore }, async () => {
  await using host = await agentHost();
  const agent = await host.start();
  assert.equal((await diagnosis(host)).get("agent")?.detail, `running, pid ${agent.pid}`);
  await kill(agent);
  const found = (await diagnosis(host)).get("agent");
  assert.deepEqual([found?.state, found?.detail.endsWith(`is left over: pid ${agent.pid} is dead`)], ["warning", true]);
  const broken = host.file("broken.yaml", "agent: [\r\n");
  assert.equal((await diagnosis(host, 1, "--config", broken)).get("config")?.state, "failed");
});

Deno.test({ name: "completions for PowerShell name every command", ignore }, async () => {
  await using host = await agentHost();
  const script = await host.ok("completions", "powershell");
  assert.match(script, /^Register-ArgumentCompleter -Native -CommandName agent, agent\.exe -ScriptBlock \{$/m);
  const help = await host.ok("--help");
  const commands = [...help.matchAll(/^ {2}([a-z-]+) (?:\[|<| )/gm)].map(([, name = ""]) => name).filter((name) =>
    name !== "help"
  ); // commander's own
  assert.ok(commands.length >= 11, help);
  for (const name of commands) assert.ok(script.includes(`'${name}'`), name);
});

Deno.test({ name: "a bad command line has exit code 2", ignore }, async () => {
  await using host = await agentHost();
  assert.match(await host.refused(2, "strat"), /unknown command 'strat'/);
  assert.match(await host.refused(2, "stop", "--timeout", "soon"), /A duration such as 30s .* got "soon"/);
});
