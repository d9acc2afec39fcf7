import type { HostFacts } from "./halves.ts";
import { isUserAnAdmin } from "./windows/ffi/shell32.ts";

export const windowsFacts: HostFacts = {
  isPrivileged: isUserAnAdmin,
  openFileLimit: () => null,
  clockSynchronised: () => null,
};
