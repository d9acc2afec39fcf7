import assert from "node:assert/strict";
import { join } from "node:path";
import { inTempDir } from "../../tests/helpers/temp_dir.ts";
import { AppError } from "../core/mod.ts";
import type { Terminal } from "./output.ts";
import { confirm, readSecret } from "./secret_input.ts";

function terminalWith(...keys: string[]): Terminal & { readonly shown: string[]; readonly modes: boolean[] } {
  const [shown, modes]: [string[], boolean[]] = [[], []];
  const keyboard = {
    setRaw: (raw: boolean) => void modes.push(raw),
    read: () => Promise.resolve(keys.length === 0 ? null : new TextEncoder().encode(keys.shift())),
    onResize: () => () => {},
  };
  return { shown, modes, stdout() {}, stderr: (text) => void shown.push(text), isTerminal: true, keyboard };
}

Deno.test("a secret is typed unseen, with its mistakes mended", async () => {
  const terminal = terminalWith("wrong\x15", "pä", "ß\x7f", "sswörd", "\x08d", "\r");
  assert.equal((await readSecret(terminal, "Password")).reveal(), "pässwörd");
  assert.deepEqual(terminal.modes, [true, false]);
  assert.deepEqual(terminal.shown, ["Password: ", "\r\n"]);
});

Deno.test("an interrupt and a closed terminal end the typing, and give the terminal back", async () => {
  for (const keys of [["ab\x03"], ["ab"]]) {
    const terminal = terminalWith(...keys);
    await assert.rejects(
      readSecret(terminal, "Password"),
      (error) => error instanceof AppError && error.code === "cancelled",
    );
    assert.deepEqual(terminal.modes, [true, false]);
  }
});

Deno.test("a file's last line break is no part of its secret; an empty one is none", () =>
  inTempDir(async (dir) => {
    const file = join(dir, "secret");
    const terminal = { stdout() {}, stderr() {}, isTerminal: false };
    for (const [text, secret] of [["a b\n", "a b"], ["a b\r\n", "a b"], ["a\n\n", "a\n"]] as const) {
      await Deno.writeTextFile(file, text);
      assert.equal((await readSecret(terminal, "Password", file)).reveal(), secret);
    }
    await Deno.writeTextFile(file, "\n");
    await assert.rejects(readSecret(terminal, "Password", file), /Nothing was given for: Password/);
    await Deno.writeTextFile(file, "x".repeat(5_000));
    await assert.rejects(readSecret(terminal, "Password", file), /too long for a secret/);
    await assert.rejects(readSecret(terminal, "Password"), /Nobody is at the keys to type: Password/);
    await assert.rejects(readSecret(terminal, "Password", join(dir, "none")), /Cannot read the secret in/);
  }));

Deno.test("only a yes is one", async () => {
  for (const [keys, expected] of [["y\n", true], ["YES\r\n", true], ["\n", false], ["yesterday\n", false]] as const) {
    assert.equal(await confirm(terminalWith(keys), "Sure?"), expected, keys);
  }
});
