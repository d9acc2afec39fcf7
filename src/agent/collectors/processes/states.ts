/** The kernel's letters for what a process is doing, and our words. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const WORDS: Readonly<Record<string, string>> = {
  R: "running",
  S: "sleeping",
  D: "disk_sleep",
  T: "stopped",
  t: "tracing",
  Z: "zombie",
  X: "dead",
  x: "dead",
  K: "wakekill",
  W: "waking",
  P: "parked",
  I: "idle",
};

/** A letter that is not known stands for itself. */
export function stateWord(letter: string): string {
  return WORDS[letter] ?? letter;
}

/** The letter that a word stands for; null for a word of another system. */
export function stateLetter(word: string): string | null {
  for (const letter in WORDS) if (WORDS[letter] === word) return letter;
  return /^[A-Za-z]$/.test(word) ? word : null;
}
