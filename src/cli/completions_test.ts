import assert from "node:assert/strict";
import { Command } from "commander";
import { runCli } from "../../tests/helpers/run_cli.ts";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { completionScript, pathsWithIds, wordsByPath } from "./completions.ts";

/** A program with what is awkward: nesting, choices, short options, and texts that need quoting. */
function sample(): Command {
  const root = new Command("agent").option("-c, --config <file>", "the host's config");
  const set = new Command("set").description("don't: stop").argument("[level]", "which").option("-q", "quiet");
  root.addCommand(new Command("mode").description("show it").addCommand(set.option("--loud", "it's loud: very")));
  return root;
}

Deno.test("what may follow each command path: subcommands, its own options, the global ones, and help", () => {
  const words = Object.fromEntries(
    [...wordsByPath(sample())].map(([path, list]) => [path, list.map(({ text }) => text)]),
  );
  assert.deepEqual(words, {
    "": ["mode", "--config", "--help"],
    "mode": ["set", "--config", "--help"],
    "mode set": ["-q", "--loud", "--config", "--help"],
  });
});

Deno.test("ids of processes may follow commands that take them", () => {
  const root = new Command("agent").addCommand(
    new Command("process").addCommand(new Command("stop").argument("[id...]")).addCommand(new Command("add")),
  );
  root.addCommand(new Command("logs").argument("<id...>"));
  assert.deepEqual(pathsWithIds(root), ["process stop", "logs"]);
});

/** What bash offers when the cursor is at the end of this line, by the script of the real program. */
async function complete(line: string, cwd?: string): Promise<string[]> {
  const { stdout: script } = await runCli(["completions", "bash"]);
  const words = line.split(" ").map((word) => `'${word}'`).join(" ");
  const ask =
    `set -u; COMP_WORDS=(${words}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["--norc", "--noprofile", "-c", `${script}\n${ask}`];
  const bash = await new Deno.Command("bash", { args, ...(cwd === undefined ? {} : { cwd }) }).output();
  assert.equal(new TextDecoder().decode(bash.stderr), "");
  return new TextDecoder().decode(bash.stdout).trim().split("\n").sort();
}

const bash = { ignore: Deno.build.os === "windows" };

Deno.test("bash completes commands, subcommands, choices and options", bash, async () => {
  assert.deepEqual(await complete("agent st"), ["start", "status", "stop"]);
  assert.deepEqual(await complete("agent config "), [
    "--config",
    "--help",
    "--host",
    "--no-color",
    "--set",
    "--version",
    "--work-dir",
    "check",
    "schema",
    "show",
  ]);
  assert.deepEqual(await complete("agent config show --y"), ["--yaml"]);
  assert.deepEqual(await complete("agent --work-dir /x log-level d"), ["debug"]);
  assert.deepEqual(await complete("agent completions f"), ["fish"]);
  assert.deepEqual(await complete("agent nonsense"), [""]);
});

Deno.test(
  "bash asks the agent for ids of processes, and takes nothing for one that is none",
  bash,
  () =>
    inTempDir(async (dir) => {
      const agent = `${dir}/agent`;
      await Deno.writeTextFile(agent, '#!/bin/sh\n[ "$*" = "ps --quiet" ] && echo "web-0\nworker\n\\$(touch x)"\n');
      await Deno.chmod(agent, 0o755);
      assert.deepEqual(await complete(`${agent} logs w`, dir), ["web-0", "worker"]);
      assert.deepEqual(await complete(`${agent} process stop wo`, dir), ["worker"]);
      assert.deepEqual(await complete(`${agent} process stop --a`, dir), ["--all"]);
      assert.deepEqual(await complete(`${agent} process add w`, dir), [""]);
      assert.deepEqual([...Deno.readDirSync(dir)].map(({ name }) => name), ["agent"]);
    }),
);

Deno.test("bash completes the paths of options that take one, blanks and all", bash, () =>
  inTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/a directory`);
    await Deno.writeTextFile(`${dir}/a file.yaml`, "");
    assert.deepEqual(await complete("agent start --config a", dir), ["a directory", "a file.yaml"]);
    assert.deepEqual(await complete("agent -c a", dir), ["a directory", "a file.yaml"]);
    assert.deepEqual(await complete("agent start --work-dir a", dir), ["a directory"]);
  }));

Deno.test("zsh's words are quoted so that a shell reads them back as they are", bash, async () => {
  const script = completionScript("zsh", sample());
  const cases = /^_agent_words\(\) \{\n[^]*?\n\}$/m.exec(script)?.[0]; // plain enough for bash to read too
  const args = ["-c", `${cases}\n_agent_words 'mode set'; printf '%s\\n' "\${offered[@]}"; _agent_words nonsense`];
  const { code, stdout } = await new Deno.Command("bash", { args }).output();
  assert.equal(code, 1);
  assert.equal(
    new TextDecoder().decode(stdout),
    "-q:quiet\n--loud:it's loud: very\n--config:the host's config\n--help:show help\n",
  );
});

Deno.test("fish and PowerShell quote an apostrophe each in its own way", () => {
  const fish = completionScript("fish", sample());
  assert.ok(fish.includes(`complete -c agent -n "__agent_at 'mode'" -a 'set' -d 'don'\\''t: stop'\n`));
  assert.ok(fish.includes(`-n "__agent_at 'mode set'" -l loud -d 'it'\\''s loud: very'`));
  assert.ok(fish.includes(`set -l known 'mode' 'mode set'\n`));
  const root = sample().addCommand(new Command("o'clock"));
  assert.ok(completionScript("powershell", root).includes(`    'o''clock' = @('--config', '--help')`));
});

Deno.test("each shell's script names every command", async () => {
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { code, stdout } = await runCli(["completions", shell]);
    assert.equal(code, 0);
    for (const word of ["start", "log-level", "config show", "--timeout"]) {
      assert.ok(stdout.includes(shell === "fish" ? word.replace("--", "-l ") : word), `${shell}: ${word}`);
    }
  }
});
