import { lazy } from "../../lazy.ts";

const symbols = lazy(() =>
  Deno.dlopen("shell32.dll", {
    // https://learn.microsoft.com/windows/win32/api/shlobj_core/nf-shlobj_core-isuseranadmin
    IsUserAnAdmin: { parameters: [], result: "i32" },
  }).symbols
);

/** True when this process runs with administrator rights, which services also do. */
export function isUserAnAdmin(): boolean {
  return symbols().IsUserAnAdmin() !== 0;
}
