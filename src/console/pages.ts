import type { FunctionComponent } from "preact";
import type { PageName } from "./kit/router.tsx";

interface PageModule {
  readonly default: FunctionComponent;
}

/** Each page is a chunk of its own, loaded when it is gone to. */
export const PAGES: Readonly<Record<PageName, () => Promise<PageModule>>> = {
  login: () => import("./pages/login/page.tsx"),
  setup: () => import("./pages/setup/page.tsx"),
  hosts: () => import("./pages/hosts/page.tsx"),
  host: () => import("./pages/host/page.tsx"),
  terminal: () => import("./pages/terminal/page.tsx"),
  files: () => import("./pages/files/page.tsx"),
  processes: () => import("./pages/processes/page.tsx"),
  tasks: () => import("./pages/tasks/page.tsx"),
  events: () => import("./pages/events/page.tsx"),
  logs: () => import("./pages/logs/page.tsx"),
  audit: () => import("./pages/audit/page.tsx"),
  people: () => import("./pages/people/page.tsx"),
  settings: () => import("./pages/settings/page.tsx"),
  join: () => import("./pages/join/page.tsx"),
  recordings: () => import("./pages/recordings/page.tsx"),
  profile: () => import("./pages/profile/page.tsx"),
  missing: () => import("./pages/missing/page.tsx"),
};
