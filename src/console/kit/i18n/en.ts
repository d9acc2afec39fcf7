import { action } from "./en/action.ts";
import { audit } from "./en/audit.ts";
import { common } from "./en/common.ts";
import { events } from "./en/events.ts";
import { files } from "./en/files.ts";
import { host } from "./en/host.ts";
import { hosts } from "./en/hosts.ts";
import { join } from "./en/join.ts";
import { keys } from "./en/keys.ts";
import { live } from "./en/live.ts";
import { login } from "./en/login.ts";
import { logs } from "./en/logs.ts";
import { nav } from "./en/nav.ts";
import { people } from "./en/people.ts";
import { problem } from "./en/problem.ts";
import { processes } from "./en/processes.ts";
import { profile } from "./en/profile.ts";
import { recordings } from "./en/recordings.ts";
import { session } from "./en/session.ts";
import { settings } from "./en/settings.ts";
import { shared } from "./en/shared.ts";
import { setup } from "./en/setup.ts";
import { state } from "./en/state.ts";
import { tasks } from "./en/tasks.ts";
import { terminal } from "./en/terminal.ts";
import { time } from "./en/time.ts";
import { unit } from "./en/unit.ts";

/** The English dictionary, which is the measure for the others. A page adds its section here and in zh.ts. */
export const en = {
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

/** The same sections with the same keys. */
export type Dictionary = {
  readonly [S in keyof typeof en]: { readonly [K in keyof (typeof en)[S]]: string };
};
