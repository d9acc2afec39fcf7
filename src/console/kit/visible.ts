import { type ReadonlySignal, signal } from "@preact/signals";

const state = signal(true);

/** Whether the page can be seen; in a hidden tab nothing needs to tick. */
export const isPageVisible: ReadonlySignal<boolean> = state;

export function watchVisibility(): void {
  const look = () => state.value = document.visibilityState === "visible";
  document.addEventListener("visibilitychange", look);
  look();
}
