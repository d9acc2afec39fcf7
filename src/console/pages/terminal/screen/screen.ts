/** All that touches xterm.js: a chunk of its own, loaded when the first terminal is opened. */
import { FitAddon } from "@xterm/addon-fit";
import { type ISearchOptions, SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { type IDisposable, Terminal } from "@xterm/xterm";
import { contrastOf, type TerminalTheme, themeColours } from "./themes.ts";

export interface ScreenLook {
  readonly theme: TerminalTheme;
  readonly isDark: boolean;
  readonly fontSize: number;
  readonly fontFamily: string;
  readonly isForReaders: boolean;
}

export interface ScreenOptions {
  readonly look: ScreenLook;
  /** What is typed, and the answers to what programs ask the terminal. */
  readonly onInput: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly onTitle: (title: string) => void;
  readonly onBell: () => void;
  readonly onSelection: (hasSelection: boolean) => void;
  readonly onPaste: (text: string) => void;
  readonly onLink: (address: string) => void;
  /** Keys that the page wants for itself; true when it has taken it. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  readonly onFinds: (finds: { readonly index: number; readonly count: number }) => void;
  /** While true, what programs ask the terminal is not answered. */
  readonly isReplaying: () => boolean;
}

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

const SCROLLBACK_LINES = 10_000;
const MAX_TITLE = 200;
const MAX_SIDE = 1_000;
const MIN_SIDE = 2;
const MAX_FINDS = 1_000;

/** Terminals ask with these, and the answer is typed: device attributes, status, modes. */
const QUESTIONS = [
  { final: "c" },
  { prefix: ">", final: "c" },
  { prefix: "=", final: "c" },
  { final: "n" },
  { prefix: "?", final: "n" },
  { intermediates: "$", final: "p" },
  { prefix: "?", intermediates: "$", final: "p" },
  { final: "t" },
  { prefix: ">", final: "q" },
] as const;
const COLOUR_QUESTIONS = [4, 10, 11, 12] as const;

/** One terminal's screen. It lives in an element of its own, which may be moved, hidden, and shown again. */
export class Screen {
  readonly element: HTMLDivElement;
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon({ highlightLimit: MAX_FINDS });
  readonly #options: ScreenOptions;
  readonly #encoder = new TextEncoder();
  #look: ScreenLook;
  #isOpen = false;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#look = options.look;
    this.element = document.createElement("div");
    this.element.className = "terminal-screen";
    this.#terminal = new Terminal({
      ...xtermLook(options.look),
      allowProposedApi: true, // the widths of Unicode 11, and marks of what is found
      scrollback: SCROLLBACK_LINES,
      cursorBlink: true,
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
      linkHandler: { activate: (_event, text) => options.onLink(text) },
    });
    const terminal = this.#terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = "11";
    terminal.onData((text) => options.onInput(Uint8Array.from(this.#encoder.encode(text))));
    // Not text: old mouse protocols, one byte for each character.
    terminal.onBinary((text) => options.onInput(Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)));
    terminal.onTitleChange((title) => options.onTitle(title.slice(0, MAX_TITLE)));
    terminal.onBell(options.onBell);
    terminal.onSelectionChange(() => options.onSelection(terminal.hasSelection()));
    terminal.attachCustomKeyEventHandler((event) => !options.onKey(event));
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      options.onFinds({ index: resultIndex, count: resultCount })
    );
    this.#keepSilentWhileReplaying();
  }

  get isBracketed(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  /** Whether programs want the arrow keys in their other form. */
  get isApplicationCursor(): boolean {
    return this.#terminal.modes.applicationCursorKeysMode;
  }

  get size(): Size {
    return { cols: this.#terminal.cols, rows: this.#terminal.rows };
  }

  get selection(): string {
    return this.#terminal.getSelection();
  }

  /** To be called when its element is in the page; measures what has not been measured before. */
  show(): void {
    if (!this.#isOpen) {
      this.#terminal.open(this.element);
      // Before xterm sees it: it would paste whatever is in the clipboard.
      this.element.addEventListener("paste", (event) => this.#paste(event), true);
      this.#isOpen = true;
    }
  }

  /** How many columns and rows there is room for; null where that cannot be told now. */
  fitting(): Size | null {
    const found = this.#fit.proposeDimensions();
    if (found === undefined || !Number.isFinite(found.cols) || !Number.isFinite(found.rows)) return null;
    const side = (value: number) => Math.min(MAX_SIDE, Math.max(MIN_SIDE, Math.floor(value)));
    return { cols: side(found.cols), rows: side(found.rows) };
  }

  resize({ cols, rows }: Size): void {
    if (cols !== this.#terminal.cols || rows !== this.#terminal.rows) this.#terminal.resize(cols, rows);
  }

  write(bytes: Uint8Array<ArrayBuffer>, written: () => void): void {
    this.#terminal.write(bytes, written);
  }

  /** Says something between the output: what goes on in it is broken off, and looks are as at the beginning. */
  note(text: string): void {
    this.#terminal.write(`\x18\x1b[!p\x1b[0m\r\n\x1b[7m ${text} \x1b[0m\r\n`);
  }

  /** As if it had been typed, in brackets where the program wants them. The text is clean already. */
  paste(text: string): void {
    this.#terminal.paste(text);
  }

  /** Types for the user: a key of the row of keys for telephones. */
  input(text: string): void {
    this.#terminal.input(text, true);
  }

  setLook(look: ScreenLook): void {
    this.#look = look;
    Object.assign(this.#terminal.options, xtermLook(look));
  }

  setReadOnly(isReadOnly: boolean): void {
    this.#terminal.options.disableStdin = isReadOnly;
    this.#terminal.options.cursorBlink = !isReadOnly;
  }

  find(text: string, { isBack, isCaseSensitive, isRegex }: {
    readonly isBack: boolean;
    readonly isCaseSensitive: boolean;
    readonly isRegex: boolean;
  }): void {
    if (text === "") return this.#search.clearDecorations();
    const options: ISearchOptions = {
      caseSensitive: isCaseSensitive,
      regex: isRegex,
      decorations: findColours(this.#look),
    };
    if (isBack) this.#search.findPrevious(text, options);
    else this.#search.findNext(text, options);
  }

  endFind(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
  }

  focus(): void {
    this.#terminal.focus();
  }

  selectAll(): void {
    this.#terminal.selectAll();
  }

  clear(): void {
    this.#terminal.clear();
  }

  dispose(): void {
    this.#terminal.dispose();
    this.element.remove();
  }

  #paste(event: ClipboardEvent): void {
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text !== "" && this.#terminal.options.disableStdin !== true) this.#options.onPaste(text);
  }

  #keepSilentWhileReplaying(): void {
    const { parser } = this.#terminal;
    const { isReplaying } = this.#options;
    // True: it has been dealt with, so xterm's own handler, which would answer, is not asked.
    const handlers: IDisposable[] = QUESTIONS.map((id) => parser.registerCsiHandler(id, isReplaying));
    for (const code of COLOUR_QUESTIONS) {
      handlers.push(parser.registerOscHandler(code, (data) => isReplaying() && data.includes("?")));
    }
    handlers.push(parser.registerDcsHandler({ intermediates: "$", final: "q" }, isReplaying));
  }
}

/** Of what is found, on light and on dark; programs' own colours stay above it. */
const FIND_COLOURS = {
  light: { found: "#ffe9a8", active: "#ffc94d" },
  dark: { found: "#574300", active: "#8a6a00" },
} as const;
const LIGHT_THEMES: readonly TerminalTheme[] = ["paper"];

function findColours({ theme, isDark }: ScreenLook) {
  const isLight = LIGHT_THEMES.includes(theme) || (theme === "console" && !isDark);
  const { found, active } = FIND_COLOURS[isLight ? "light" : "dark"];
  return {
    matchBackground: found,
    matchOverviewRuler: active,
    activeMatchBackground: active,
    activeMatchColorOverviewRuler: active,
  };
}

function xtermLook({ theme, isDark, fontSize, fontFamily, isForReaders }: ScreenLook) {
  return {
    theme: themeColours(theme, isDark),
    minimumContrastRatio: contrastOf(theme),
    fontSize,
    fontFamily,
    screenReaderMode: isForReaders,
  };
}
