import assert from "node:assert/strict";
import type { TerminalSize } from "../output.ts";
import { span } from "./lines.ts";
import { Screen } from "./screen.ts";

function fakeTerminal() {
  const seen = { text: "", raw: [] as boolean[], size: { columns: 10, rows: 3 } as TerminalSize | undefined };
  const keyboard = {
    setRaw: (raw: boolean) => void seen.raw.push(raw),
    read: () => Promise.resolve(null),
    onResize: () => () => {},
  };
  const terminal = {
    stdout: (text: string) => void (seen.text += text),
    stderr() {},
    isTerminal: true,
    size: () => seen.size,
  };
  const screen = new Screen(terminal, keyboard, { colour: false });
  return { seen, terminal, screen, written: () => [seen.text, seen.text = ""][0] };
}

const lines = (...texts: string[]) => () => texts.map((text) => [span(text)]);

Deno.test("the terminal is as it was before, once the screen is closed, and closing again does nothing", () => {
  const { seen, screen, written } = fakeTerminal();
  screen[Symbol.dispose]();
  assert.deepEqual([written(), seen.raw], ["", []]);
  screen.open();
  assert.equal(written(), "\x1b[?1049h\x1b[?25l");
  screen[Symbol.dispose]();
  screen[Symbol.dispose]();
  screen.draw(lines("late"));
  assert.deepEqual([written(), seen.raw], ["\x1b[?25h\x1b[?1049l", [true, false]]);
});

Deno.test("keys are seen again even where nothing can be written any more", () => {
  const { seen, screen, terminal } = fakeTerminal();
  screen.open();
  terminal.stdout = () => {
    throw new Error("gone");
  };
  assert.throws(() => screen[Symbol.dispose](), /gone/);
  assert.deepEqual(seen.raw, [true, false]);
});

Deno.test("only lines that have changed are written, cut to the screen", () => {
  const { screen, written } = fakeTerminal();
  screen.open();
  written();
  screen.draw(lines("one", "two", "three", "four"));
  assert.equal(written(), "\x1b[2J\x1b[1;1H\x1b[2Kone\x1b[2;1H\x1b[2Ktwo\x1b[3;1H\x1b[2Kthree");
  screen.draw(lines("one", "2 is longer than that"));
  assert.equal(written(), "\x1b[2;1H\x1b[2K2 is long…\x1b[3;1H\x1b[2K");
  screen.draw(lines("one", "2 is longer than that"));
  assert.equal(written(), "");
});

Deno.test("after a change of size everything is drawn anew, for that size", () => {
  const { seen, screen, written } = fakeTerminal();
  screen.open();
  screen.draw(lines("one"));
  written();
  seen.size = { columns: 2, rows: 1 };
  const given: TerminalSize[] = [];
  screen.draw((size) => {
    given.push(size);
    return [[span("one")], [span("two")]];
  });
  assert.deepEqual(given, [{ columns: 2, rows: 1 }]);
  assert.equal(written(), "\x1b[2J\x1b[1;1H\x1b[2Ko…");
});

Deno.test("a terminal without a size is one of 80 by 24", () => {
  const { seen, screen } = fakeTerminal();
  for (const size of [undefined, { columns: 0, rows: 0 }]) {
    seen.size = size;
    assert.deepEqual(screen.size, { columns: 80, rows: 24 });
  }
});

Deno.test("a terminal that was closed ends the reading of keys", async () => {
  await assert.rejects(fakeTerminal().screen.read(), { code: "cancelled", message: /has been closed/ });
});
