/** The targets that are released, and the names of their executables. */
import denoJson from "../deno.json" with { type: "json" };
import { fromFileUrl, ROOT } from "./support.ts";

export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-pc-windows-msvc",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
] as const;
export type Target = (typeof TARGETS)[number];

export function isTarget(name: string): name is Target {
  return TARGETS.some((target) => target === name);
}

/** File name of the executable for a target. */
export function executableName(target: string): string {
  return `agent-${denoJson.version}-${target}${target.includes("windows") ? ".exe" : ""}`;
}

/** The executable to try out: the given one, else FARHAND_AGENT, else this host's in dist/. Throws when it is missing. */
export async function executableToTest(given?: string): Promise<string> {
  const dist = fromFileUrl(new URL(`dist/${executableName(Deno.build.target)}`, ROOT));
  const path = given ?? Deno.env.get("FARHAND_AGENT") ?? dist;
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `There is no executable ${path}. Make it with \`deno task compile\`, or name one in FARHAND_AGENT.`,
    );
  }
}
