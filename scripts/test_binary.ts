/** `deno task test:binary`: the end-to-end suite and that of the browser against the compiled executable (FARHAND_AGENT, or this host's in dist/). */
import { executableToTest } from "./executable.ts";
import { runScript, runTests } from "./support.ts";

if (import.meta.main) {
  await runScript("test:binary", async () => {
    const agent = await executableToTest();
    console.log(`end-to-end tests of ${agent}`);
    return await runTests(Deno.execPath(), ["-A", "--no-check", "--parallel", "tests/e2e", "tests/browser"], {
      FARHAND_AGENT: agent,
    });
  });
}
