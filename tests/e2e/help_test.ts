import assert from "node:assert/strict";
import { scenario } from "../helpers/agent.ts";
import { inParallel } from "../helpers/host.ts";

const COMMANDS = [
  ["start"],
  ["stop"],
  ["restart"],
  ["reload"],
  ["status"],
  ["ps"],
  ["process"],
  ["process", "start"],
  ["process", "stop"],
  ["process", "restart"],
  ["process", "signal"],
  ["process", "add"],
  ["process", "remove"],
  ["process", "show"],
  ["logs"],
  ["events"],
  ["collectors"],
  ["top"],
  ["run"],
  ["log-level"],
  ["config"],
  ["config", "check"],
  ["config", "show"],
  ["config", "schema"],
  ["doctor"],
  ["version"],
  ["completions"],
] as const;

scenario("every command has a --help with examples, and help prints the same", async (world) => {
  await inParallel(4, COMMANDS, async (command) => {
    const { stdout, stderr } = await world.expect(0, [...command, "--help"], { flags: [] });
    assert.match(stdout, new RegExp(`^Usage: agent ${command.join(" ")} `), command.join(" "));
    assert.match(stdout, /\nExamples:\n {2}\$ .*agent /, command.join(" "));
    assert.equal(stderr, "");
    if (command.length > 1) return;
    assert.equal((await world.expect(0, ["help", ...command], { flags: [] })).stdout, stdout);
  });
});

scenario("agent --help names every command and every exit code", async (world) => {
  const { stdout } = await world.expect(0, ["--help"], { flags: [] });
  for (const [command] of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command}\\b`, "m"));
  for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 130]) assert.match(stdout, new RegExp(`^ +${code} {2}\\S`, "m"));
});

scenario("agent without a command shows its help and fails", async (world) => {
  const { stdout, stderr } = await world.expect(2, [], { flags: [] });
  assert.match(stdout + stderr, /^Usage: agent /);
});

scenario("a mistyped command or option is refused with exit code 2, with the nearest name", async (world) => {
  const refused: [string[], RegExp][] = [
    [["strat"], /unknown command 'strat'[^]*start/],
    [["confg", "show"], /unknown command 'confg'[^]*config/],
    [["config", "shw"], /unknown command 'shw'[^]*show/],
    [["start", "--timeot", "1s"], /unknown option '--timeot'[^]*--timeout/],
    [["xyzzy"], /unknown command 'xyzzy'/],
    [["--nonsense"], /unknown option '--nonsense'/],
    [["version", "extra"], /too many arguments/],
    [["start", "--timeout", "soon"], /duration/],
    [["start", "--timeout"], /argument missing/],
    [["start", "--set", "nothing"], /--set takes key=value/],
    [["start", "--set", "agent.colour=red"], /agent\.colour is not a known key/],
    [["completions", "tcsh"], /bash, zsh, fish, powershell/],
    [["completions"], /missing required argument/],
  ];
  await inParallel(4, refused, async ([args, message]) => {
    const { stdout, stderr } = await world.expect(2, args);
    assert.match(stderr, message);
    assert.equal(stdout, "", args.join(" "));
    assert.equal(/^ +at /m.test(stderr), false, "a stack trace");
  });
});

scenario("version, --version and -V agree, and version tells of the runtime", async (world) => {
  const { version, deno, target } = JSON.parse((await world.expect(0, ["version", "--json"])).stdout);
  assert.equal((await world.expect(0, ["--version"])).stdout, `${version}\n`);
  assert.equal((await world.expect(0, ["-V"])).stdout, `${version}\n`);
  const { stdout } = await world.expect(0, ["version"]);
  assert.match(stdout, new RegExp(`^agent ${version} \\(commit \\S+, Deno ${deno}, V8 \\S+, ${target}\\)\n$`));
});

scenario("a reader that has seen enough causes no complaint", async (world) => {
  for (const args of [["config", "show"], ["config", "schema"], ["--help"]]) {
    const { code, stdout, stderr } = await world.agent(args, { shell: '{ "$@"; echo "$?" >&2; } | head -c 20' });
    assert.deepEqual([code, stdout.length, stderr], [0, 20, "0\n"], args.join(" "));
  }
});
