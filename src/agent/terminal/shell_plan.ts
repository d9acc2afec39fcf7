import { posix, win32 } from "node:path";
import type { Account } from "../../platform/mod.ts";
import type { ShellPlan, TerminalConfig } from "./ports.ts";

/** Those that read their profile, as at a login, when they are told so. */
const LOGIN_SHELLS: ReadonlySet<string> = new Set(
  "sh bash dash ash zsh ksh mksh yash fish tcsh csh pwsh".split(" "),
);
const FALLBACK_SHELL = "/bin/sh";
const USUAL_TERM = "xterm-256color";
const UTF8_LOCALE = "C.UTF-8";
/** What says in which language and characters programs speak, and where they are. */
const LOCALE_VARIABLE = /^(LANG|LANGUAGE|LC_[A-Z]+|TZ)$/;
/** Of these the first that is there says how characters are written. */
const CHARACTER_VARIABLES = ["LC_ALL", "LC_CTYPE", "LANG"];
const PLAIN_LOCALES: ReadonlySet<string> = new Set(["", "C", "POSIX"]);
/** Without these hardly anything runs on Windows; the others may be the agent's own, secrets among them. */
const WINDOWS_VARIABLES: ReadonlySet<string> = new Set([
  ...["ALLUSERSPROFILE", "APPDATA", "COMMONPROGRAMFILES", "COMMONPROGRAMFILES(X86)", "COMMONPROGRAMW6432"],
  ...["COMPUTERNAME", "COMSPEC", "DRIVERDATA", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "NUMBER_OF_PROCESSORS", "OS"],
  ...["PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROCESSOR_IDENTIFIER", "PROCESSOR_LEVEL", "PROCESSOR_REVISION"],
  ...["PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432", "PSMODULEPATH", "PUBLIC", "SYSTEMDRIVE"],
  ...["SYSTEMROOT", "TEMP", "TMP", "USERDOMAIN", "USERDOMAIN_ROAMINGPROFILE", "USERNAME", "USERPROFILE", "WINDIR"],
]);
const NOT_IN_A_JOB_NAME = /[^\w-]/g;

export interface PlanHost {
  readonly account: Account;
  /** As `commandEnvironment` gives it. */
  readonly path: string;
  /** The account of the user that is asked for; null for one that is not known. */
  readonly login: { readonly name: string; readonly home: string; readonly shell: string } | null;
  isDirectory(path: string): boolean;
}

export interface Wanted {
  readonly id: string;
  readonly term: string;
}

/** What is run on a terminal: the login shell of a user at home, with nothing of the agent's own environment. */
export function planShell(config: TerminalConfig, wanted: Wanted, host: PlanHost): ShellPlan {
  const term = wanted.term === "" ? USUAL_TERM : wanted.term;
  const own = { TERM: term, COLORTERM: "truecolor", FARHAND_TERMINAL: wanted.id };
  return host.account.os === "windows" ? onWindows(config, own, host) : onPosix(config, own, host);
}

type Own = Readonly<Record<"TERM" | "COLORTERM" | "FARHAND_TERMINAL", string>>;

function onPosix({ user, shell: wantedShell }: TerminalConfig, own: Own, host: PlanHost): ShellPlan {
  const { login } = host;
  const shell = [wantedShell, login?.shell ?? ""].find((path) => path !== "") ?? FALLBACK_SHELL;
  const home = login?.home || "/";
  const name = login?.name || user;
  return {
    userName: name,
    user,
    argv: [shell, ...(LOGIN_SHELLS.has(posix.basename(shell)) ? ["-l"] : [])],
    cwd: host.isDirectory(home) ? home : "/",
    env: {
      HOME: home,
      SHELL: shell,
      USER: name,
      LOGNAME: name,
      PATH: host.path,
      ...localeOf(host.account.env),
      ...own,
    },
    jobName: "",
  };
}

/** The agent's own, but with characters as every terminal has them. */
function localeOf(env: Account["env"]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && LOCALE_VARIABLE.test(name)) found[name] = value;
  }
  const deciding = CHARACTER_VARIABLES.find((name) => (found[name] ?? "") !== "") ?? "LANG";
  return PLAIN_LOCALES.has(found[deciding] ?? "") ? { ...found, [deciding]: UTF8_LOCALE } : found;
}

function onWindows({ user, shell: wantedShell }: TerminalConfig, own: Own, host: PlanHost): ShellPlan {
  const given = Object.entries(host.account.env).filter(([name]) => WINDOWS_VARIABLES.has(name.toUpperCase()));
  const variable = (wanted: string) => given.find(([name]) => name.toUpperCase() === wanted)?.[1] ?? "";
  const root = variable("SYSTEMROOT") || "C:\\Windows";
  const shell = [wantedShell, variable("COMSPEC")].find((path) => path !== "") ?? win32.join(root, "System32\\cmd.exe");
  const home = variable("USERPROFILE");
  return {
    userName: user || variable("USERNAME"),
    user,
    argv: [shell],
    cwd: home !== "" && host.isDirectory(home) ? home : root,
    env: Object.fromEntries([...given.map(([name, value]) => [name, value ?? ""]), ...Object.entries(own)]),
    jobName: `farhand-terminal-${own.FARHAND_TERMINAL.replace(NOT_IN_A_JOB_NAME, "")}`,
  };
}
