import type { HostView } from "../../../protocol/mod.ts";
import { hostHref } from "../../kit/router.tsx";

/** The address of a folder of a host; without a path that of all that it has released. */
export function folderHref(host: HostView, path: string): string {
  const href = hostHref(host.name, "files");
  return path === "" ? href : `${href}?${new URLSearchParams({ path })}`;
}
