import assert from "node:assert/strict";
import { Command } from "commander";
import { runCli } from "../../tests/helpers/run_cli.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError, EXIT_CODES, VERSION } from "../core/mod.ts";
import { buildProgram } from "./program.ts";

/** Every command of the tree with the words that lead to it. */
async function commands(): Promise<[path: string[], command: Command][]> {
  const terminal = { stdout() {}, stderr() {}, isTerminal: false };
  const program = await buildProgram(() => {
    throw new AppError("internal", "no command is run here");
  }, terminal);
  const below = (command: Command, path: string[]): [string[], Command][] =>
    command.commands.flatMap((child) => {
      const childPath = [...path, child.name()];
      return [[childPath, child], ...below(child, childPath)] satisfies [string[], Command][];
    });
  return below(program, []);
}

Deno.test("--help tells every command and every exit code", async () => {
  const { code, stdout, stderr } = await runCli(["--help"]);
  assert.equal(code, 0);
  assert.equal(stderr, "");
  for (const [[name, ...rest]] of await commands()) {
    if (rest.length === 0) assert.match(stdout, new RegExp(`\n  ${name}\\b`));
  }
  for (const [number, meaning] of EXIT_CODES) assert.ok(stdout.includes(`${number}  ${meaning}`));
});

for (const [path] of await commands()) {
  Deno.test(`agent ${path.join(" ")} --help describes it, with examples and the global options`, async () => {
    const { code, stdout } = await runCli([...path, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: agent ${path.join(" ")}`));
    for (const part of [/\nExamples:\n {2}\$ agent /, /--work-dir <dir>/, /--config <file>/]) {
      assert.match(stdout, part);
    }
    assert.deepEqual(await runCli(["help", path[0] ?? ""]), await runCli([path[0] ?? "", "--help"]));
  });
}

Deno.test("what prints data can print it as JSON", async () => {
  const withoutData = ["process", "run", "config", "config schema", "completions"];
  withoutData.push("manager", "manager run", "manager config", "manager config schema");
  withoutData.push("manager token", "manager user", "manager audit", "token");
  for (const [path, command] of await commands()) {
    const json = command.options.some(({ long }) => long === "--json");
    assert.equal(json, !withoutData.includes(path.join(" ")), path.join(" "));
  }
});

const MISTAKES: readonly (readonly [args: string[], message: RegExp])[] = [
  [["strat"], /unknown command 'strat'[^]*Did you mean start\?/],
  [["start", "--jsn"], /unknown option '--jsn'[^]*Did you mean --json\?/],
  [["config", "chekc"], /unknown command 'chekc'[^]*Did you mean check\?/],
  [["start", "now"], /too many arguments/],
  [["start", "--timeout"], /argument missing/],
  [["log-level", "loud"], /debug, info, warn, error/],
  [["completions", "tcsh"], /bash, zsh, fish, powershell/],
  [["completions"], /missing required argument 'shell'/],
  [["run", "--log-format", "xml"], /text, json/],
];
for (const [args, message] of MISTAKES) {
  Deno.test(`agent ${args.join(" ")} is a mistake that is explained`, async () => {
    const { code, stdout, stderr } = await runCli(args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
    assert.match(stderr, /add --help/);
  });
}

Deno.test("no command at all shows the help, as the mistake that it is", async () => {
  for (const args of [[], ["config"]]) {
    const { code, stdout, stderr } = await runCli(args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^Usage: agent/);
  }
});

Deno.test("--set takes key=value, and says so without repeating what may be a secret", async () => {
  const { code, stderr } = await runCli(["config", "check", "--set", "hunter2"]);
  assert.equal(code, 2);
  assert.equal(stderr, "error: --set takes key=value, such as --set agent.log.level=debug\n");
});

Deno.test("the version alone, and with all that belongs to it", async () => {
  assert.deepEqual(await runCli(["--version"]), { code: 0, stdout: `${VERSION}\n`, stderr: "" });
  assert.deepEqual(await runCli(["-V"]), await runCli(["--version"]));
  assert.match((await runCli(["version"])).stdout, new RegExp(`^agent ${VERSION} \\(commit .*, Deno .*, V8 .*\\)\n$`));
  const info = JSON.parse((await runCli(["version", "--json"])).stdout);
  assert.deepEqual(Object.keys(info), ["version", "commit", "deno", "v8", "target", "compiled"]);
});

Deno.test("colour needs a terminal, and everybody's consent", () =>
  inTempDir(async (dir) => {
    const args = ["config", "check", "--work-dir", dir];
    const coloured = async (isTerminal: boolean, env: Record<string, string> = {}, more: string[] = []) => {
      const { code, stdout } = await runCli([...args, ...more], { env, isTerminal });
      assert.equal(code, 0);
      return stdout.includes("\x1b[");
    };
    assert.equal(await coloured(true), true);
    assert.equal(await coloured(true, { NO_COLOR: "" }), true);
    assert.equal(await coloured(false), false);
    assert.equal(await coloured(true, { NO_COLOR: "1" }), false);
    assert.equal(await coloured(true, { TERM: "dumb" }), false);
    assert.equal(await coloured(true, {}, ["--no-color"]), false);
  }));
