/** What can be asked for by a key. */
export type Key = "quit" | "sort_cpu" | "sort_memory" | "pause" | "help" | "other";

const KEYS: Readonly<Record<string, Key>> = {
  q: "quit",
  Q: "quit",
  "\x03": "quit", // Ctrl-C, which in raw mode is a key like any other
  c: "sort_cpu",
  m: "sort_memory",
  p: "pause",
  " ": "pause",
  "?": "help",
  h: "help",
};
/** Arrows, function keys and answers of the terminal are sequences, whose letters are not meant. */
// deno-lint-ignore no-control-regex -- escape is how they begin
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|.)/g;

/** The keys of what was read at once. */
export function keysOf(bytes: Uint8Array): Key[] {
  const text = new TextDecoder().decode(bytes).replaceAll(SEQUENCES, "\x1b");
  return [...text].map((character) => Object.hasOwn(KEYS, character) ? KEYS[character] ?? "other" : "other");
}
