import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError } from "../core/mod.ts";
import { loadConfig } from "./load.ts";

const BAD = join(import.meta.dirname ?? "", "../../tests/fixtures/bad_configs");
const DEFAULTS = {
  workDir: "/var/lib/farhand",
  pidFile: "/run/farhand/agent.pid",
  logFile: "/var/log/farhand/agent.log",
  socket: "/run/farhand/agent.sock",
};

function load(file: string): Promise<unknown> {
  return loadConfig({ file, fileRequired: true, env: {}, defaults: DEFAULTS, cwd: "/" });
}

/** The message of the refusal, with `{file}` for the path. */
async function complaint(file: string): Promise<string> {
  try {
    await load(file);
  } catch (thrown) {
    assert(thrown instanceof AppError, String(thrown));
    assert.equal(thrown.code, "invalid_config");
    return thrown.message.replaceAll(file, "{file}");
  }
  return assert.fail(`${file} was accepted`);
}

const fixtures = [...Deno.readDirSync(BAD)].map(({ name }) => name).filter((name) => name.endsWith(".yaml")).sort();

Deno.test("there are at least 40 bad configs", () => assert(fixtures.length >= 40));

for (const name of fixtures) {
  // Where the path of a socket gets a drive letter it is longer, and its length is in the message.
  const ignore = Deno.build.os === "windows" && name.endsWith("socket_too_long.yaml");
  Deno.test({ name: `refused: ${name}`, ignore }, async () => {
    const expected = await Deno.readTextFile(join(BAD, name.replace(/\.yaml$/, ".txt")));
    assert.equal(`${await complaint(join(BAD, name))}\n`, expected);
  });
}
