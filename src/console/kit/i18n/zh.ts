import type { Dictionary } from "./en.ts";
import { action } from "./zh/action.ts";
import { audit } from "./zh/audit.ts";
import { common } from "./zh/common.ts";
import { events } from "./zh/events.ts";
import { files } from "./zh/files.ts";
import { host } from "./zh/host.ts";
import { hosts } from "./zh/hosts.ts";
import { join } from "./zh/join.ts";
import { keys } from "./zh/keys.ts";
import { live } from "./zh/live.ts";
import { login } from "./zh/login.ts";
import { logs } from "./zh/logs.ts";
import { nav } from "./zh/nav.ts";
import { people } from "./zh/people.ts";
import { problem } from "./zh/problem.ts";
import { processes } from "./zh/processes.ts";
import { profile } from "./zh/profile.ts";
import { recordings } from "./zh/recordings.ts";
import { session } from "./zh/session.ts";
import { settings } from "./zh/settings.ts";
import { shared } from "./zh/shared.ts";
import { setup } from "./zh/setup.ts";
import { state } from "./zh/state.ts";
import { tasks } from "./zh/tasks.ts";
import { terminal } from "./zh/terminal.ts";
import { time } from "./zh/time.ts";
import { unit } from "./zh/unit.ts";

export const zh: Dictionary = {
  common,
  nav,
  live,
  keys,
  state,
  unit,
  time,
  problem,
  session,
  action,
  login,
  setup,
  hosts,
  join,
  host,
  processes,
  tasks,
  events,
  audit,
  people,
  settings,
  shared,
  recordings,
  profile,
  terminal,
  files,
  logs,
};
