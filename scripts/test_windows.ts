/**
 * `deno task test:windows`: the Windows suite, on Windows or, elsewhere, with the deno.exe of FARHAND_WINDOWS_DENO, a
 * command that runs it under Wine. The tests find the bundled program in FARHAND_AGENT, a file to be run by that Deno.
 */
import { bundle, writeBundle } from "./bundle.ts";
import { fromFileUrl, ROOT, runScript, runTests } from "./support.ts";

/** Type checking is the gate's business; node_modules was made for the system that installed it. */
const FLAGS = ["-A", "--no-check", "--node-modules-dir=none"];

async function main(): Promise<number> {
  const isWindows = Deno.build.os === "windows";
  const runtime = isWindows ? Deno.execPath() : Deno.env.get("FARHAND_WINDOWS_DENO");
  if (runtime === undefined) throw new Error("This is not Windows; name a deno.exe under Wine in FARHAND_WINDOWS_DENO");
  const folder = new URL("dist/bundle/", ROOT);
  await Deno.mkdir(folder, { recursive: true });
  const agent = await writeBundle(fromFileUrl(folder).replace(/[/\\]$/, ""), await bundle({ system: "windows" }));
  // Wine shows the root of this file system as drive Z.
  return await runTests(runtime, [...FLAGS, "tests/windows"], { FARHAND_AGENT: isWindows ? agent : `Z:${agent}` });
}

if (import.meta.main) await runScript("test:windows", main);
