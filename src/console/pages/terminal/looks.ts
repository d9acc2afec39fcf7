import { type ReadonlySignal, signal } from "@preact/signals";
import { store, stored } from "../../kit/storage.ts";
import { TERMINAL_THEMES, type TerminalTheme } from "./screen/themes.ts";

/** How terminals look in this browser. */
export interface TerminalLook {
  readonly theme: TerminalTheme;
  readonly fontSize: number;
  /** Whether what is printed is also told to screen readers, which costs speed. */
  readonly isForReaders: boolean;
}

export const [MIN_FONT_SIZE, MAX_FONT_SIZE] = [9, 28] as const;
const KEY = "terminal.look";
const DEFAULT_LOOK: TerminalLook = { theme: "console", fontSize: 13, isForReaders: false };

const current = signal<TerminalLook | null>(null);

export const look: ReadonlySignal<TerminalLook | null> = current;

/** What was chosen in this browser before. */
export function loadLook(): TerminalLook {
  current.value ??= stored(KEY, isLook, DEFAULT_LOOK);
  return current.value;
}

export function changeLook(change: Partial<TerminalLook>): void {
  const next = { ...loadLook(), ...change };
  const fontSize = Math.min(MAX_FONT_SIZE, Math.max(MIN_FONT_SIZE, next.fontSize));
  current.value = { ...next, fontSize };
  store(KEY, current.value);
}

function isLook(value: unknown): value is TerminalLook {
  if (typeof value !== "object" || value === null) return false;
  const { theme, fontSize, isForReaders } = value as Partial<Record<keyof TerminalLook, unknown>>;
  return TERMINAL_THEMES.some((each) => each === theme) && typeof isForReaders === "boolean" &&
    typeof fontSize === "number" && fontSize >= MIN_FONT_SIZE && fontSize <= MAX_FONT_SIZE;
}
