import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../kit/i18n/i18n.ts";
import { visible } from "../kit/safe_text.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import { wordsOf } from "./problem.tsx";

interface Toast {
  readonly id: number;
  readonly tone: "good" | "bad";
  readonly text: string;
}

const GOOD_MS = 5_000;
const BAD_MS = 15_000;
const MAX_TOASTS = 4;
const MAX_LENGTH = 500;

const toasts = signal<readonly Toast[]>([]);
let last = 0;

/** Something was done. */
export function toast(text: string): void {
  add("good", text, GOOD_MS);
}

/** Something could not be done: an error, or words. */
export function toastProblem(problem: unknown): void {
  add("bad", typeof problem === "string" ? problem : wordsOf(problem), BAD_MS);
}

function add(tone: Toast["tone"], text: string, ms: number): void {
  const made = { id: ++last, tone, text: visible(text, MAX_LENGTH) };
  toasts.value = [...toasts.peek(), made].slice(-MAX_TOASTS);
  setTimeout(() => close(made.id), ms);
}

function close(id: number): void {
  toasts.value = toasts.peek().filter((each) => each.id !== id);
}

/** Part of the frame. */
export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, tone, text }) => (
        <div key={id} class={`toast ${tone}`}>
          <Icon name={tone === "good" ? "check" : "warning"} />
          <span class="grow break">{text}</span>
          <Button kind="ghost" isSmall icon="close" label={t("common.close")} onClick={() => close(id)} />
        </div>
      ))}
    </div>
  );
}
