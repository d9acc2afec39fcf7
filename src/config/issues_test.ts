import assert from "node:assert/strict";
import { join } from "node:path";
import { complaint } from "../../tests/helpers/config_loading.ts";

const BAD = join(import.meta.dirname ?? "", "../../tests/fixtures/bad_configs");
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
