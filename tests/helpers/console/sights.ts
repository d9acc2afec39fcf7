/** Each page of the console, and by what it is seen that it has been loaded. */
import type { Locator, Page } from "playwright-core";

export interface Sight {
  readonly name: string;
  readonly path: string;
  readonly isThere: (page: Page) => Locator;
}

function rows(page: Page): Locator {
  return page.locator(".table-rows .table-row");
}

function heading(name: string): Sight["isThere"] {
  return (page) => page.getByRole("heading", { name }).first();
}

/** Of a manager with a host web-1 that has a process `web`. */
export const PAGES_TO_SEE: readonly Sight[] = [
  { name: "hosts", path: "/hosts", isThere: rows },
  { name: "host", path: "/hosts/web-1", isThere: heading("Mounts") },
  { name: "host-processes", path: "/hosts/web-1/processes", isThere: rows },
  { name: "host-events", path: "/hosts/web-1/events", isThere: (page) => page.getByText("web-1").last() },
  { name: "host-tasks", path: "/hosts/web-1/tasks", isThere: (page) => page.getByText("mark").first() },
  { name: "host-settings", path: "/hosts/web-1/settings", isThere: heading("Policy") },
  { name: "files", path: "/hosts/web-1/files", isThere: (page) => page.getByRole("button", { name: "New folder" }) },
  { name: "terminal", path: "/hosts/web-1/terminal", isThere: heading("Open on this host") },
  { name: "processes", path: "/processes", isThere: rows },
  { name: "logs", path: "/logs", isThere: rows },
  { name: "logs-follow", path: "/logs?host=web-1&process=web", isThere: (page) => page.locator(".lines .line") },
  { name: "logs-search", path: "/logs/search?pattern=line", isThere: (page) => page.locator(".lines .line") },
  { name: "tasks", path: "/tasks", isThere: rows },
  { name: "events", path: "/events", isThere: heading("Events") },
  { name: "settings", path: "/settings", isThere: heading("Settings") },
  { name: "join", path: "/join", isThere: heading("Join tokens") },
  { name: "people", path: "/people", isThere: rows },
  { name: "recordings", path: "/recordings", isThere: heading("Recordings") },
  { name: "audit", path: "/audit", isThere: rows },
  { name: "profile", path: "/profile", isThere: heading("Profile") },
  { name: "missing", path: "/hosts/no-such-host", isThere: (page) => page.getByText("There is no host") },
  { name: "nowhere", path: "/no-such-page", isThere: heading("There is no such page") },
];
