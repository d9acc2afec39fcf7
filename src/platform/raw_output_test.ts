import assert from "node:assert/strict";
import { currentOs } from "./select.ts";
import { rawOutput } from "./raw_output.ts";

Deno.test("what is no terminal has no modes", async () => {
  const path = await Deno.makeTempFile();
  try {
    using file = await Deno.open(path);
    assert.equal(file.isTerminal(), false);
    // No such descriptor is open.
    assert.equal(rawOutput(999_999), null);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a terminal prints line feeds alone until that is undone", async () => {
  if (currentOs() !== "linux") return console.log("skipped: script has other options here");
  const module = new URL("./raw_output.ts", import.meta.url).href;
  const code = `const { rawOutput } = await import(${JSON.stringify(module)});
    const print = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text));
    print("a\\n"); const undo = rawOutput(); print("b\\n"); undo(); print("c\\n");`;
  const line = `'${Deno.execPath()}' eval --quiet '${code.replaceAll("'", `'\\''`)}'`;
  const env = { SHELL: "/bin/sh", NO_COLOR: "1" };
  try {
    const { stdout } = await new Deno.Command("script", { args: ["-qec", line, "/dev/null"], env, stdin: "null" })
      .output();
    assert.match(new TextDecoder().decode(stdout), /a\r\nb\nc\r\n/);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: there is no script here");
  }
});
