import type { ITheme } from "@xterm/xterm";

export const TERMINAL_THEMES = ["console", "night", "paper", "amber", "contrast"] as const;
export type TerminalTheme = (typeof TERMINAL_THEMES)[number];

const DARK: ITheme = {
  background: "#0b0e12",
  foreground: "#dfe4ea",
  cursor: "#6aaaff",
  cursorAccent: "#0b0e12",
  selectionBackground: "#2b4a75",
  black: "#3b444f",
  red: "#ff6b70",
  green: "#4cc77d",
  yellow: "#e0aa45",
  blue: "#5f9dff",
  magenta: "#c08cf5",
  cyan: "#4cc3d9",
  white: "#c9d1da",
  brightBlack: "#7a8694",
  brightRed: "#ff9396",
  brightGreen: "#7be0a2",
  brightYellow: "#f5cd7e",
  brightBlue: "#93bfff",
  brightMagenta: "#d9b6ff",
  brightCyan: "#86e0f0",
  brightWhite: "#ffffff",
};

const LIGHT: ITheme = {
  background: "#ffffff",
  foreground: "#1a202a",
  cursor: "#1a5fc4",
  cursorAccent: "#ffffff",
  selectionBackground: "#bcd6fb",
  black: "#1a202a",
  red: "#b8232f",
  green: "#1a7f43",
  yellow: "#8a5a00",
  blue: "#1a5fc4",
  magenta: "#8a3fc0",
  cyan: "#00708a",
  white: "#69727f",
  brightBlack: "#566070",
  brightRed: "#d1303c",
  brightGreen: "#1d8f4b",
  brightYellow: "#9a6700",
  brightBlue: "#2d74dd",
  brightMagenta: "#9d4fd4",
  brightCyan: "#00829f",
  brightWhite: "#3a4352",
};

const NIGHT: ITheme = {
  ...DARK,
  background: "#101633",
  foreground: "#d7dcf5",
  cursor: "#ffcc66",
  cursorAccent: "#101633",
  selectionBackground: "#34407d",
  black: "#343c66",
  brightBlack: "#7f89bd",
};

const PAPER: ITheme = {
  ...LIGHT,
  background: "#f7f1e1",
  foreground: "#3a3226",
  cursor: "#9a4d00",
  cursorAccent: "#f7f1e1",
  selectionBackground: "#e2d2a8",
  black: "#3a3226",
  brightWhite: "#4d4335",
};

const AMBER: ITheme = {
  ...DARK,
  background: "#140d02",
  foreground: "#ffb84d",
  cursor: "#ffd699",
  cursorAccent: "#140d02",
  selectionBackground: "#5c3d0c",
  black: "#4a3714",
  white: "#ffcf8a",
  brightBlack: "#a8813f",
  brightWhite: "#ffe9cc",
};

const CONTRAST: ITheme = {
  ...DARK,
  background: "#000000",
  foreground: "#ffffff",
  cursor: "#ffff00",
  cursorAccent: "#000000",
  selectionBackground: "#ffffff",
  selectionForeground: "#000000",
};

/** `console` is as light or dark as the rest of the page. */
export function themeColours(theme: TerminalTheme, isDark: boolean): ITheme {
  switch (theme) {
    case "console":
      return isDark ? DARK : LIGHT;
    case "night":
      return NIGHT;
    case "paper":
      return PAPER;
    case "amber":
      return AMBER;
    case "contrast":
      return CONTRAST;
  }
}

/** From how much contrast on programs' own colours are left alone. */
export function contrastOf(theme: TerminalTheme): number {
  return theme === "contrast" ? 7 : 1;
}
