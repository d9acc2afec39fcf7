import assert from "node:assert/strict";
import { runCli } from "../../tests/helpers/run_cli.ts";

Deno.test("without a terminal, or with what contradicts itself, it is refused before anything is asked", async () => {
  const piped = await runCli(["shell", "web-1"], { env: { FARHAND_URL: "http://127.0.0.1:1", FARHAND_TOKEN: "x" } });
  assert.equal(piped.code, 2);
  assert.match(piped.stderr, /needs a terminal for its input and output; for a script: agent exec web-1 -- COMMAND/);
  for (
    const args of [
      ["--attach", "a", "--view", "b"],
      ["--attach", "a", "--list"],
      ["--json"],
    ]
  ) {
    const refused = await runCli(["shell", "web-1", ...args], { isTerminal: true });
    assert.equal(refused.code, 2, args.join(" "));
    assert.match(refused.stderr, /exclude each other|goes with --list/);
  }
});

Deno.test("--help tells how to leave, and how to come back", async () => {
  const { code, stdout } = await runCli(["shell", "--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /~\. leaves/);
  for (const option of ["--attach", "--view", "--list"]) assert.ok(stdout.includes(option));
});
