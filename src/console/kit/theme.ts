import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { store, stored } from "./storage.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "theme";
const chosen = signal<Theme>("system");
const systemIsDark = signal(false);

export const theme: ReadonlySignal<Theme> = chosen;
/** What is shown by it now; charts and terminals, which are painted, follow this. */
export const isDark: ReadonlySignal<boolean> = computed(() =>
  chosen.value === "system" ? systemIsDark.value : chosen.value === "dark"
);

export function setTheme(next: Theme): void {
  chosen.value = next;
  store(KEY, next);
}

export function startTheme(): void {
  chosen.value = stored(KEY, isTheme, "system");
  const query = matchMedia("(prefers-color-scheme: dark)");
  systemIsDark.value = query.matches;
  query.addEventListener("change", () => systemIsDark.value = query.matches);
  effect(() => {
    document.documentElement.dataset["theme"] = isDark.value ? "dark" : "light";
  });
}

const colours = new Map<string, string>();

/** The value of one of the theme's colours, for what is painted: `colour("--accent")`. */
export function colour(name: `--${string}`): string {
  // Read, so that whoever calls this in an effect is called again when the theme changes.
  const key = `${isDark.value} ${name}`;
  // Asking for a computed style makes the browser lay out what has changed, so it is asked once.
  const found = colours.get(key) ?? getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  colours.set(key, found);
  return found;
}

function isTheme(value: unknown): value is Theme {
  return THEMES.some((each) => each === value);
}
