import assert from "node:assert/strict";
import { scenario, type World } from "../helpers/agent.ts";
import { command, runToEnd } from "../helpers/agent_process.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

async function script(world: World, shell: (typeof SHELLS)[number]): Promise<string> {
  return (await world.expect(0, ["completions", shell], { flags: [] })).stdout;
}

/** Asks a shell, when this host has it. */
async function inShell(world: World, argv: [string, ...string[]]): Promise<string | null> {
  try {
    const { code, stdout, stderr } = await runToEnd(command(argv, { env: await world.env(), cwd: world.dir }));
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    return stdout;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(`skipped: there is no ${argv[0]} here`);
    return null;
  }
}

scenario("there is a completion script for each shell, and it names every command", async (world) => {
  for (const shell of SHELLS) {
    const text = await script(world, shell);
    for (const word of ["start", "log-level", "config", "schema", "powershell"]) {
      assert.ok(text.includes(word), `${shell}: ${word}`);
    }
  }
});

scenario("bash completes commands, subcommands, choices and options", async (world) => {
  const file = `${world.dir}/agent.bash`;
  await Deno.writeTextFile(file, await script(world, "bash"));
  const cases: [line: string, offered: string[]][] = [
    ["agent con", ["config"]],
    ["agent config ", ["check", "schema", "show"]],
    ["agent config sh", ["show"]],
    ["agent --config x log-level d", ["debug"]],
    ["agent completions ", ["bash", "fish", "powershell", "zsh"]],
    ["agent stop --f", ["--force"]],
    ["agent xyz", []],
  ];
  for (const [line, offered] of cases) {
    const words = line.split(" ");
    const ask = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = await inShell(world, ["bash", "--norc", "-c", ask, file, ...words]);
    if (answer === null) return;
    const found = answer.split("\n").filter((word) => word !== "" && (!word.startsWith("-") || line.includes("--f")));
    assert.deepEqual(found.sort(), offered, line);
  }
});

scenario("zsh, fish and PowerShell accept their scripts, where they are installed", async (world) => {
  const write = async (shell: (typeof SHELLS)[number], name: string) => {
    await Deno.writeTextFile(`${world.dir}/${name}`, await script(world, shell));
    return `${world.dir}/${name}`;
  };
  await inShell(world, ["zsh", "-n", await write("zsh", "_agent")]);
  await inShell(world, ["pwsh", "-NoProfile", "-File", await write("powershell", "agent.ps1")]);
  const fish = await inShell(world, [
    "fish",
    "-c",
    `source ${await write("fish", "agent.fish")}; complete -C 'agent con'`,
  ]);
  if (fish !== null) assert.match(fish, /^config\b/m);
});
