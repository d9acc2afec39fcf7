import type { Beneath } from "./beneath_contract.ts";

/** How paths are written on Linux and macOS, but for the case of letters there. */
export const posixPaths: Pick<Beneath, "everything" | "partsOf" | "pathOf" | "ignoresCase"> = {
  everything: () => Promise.resolve(["/"]),
  partsOf(path) {
    if (!path.startsWith("/") || path.includes("\0") || !path.isWellFormed()) return null;
    const parts = path.split("/").filter((part) => part !== "");
    return parts.every((part) => part !== "." && part !== "..") ? parts : null;
  },
  pathOf: (parts) => `/${parts.join("/")}`,
  ignoresCase: false,
};
