import assert from "node:assert/strict";
import { selfProgram } from "./self_program.ts";
import { startScript } from "./testing.ts";

Deno.test("a compiled program is started by its own path", () => {
  const self = selfProgram({ executable: "/opt/agent", compiled: true, mainModule: "file:///build/main.js" });
  assert.deepEqual(self.command(["run", "--config", "a b"]), ["/opt/agent", "run", "--config", "a b"]);
});

Deno.test({
  name: "sources are started by Deno, by the path of their main module",
  ignore: Deno.build.os === "windows",
}, () => {
  const self = selfProgram({ executable: "/bin/deno", compiled: false, mainModule: "file:///src/a%20b/main.ts" });
  assert.deepEqual(self.command(["stop"]), ["/bin/deno", "run", "-A", "/src/a b/main.ts", "stop"]);
});

Deno.test("the command really starts the same program, from any directory", async () => {
  await using script = startScript(`
    if (Deno.args[0] === "again") {
      console.log("second", JSON.stringify(Deno.args));
    } else {
      const [program, ...args] = platform.selfProgram().command(["again", "--x=1 2"]);
      const cwd = Deno.makeTempDirSync();
      const { stdout } = await new Deno.Command(program, { args, cwd }).output();
      Deno.removeSync(cwd);
      console.log(new TextDecoder().decode(stdout));
    }`);
  assert.equal(await script.nextLine(), 'second ["again","--x=1 2"]');
});
