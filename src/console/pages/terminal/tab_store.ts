import { type ReadonlySignal, signal } from "@preact/signals";
import type { AttachMode } from "../../../protocol/mod.ts";
import { type TabHost, TerminalTab } from "./terminal_tab.ts";

/** The terminals that this page has open; they stay while other pages are shown, and come back after a reload. */

export const MAX_TABS = 16;
const KEY = "farhand.terminals";

const open = signal<readonly TerminalTab[]>([]);
let nextKey = 1;
let isRestored = false;
let keys: (event: KeyboardEvent) => boolean = () => false;

export const tabs: ReadonlySignal<readonly TerminalTab[]> = open;

/** What the page does with keys before the terminal gets them. */
export function setKeyHandler(handler: (event: KeyboardEvent) => boolean): void {
  keys = handler;
}

export interface TabWish {
  readonly host: TabHost;
  readonly terminalId?: string | undefined;
  readonly mode?: AttachMode | undefined;
}

/** Null where there are too many already. */
export function openTab({ host, terminalId, mode = "control" }: TabWish): TerminalTab | null {
  if (open.peek().length >= MAX_TABS) return null;
  const tab = new TerminalTab({
    key: nextKey++,
    host,
    mode,
    terminalId,
    onChange: remember,
    onKey: (event) => keys(event),
  });
  open.value = [...open.peek(), tab];
  remember();
  return tab;
}

export function findTab(hostId: string, terminalId: string): TerminalTab | undefined {
  return open.peek().find((tab) => tab.host.id === hostId && tab.terminalId.peek() === terminalId);
}

/** Leaves the terminal; its shell goes on. Gives the tab that is beside it, if there is one. */
export function closeTab(tab: TerminalTab): TerminalTab | null {
  const at = open.peek().indexOf(tab);
  if (at < 0) return null;
  tab.close();
  open.value = open.peek().filter((each) => each !== tab);
  remember();
  return open.peek()[Math.min(at, open.peek().length - 1)] ?? null;
}

export function closeAllTabs(): void {
  for (const tab of open.peek()) tab.close();
  open.value = [];
  remember();
}

/** Those that were open before the page was loaded anew. */
export function restoreTabs(): void {
  if (isRestored) return;
  isRestored = true;
  for (const wish of remembered()) void openTab(wish)?.attachUnseen();
}

function remember(): void {
  const wishes = open.peek().flatMap((tab) => {
    const terminalId = tab.terminalId.peek();
    return terminalId === null || tab.isOver ? [] : [{ host: tab.host, terminalId, mode: tab.mode }];
  });
  try {
    globalThis.sessionStorage?.setItem(KEY, JSON.stringify(wishes));
  } catch {
    // Forbidden: after a reload they are found in the host's list.
  }
}

function remembered(): TabWish[] {
  try {
    const value: unknown = JSON.parse(globalThis.sessionStorage?.getItem(KEY) ?? "[]");
    return Array.isArray(value) ? value.filter(isWish).slice(0, MAX_TABS) : [];
  } catch {
    return []; // forbidden, or of another version
  }
}

function isWish(value: unknown): value is TabWish {
  if (typeof value !== "object" || value === null) return false;
  const { host, terminalId, mode } = value as Partial<Record<keyof TabWish, unknown>>;
  if (typeof host !== "object" || host === null) return false;
  const { id, name } = host as Partial<Record<keyof TabHost, unknown>>;
  return typeof id === "string" && typeof name === "string" && typeof terminalId === "string" &&
    (mode === "control" || mode === "view");
}
