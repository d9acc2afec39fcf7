import assert from "node:assert/strict";
import { REPOSITORY, scenario, type World } from "../helpers/agent.ts";
import { inParallel } from "../helpers/host.ts";

const FIXTURES = `${REPOSITORY}/tests/fixtures/bad_configs`;

interface Fixture {
  readonly name: string;
  readonly file: string;
  messageFor(file: string): string;
}

function fixtures(): Fixture[] {
  const names = [...Deno.readDirSync(FIXTURES)].map(({ name }) => name).filter((name) => name.endsWith(".yaml")).sort();
  assert.ok(names.length >= 40, `only ${names.length} bad configs`);
  return names.map((name) => {
    const file = `${FIXTURES}/${name}`;
    const message = Deno.readTextFileSync(file.replace(/yaml$/, "txt")).trimEnd();
    return { name, file, messageFor: (path) => message.replaceAll("{file}", path) };
  });
}

scenario("config check refuses each bad config with its message and exit code 2", async (world) => {
  await inParallel(4, fixtures(), async ({ name, file, messageFor }) => {
    const { code, stdout, stderr } = await world.agent(["config", "check"], { flags: ["--config", file] });
    assert.deepEqual({ code, stdout, stderr }, { code: 2, stdout: "", stderr: `error: ${messageFor(file)}\n` }, name);
  });
});

/** What a reload could have changed. */
async function memory(world: World) {
  const { pid, state, logLevel, config } = await world.status();
  return { pid, state, logLevel, config };
}

scenario("a running agent refuses each bad config on reload and keeps its own", async (world) => {
  // The work directory is in the file: a flag would win over the fixtures that have a bad one.
  const good = `agent: { work_dir: ${world.workDir}, log: { level: warn } }\n`;
  const flags = ["--config", world.configFile];
  await world.configure(good);
  await world.expect(0, ["start"], { flags });
  const before = await memory(world);
  for (const { name, file, messageFor } of fixtures()) {
    await Deno.copyFile(file, world.configFile);
    const { status, envelope } = await world.api("/v1/reload", { method: "POST" });
    assert.deepEqual([status, envelope.code], [422, 10_002], name);
    assert.equal(envelope.msg, messageFor(world.configFile), name);
    assert.deepEqual(await memory(world), before, name);
  }
  await world.configure(good);
  await world.expect(0, ["reload"], { flags });
});

scenario(
  "what is no config at all is refused with exit code 2: a directory, a device, 100 MB, a dead link",
  async (world) => {
    const huge = `${world.dir}/huge`;
    using file = await Deno.open(huge, { create: true, write: true });
    await file.truncate(100 * 1024 * 1024);
    await Deno.symlink("nowhere", `${world.dir}/link`);
    for (
      const [path, reason] of [[world.dir, /directory/], ["/dev/zero", /device/], [huge, /1 MiB/], [
        `${world.dir}/link`,
        /link/,
      ]] as const
    ) {
      const { stderr } = await world.expect(2, ["start"], { flags: ["--config", path, "--work-dir", world.workDir] });
      assert.match(stderr, reason);
    }
    assert.deepEqual(await world.processes(), []);
  },
);
