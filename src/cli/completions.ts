import { Argument, type Command } from "commander";
import { command, type CommandFile } from "./command.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

export const completionsCommand: CommandFile = {
  build: (contextOf) =>
    command("completions", "print a completion script for a shell", [
      "agent completions bash > /etc/bash_completion.d/agent",
      'agent completions zsh > "${fpath[1]}/_agent"',
      "agent completions fish > ~/.config/fish/completions/agent.fish",
      "agent completions powershell >> $PROFILE",
    ])
      .addArgument(new Argument("<shell>", "which shell").choices(SHELLS))
      .action((shell: Shell, _, self: Command) => {
        contextOf(self).out.line(completionScript(shell, rootOf(self)));
      }),
};

/** What may follow each command path: `""` is the program itself, `"config"` a command, `"config show"` a subcommand. */
type WordsByPath = ReadonlyMap<string, readonly Word[]>;
interface Word {
  readonly text: string;
  readonly about: string;
}

function rootOf(self: Command): Command {
  return self.parent === null ? self : rootOf(self.parent);
}

export function wordsByPath(root: Command): WordsByPath {
  const words = new Map<string, Word[]>();
  const flagsOf = (source: Command) =>
    source.options.filter(({ hidden }) => !hidden)
      .map(({ long, short, description }) => ({ text: long ?? short ?? "", about: description }));
  const visit = (at: Command, path: readonly string[]) => {
    const children = at.commands.map((child) => ({ text: child.name(), about: child.description() }));
    const choices = at.registeredArguments.flatMap(({ argChoices, description }) =>
      (argChoices ?? []).map((text) => ({ text, about: description }))
    );
    const flags = [...flagsOf(at), ...(at === root ? [] : flagsOf(root)), { text: "--help", about: "show help" }];
    words.set(path.join(" "), [...children, ...choices, ...flags]);
    for (const child of at.commands) visit(child, [...path, child.name()]);
  };
  visit(root, []);
  return words;
}

/** The command paths after which ids of processes may follow. */
export function pathsWithIds(root: Command): string[] {
  const below = (at: Command, path: readonly string[]): string[] => [
    ...(at.registeredArguments.some((argument) => argument.name() === "id") ? [path.join(" ")] : []),
    ...at.commands.flatMap((child) => below(child, [...path, child.name()])),
  ];
  return below(root, []);
}

/** The script that makes a shell complete this program's commands and options. */
export function completionScript(shell: Shell, root: Command): string {
  return SCRIPTS[shell](wordsByPath(root), pathsWithIds(root));
}

const SCRIPTS: Record<Shell, (words: WordsByPath, withIds: readonly string[]) => string> = {
  bash,
  zsh,
  fish,
  powershell,
};

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Of a shell's `case`: any of these paths with something after it. */
function patterns(paths: readonly string[], after = ""): string {
  return paths.length === 0 ? "''" : paths.map((path) => quote(path) + after).join("|");
}

/** The longest prefix of typed words that is a command path decides what is offered. */
function bash(words: WordsByPath, withIds: readonly string[]): string {
  const cases = [...words].map(([path, list]) =>
    `    ${quote(path)}) words=${quote(list.map(({ text }) => text).join(" "))} ;;`
  );
  return `# bash completion for agent
_agent_words() {
  local words=
  case "$1" in
${cases.join("\n")}
    *) return 1 ;;
  esac
  printf '%s' "$words"
}
_agent() {
  local current=\${COMP_WORDS[COMP_CWORD]} path= word found
  local offered; offered=$(_agent_words '')
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if found=$(_agent_words "\${path:+$path }$word"); then path="\${path:+$path }$word"; offered=$found; fi
  done
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    -c|--config|--env-file) local IFS=$'\\n'; COMPREPLY=($(compgen -f -- "$current")); return ;;
    --work-dir|--cwd) local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$current")); return ;;
  esac
  case "$path:$current" in
    *:-*) ;;
    ${
    patterns(withIds, ":*")
  }) offered="$offered $("\${COMP_WORDS[0]}" ps --quiet 2>/dev/null | tr -cd 'A-Za-z0-9._\\n-')" ;;
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o filenames -F _agent agent`;
}

function zsh(words: WordsByPath, withIds: readonly string[]): string {
  const entry = ({ text, about }: Word) => quote(`${text.replaceAll(":", "\\:")}:${about}`);
  const cases = [...words].map(([path, list]) => `    ${quote(path)}) offered=(${list.map(entry).join(" ")}) ;;`);
  return `#compdef agent
# zsh completion for agent
_agent_words() {
  case "$1" in
${cases.join("\n")}
    *) return 1 ;;
  esac
}
_agent() {
  local -a offered
  local path_so_far= word
  _agent_words ''
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if _agent_words "\${path_so_far:+$path_so_far }$word"; then path_so_far="\${path_so_far:+$path_so_far }$word"; fi
  done
  case "\${words[CURRENT-1]}" in
    -c|--config|--env-file) _files; return ;;
    --work-dir|--cwd) _files -/; return ;;
  esac
  case "$path_so_far" in
    ${patterns(withIds)}) offered+=(\${(f)"$("\${words[1]}" ps --quiet 2>/dev/null)"}) ;;
  esac
  _describe 'agent' offered
}
if [ "$funcstack[1]" = _agent ]; then _agent "$@"; else compdef _agent agent; fi`;
}

function fish(words: WordsByPath, withIds: readonly string[]): string {
  const lines = withIds.map((path) =>
    `complete -c agent -n "__agent_at ${quote(path)}" -a '(agent ps --quiet 2>/dev/null)' -d process`
  );
  for (const [path, list] of words) {
    for (const { text, about } of list) {
      const what = text.startsWith("--") ? `-l ${text.slice(2)}` : `-a ${quote(text)}`;
      lines.push(`complete -c agent -n "__agent_at ${quote(path)}" ${what} -d ${quote(about)}`);
    }
  }
  const paths = [...words.keys()].filter((path) => path !== "").map(quote).join(" ");
  return `# fish completion for agent
function __agent_at
  set -l known ${paths}
  set -l path ''
  for word in (commandline -opc)[2..]
    set -l longer (string trim -- "$path $word")
    contains -- "$longer" $known; and set path $longer
  end
  test "$path" = "$argv[1]"
end
complete -c agent -f
complete -c agent -s c -l config -r -F -d 'config file to read'
${lines.join("\n")}`;
}

function powershell(words: WordsByPath, withIds: readonly string[]): string {
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const entries = [...words].map(([path, list]) =>
    `    ${literal(path)} = @(${list.map(({ text }) => literal(text)).join(", ")})`
  );
  return `# PowerShell completion for agent
Register-ArgumentCompleter -Native -CommandName agent, agent.exe -ScriptBlock {
  param($current, $ast, $position)
  $offers = @{
${entries.join("\n")}
  }
  $path = ''
  foreach ($element in @($ast.CommandElements | Select-Object -Skip 1)) {
    if ($element.Extent.EndOffset -ge $position) { break }
    $longer = "$path $element".Trim()
    if ($offers.ContainsKey($longer)) { $path = $longer }
  }
  $offered = $offers[$path]
  if (@(${withIds.map(literal).join(", ")}) -contains $path -and $current -notlike '-*') {
    $offered = @($offered) + @(agent ps --quiet 2>$null)
  }
  $offered | Where-Object { $_ -like "$current*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`;
}
