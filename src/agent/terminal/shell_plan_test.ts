import assert from "node:assert/strict";
import { ByteSize, Duration } from "../../core/mod.ts";
import type { TerminalConfig } from "./ports.ts";
import { type PlanHost, planShell } from "./shell_plan.ts";

const CONFIG: TerminalConfig = {
  user: "",
  shell: "",
  keep: new Duration(1),
  idle_timeout: new Duration(0),
  max_lifetime: new Duration(0),
  scrollback: new ByteSize(1),
  max_sessions: 1,
  max_per_user: 1,
};
const WANTED = { id: "t-1", term: "" };
const ROOT = { name: "root", home: "/root", shell: "/bin/bash" };

function linux(env: Record<string, string> = {}, over: Partial<PlanHost> = {}): PlanHost {
  const account = { os: "linux", privileged: true, env } as const;
  return { account, path: "/usr/bin:/bin", login: ROOT, isDirectory: () => true, ...over };
}

Deno.test("a shell is a login shell at home, with nothing of the agent's own environment", () => {
  const plan = planShell(
    CONFIG,
    WANTED,
    linux({ AGENT_MANAGER_TOKEN: "secret", HOME: "/elsewhere", LANG: "de_DE.UTF-8" }),
  );
  assert.deepEqual(plan, {
    userName: "root",
    user: "",
    argv: ["/bin/bash", "-l"],
    cwd: "/root",
    env: {
      HOME: "/root",
      SHELL: "/bin/bash",
      USER: "root",
      LOGNAME: "root",
      PATH: "/usr/bin:/bin",
      LANG: "de_DE.UTF-8",
      TERM: "xterm-256color",
      COLORTERM: "truecolor",
      FARHAND_TERMINAL: "t-1",
    },
    jobName: "",
  });
});

Deno.test("characters are UTF-8 whatever the agent was started with, and languages stay", () => {
  const localeOf = (env: Record<string, string>) => {
    const { LANG, LC_ALL, LC_CTYPE, LC_TIME } = planShell(CONFIG, WANTED, linux(env)).env;
    return [LANG, LC_ALL, LC_CTYPE, LC_TIME];
  };
  assert.deepEqual(localeOf({}), ["C.UTF-8", undefined, undefined, undefined]);
  assert.deepEqual(localeOf({ LANG: "C" }), ["C.UTF-8", undefined, undefined, undefined]);
  assert.deepEqual(localeOf({ LANG: "fr_FR.UTF-8", LC_ALL: "POSIX" }), [
    "fr_FR.UTF-8",
    "C.UTF-8",
    undefined,
    undefined,
  ]);
  assert.deepEqual(localeOf({ LC_CTYPE: "ja_JP.UTF-8", LC_TIME: "C" }), [undefined, undefined, "ja_JP.UTF-8", "C"]);
});

Deno.test("a user, a shell and a terminal of one's own count; who has no home begins at the root", () => {
  const login = { name: "ops", home: "/gone", shell: "/usr/bin/fish" };
  const config = { ...CONFIG, user: "1001", shell: "/opt/menu" };
  const plan = planShell(config, { id: "t", term: "screen" }, linux({}, { login, isDirectory: () => false }));
  assert.deepEqual([plan.userName, plan.user, plan.argv, plan.cwd], ["ops", "1001", ["/opt/menu"], "/"]);
  assert.deepEqual([plan.env["TERM"], plan.env["SHELL"], plan.env["HOME"]], ["screen", "/opt/menu", "/gone"]);
  const unknown = planShell({ ...CONFIG, user: "4242" }, WANTED, linux({}, { login: null }));
  assert.deepEqual([unknown.userName, unknown.argv, unknown.cwd], ["4242", ["/bin/sh", "-l"], "/"]);
});

Deno.test("on Windows it is cmd.exe at home with what programs need, in a job of its own", () => {
  const env = {
    ...{ ComSpec: "C:\\Windows\\system32\\cmd.exe", SystemRoot: "C:\\Windows", Path: "C:\\Windows", USERNAME: "ann" },
    ...{ USERPROFILE: "C:\\Users\\ann", AGENT_MANAGER_TOKEN: "secret" },
  };
  const host = { ...linux(), account: { os: "windows", privileged: true, env } as const, login: null };
  const plan = planShell(CONFIG, { id: "a/b-1", term: "" }, host);
  assert.deepEqual([plan.argv, plan.cwd, plan.userName], [["C:\\Windows\\system32\\cmd.exe"], "C:\\Users\\ann", "ann"]);
  assert.equal(plan.jobName, "farhand-terminal-ab-1");
  assert.equal(plan.env["AGENT_MANAGER_TOKEN"], undefined);
  assert.deepEqual([plan.env["Path"], plan.env["TERM"]], ["C:\\Windows", "xterm-256color"]);
});
