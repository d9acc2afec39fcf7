import type { Verb } from "../../protocol/mod.ts";
import type { TextKey } from "../kit/i18n/i18n.ts";
import type { PageName } from "../kit/router.tsx";
import type { IconName } from "../ui/icon.tsx";

export interface NavEntry {
  readonly page: PageName;
  readonly href: string;
  readonly title: TextKey;
  readonly icon: IconName;
  /** After `g`. */
  readonly key: string;
  readonly verb: Verb;
  readonly isAdmin?: true;
}

export const NAVIGATION: readonly NavEntry[] = [
  { page: "hosts", href: "/hosts", title: "nav.hosts", icon: "hosts", key: "h", verb: "host.view" },
  { page: "processes", href: "/processes", title: "nav.processes", icon: "processes", key: "p", verb: "host.view" },
  { page: "logs", href: "/logs", title: "nav.logs", icon: "logs", key: "l", verb: "host.view" },
  { page: "tasks", href: "/tasks", title: "nav.tasks", icon: "tasks", key: "t", verb: "task.view" },
  { page: "events", href: "/events", title: "nav.events", icon: "events", key: "e", verb: "host.view" },
  { page: "settings", href: "/settings", title: "nav.settings", icon: "settings", key: "s", verb: "settings.view" },
  { page: "join", href: "/join", title: "nav.join", icon: "join", key: "j", verb: "join.manage", isAdmin: true },
  {
    page: "people",
    href: "/people",
    title: "nav.people",
    icon: "people",
    key: "u",
    verb: "user.manage",
    isAdmin: true,
  },
  {
    page: "recordings",
    href: "/recordings",
    title: "nav.recordings",
    icon: "recordings",
    key: "r",
    verb: "recording.manage",
    isAdmin: true,
  },
  { page: "audit", href: "/audit", title: "nav.audit", icon: "audit", key: "a", verb: "audit.view", isAdmin: true },
];

/** Pages that stand under another one in the navigation. */
export const PARENTS: Partial<Record<PageName, PageName>> = { host: "hosts", terminal: "hosts", files: "hosts" };
