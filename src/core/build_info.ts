/** Facts that the compile script writes into the bundle. Absent when the sources are run directly. */
declare const __FARHAND_BUILD__: { readonly commit: string } | undefined;

/** Kept equal to `version` in deno.json by tests/arch. */
export const VERSION = "0.1.0";

export interface BuildInfo {
  readonly version: string;
  readonly commit: string;
  readonly deno: string;
  readonly v8: string;
  readonly target: string;
  /** False when the program is run from its sources by `deno run`. */
  readonly compiled: boolean;
}

export function buildInfo(): BuildInfo {
  return {
    version: VERSION,
    commit: typeof __FARHAND_BUILD__ === "undefined" ? "unreleased" : __FARHAND_BUILD__.commit,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    target: Deno.build.target,
    compiled: Deno.build.standalone,
  };
}
