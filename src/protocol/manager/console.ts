/**
 * The addresses of the web console, which the manager serves and the console's router knows: one list for both, so that
 * each page that can be gone to can be reloaded, and nothing else is answered with a page.
 */

export const CONSOLE_PAGES = [
  "login",
  "setup",
  "hosts",
  "host",
  "terminal",
  "files",
  "processes",
  "tasks",
  "events",
  "logs",
  "audit",
  "people",
  "settings",
  "join",
  "recordings",
  "profile",
] as const;
export type ConsolePage = (typeof CONSOLE_PAGES)[number];

/** Shown at any other address, to whoever goes there with a browser. */
export const MISSING_PAGE = "missing";

export interface ConsoleRoute {
  /** `:name` stands for one part of the path, `:name?` for one that may be missing. */
  readonly path: string;
  readonly page: ConsolePage;
}

/** The first that fits counts. */
export const CONSOLE_ROUTES: readonly ConsoleRoute[] = [
  { path: "/", page: "hosts" },
  { path: "/login", page: "login" },
  { path: "/setup", page: "setup" },
  { path: "/hosts", page: "hosts" },
  { path: "/hosts/:name/terminal", page: "terminal" },
  { path: "/hosts/:name/files", page: "files" },
  { path: "/hosts/:name/:tab?", page: "host" },
  { path: "/processes", page: "processes" },
  { path: "/tasks/:id?", page: "tasks" },
  { path: "/events", page: "events" },
  { path: "/logs/:tab?", page: "logs" },
  { path: "/audit", page: "audit" },
  { path: "/people", page: "people" },
  { path: "/settings", page: "settings" },
  { path: "/join", page: "join" },
  { path: "/recordings/:id?", page: "recordings" },
  { path: "/profile", page: "profile" },
];

export interface ConsolePlace {
  readonly page: ConsolePage;
  readonly params: Readonly<Record<string, string>>;
}

/** Longer ones lead nowhere; a host's name is 80 characters at most, each of up to 12 when it is escaped. */
const MAX_PATH_LENGTH = 2_000;

/** The page of a path as it stands in an address; null where there is none. */
export function consolePlace(path: string): ConsolePlace | null {
  if (path.length > MAX_PATH_LENGTH) return null;
  const given = (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path).split("/").slice(1);
  for (const route of CONSOLE_ROUTES) {
    const params = matched(route.path, given);
    if (params !== null) return { page: route.page, params };
  }
  return null;
}

function matched(pattern: string, given: readonly string[]): Record<string, string> | null {
  const wanted = pattern.split("/").slice(1);
  if (given.length > wanted.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at];
    if (!part.startsWith(":")) {
      if (value !== part) return null;
      continue;
    }
    if (value === undefined && part.endsWith("?")) continue;
    const text = value === undefined || value === "" ? null : decoded(value);
    if (text === null) return null;
    params[part.replaceAll(/[:?]/g, "")] = text;
  }
  return params;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // No link of ours holds that.
    return null;
  }
}
