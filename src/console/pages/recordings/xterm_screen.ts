/** All that touches xterm.js here; loaded with the chunk that terminals use too, when the first recording is played. */
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { Terminal } from "@xterm/xterm";
import { themeColours } from "../terminal/screen/themes.ts";
import type { PlayerScreen } from "./player.ts";

export interface XtermScreen extends PlayerScreen {
  readonly element: HTMLElement;
  setDark(isDark: boolean): void;
  /** Makes the letters as large as the width has room for, within what can be read. */
  fit(width: number): void;
  dispose(): void;
}

export interface XtermScreenOptions {
  readonly cols: number;
  readonly rows: number;
  readonly isDark: boolean;
  /** For who cannot see it. */
  readonly label: string;
}

const MIN_FONT = 6;
const MAX_FONT = 14;
/** How wide a letter is for its height, in about any font of equal widths. */
const LETTER_WIDTH = 0.61;
const PADDING = 24;
const SCROLLBACK_LINES = 5_000;

/** A screen that only shows: nothing can be typed into it, and what a recording asks of it is not answered. */
export function createXtermScreen(parent: HTMLElement, options: XtermScreenOptions): XtermScreen {
  const terminal = new Terminal({
    cols: options.cols,
    rows: options.rows,
    theme: themeColours("console", options.isDark),
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
    fontSize: MAX_FONT,
    scrollback: SCROLLBACK_LINES,
    disableStdin: true,
    cursorBlink: false,
    // Whatever colours a program has chosen, they can be read.
    minimumContrastRatio: 4.6,
    allowProposedApi: true, // the widths of Unicode 11
    // What a host has printed leads nowhere.
    linkHandler: { activate: () => {} },
  });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = "11";
  const element = document.createElement("div");
  element.className = "recordings-terminal";
  parent.append(element);
  terminal.open(element);
  let lastWidth = 0;
  const fit = (width: number) => {
    lastWidth = width;
    const size = Math.floor((width - PADDING) / (terminal.cols * LETTER_WIDTH));
    terminal.options.fontSize = Math.max(MIN_FONT, Math.min(MAX_FONT, size));
  };
  const resize = (cols: number, rows: number) => {
    if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows);
    if (lastWidth > 0) fit(lastWidth);
  };
  // Its own field for typing has nothing to take here, and nobody should land in it.
  const input = element.querySelector("textarea");
  input?.setAttribute("tabindex", "-1");
  input?.setAttribute("aria-label", options.label);
  return {
    element,
    write: (text) => new Promise((resolve) => terminal.write(text, resolve)),
    resize,
    reset(cols, rows) {
      terminal.reset();
      resize(cols, rows);
    },
    setDark: (isDark) => void (terminal.options.theme = themeColours("console", isDark)),
    fit,
    dispose() {
      terminal.dispose();
      element.remove();
    },
  };
}
