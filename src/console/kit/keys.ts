import { type ReadonlySignal, signal } from "@preact/signals";

/** A shortcut: one key (`/`), a chord (`mod+k`, where mod is Ctrl or Cmd) or two keys after each other (`g h`). */
export interface Shortcut {
  readonly keys: string;
  /** What it does, for the help; absent for what needs no line there. */
  readonly title?: () => string;
  readonly run: () => void;
  /** Also while somebody types into a field. */
  readonly isAlways?: boolean;
}

const SEQUENCE_MS = 1_200;
const EDITABLE = "input, textarea, select, [contenteditable=true], .xterm";

const registered = signal<readonly Shortcut[]>([]);
let pressed = "";
let pressedAtMs = 0;

/** Those of the frame and of the page that is shown, for the help. */
export const shortcuts: ReadonlySignal<readonly Shortcut[]> = registered;

/** Gives a function that takes them away again; the latest of several for the same keys counts. */
export function addShortcuts(...added: readonly Shortcut[]): () => void {
  registered.value = [...registered.peek(), ...added];
  return () => {
    registered.value = registered.peek().filter((each) => !added.includes(each));
  };
}

export function startKeys(): void {
  addEventListener("keydown", (event) => pressedKey(event));
}

function pressedKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.key === "Shift") return;
  const isTyping = event.target instanceof Element && event.target.matches(EDITABLE);
  const name = nameOf(event);
  const sequence = event.timeStamp - pressedAtMs < SEQUENCE_MS && pressed !== "" ? `${pressed} ${name}` : name;
  const find = (keys: string) => registered.peek().findLast((each) => each.keys === keys);
  const found = find(sequence) ?? find(name);
  pressed = isTyping || found !== undefined ? "" : name;
  pressedAtMs = event.timeStamp;
  if (found === undefined || (isTyping && found.isAlways !== true)) return;
  // A dialog has its own keys; what lies behind it is not asked for.
  if (found.isAlways !== true && document.querySelector("dialog[open]") !== null) return;
  event.preventDefault();
  found.run();
}

/** `mod+k`, `shift+Enter`, `?`, `g`. A sign that needs Shift to be typed has its own name already. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const alt = event.altKey ? "alt+" : "";
  const shift = event.shiftKey && event.key.length > 1 ? "shift+" : "";
  return `${mod}${alt}${shift}${key}`;
}
