import { type ReadonlySignal, signal } from "@preact/signals";
import { store, stored } from "../../kit/storage.ts";

/** A filter, order and grouping under a name; what the address says of them. */
export interface SavedView {
  readonly name: string;
  readonly query: string;
}

const KEY = "hosts.views";
const MAX_VIEWS = 30;
const MAX_LENGTH = 2_000;

const list = signal<readonly SavedView[] | null>(null);

/** Kept in this browser. */
export function savedViews(): ReadonlySignal<readonly SavedView[]> {
  list.value ??= stored(KEY, areViews, []);
  return list as ReadonlySignal<readonly SavedView[]>; // sound: it was filled in the line before
}

/** Takes the place of one of the same name. */
export function saveView(view: SavedView): void {
  keep([...savedViews().peek().filter(({ name }) => name !== view.name), view].slice(-MAX_VIEWS));
}

export function removeView(name: string): void {
  keep(savedViews().peek().filter((view) => view.name !== name));
}

function keep(next: readonly SavedView[]): void {
  list.value = next;
  store(KEY, next);
}

function areViews(value: unknown): value is SavedView[] {
  return Array.isArray(value) && value.every(isView);
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== "object" || value === null || !("name" in value) || !("query" in value)) return false;
  const { name, query } = value;
  return typeof name === "string" && typeof query === "string" && name.length + query.length <= MAX_LENGTH;
}
