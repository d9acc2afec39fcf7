import assert from "node:assert/strict";
import { scenario } from "../helpers/agent.ts";
import { exists, freeAddress } from "../helpers/host.ts";

interface Finding {
  readonly name: string;
  readonly state: "ok" | "warning" | "failed" | "unsupported";
  readonly detail: string;
  readonly fix?: string;
}

function findingsIn(stdout: string): Finding[] {
  const findings: Finding[] = JSON.parse(stdout);
  for (const { name, state, detail, fix } of findings) {
    assert.match(state, /^(ok|warning|failed|unsupported)$/, name);
    assert.notEqual(detail, "", name);
    assert.equal(
      typeof fix === "string",
      state === "warning" || state === "failed",
      `${name}: a complaint needs a fix`,
    );
  }
  return findings;
}

const find = (findings: readonly Finding[], name: string) => findings.find((finding) => finding.name === name);

scenario("doctor checks the host without an agent, and changes nothing", async (world) => {
  const { stdout } = await world.expect(0, ["doctor"]);
  for (const name of ["config", "work dir", "log dir", "agent", "control port", "clock", "open files", "runtime"]) {
    assert.match(stdout, new RegExp(`^(ok|warn|n/a) +${name} `, "m"));
  }
  assert.match(stdout, /^ok +agent +not running; "agent start" starts it$/m);
  assert.equal(await exists(world.workDir), false);
});

scenario("doctor sees the running agent and its port", async (world) => {
  const { text } = freeAddress();
  await world.configure(`agent: { control: { listen: "${text}" } }\n`);
  assert.equal(
    find(findingsIn((await world.expect(0, ["doctor", "--json"])).stdout), "control port")?.detail,
    `${text} is free`,
  );
  const pid = await world.start();
  const findings = findingsIn((await world.expect(0, ["doctor", "--json"])).stdout);
  assert.equal(find(findings, "agent")?.detail, `running, pid ${pid}`);
  assert.equal(find(findings, "control port")?.state, "ok");
});

scenario("doctor fails with exit code 1 and a fix for each thing that is in the way", async (world) => {
  const { hostname, port, text } = freeAddress();
  using _ = Deno.listen({ hostname, port });
  await world.configure(`agent: { control: { listen: "${text}" }, stop_timeout: soon }\n`);
  await Deno.writeTextFile(`${world.dir}/file`, "");
  const flags = ["--config", world.configFile, "--work-dir", `${world.dir}/file/work`];
  const { stdout, stderr } = await world.expect(1, ["doctor", "--json"], { flags });
  const failed = findingsIn(stdout).filter(({ state }) => state === "failed").map(({ name }) => name);
  for (const name of ["config", "work dir", "control port"]) assert.ok(failed.includes(name), `${name} in ${failed}`);
  assert.match(stderr, /checks failed/);
  const plain = await world.expect(1, ["doctor"], { flags });
  assert.match(plain.stdout, /^FAIL +config +Cannot read config .*\n +fix: \S/m);
});
