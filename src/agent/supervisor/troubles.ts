/** How many processes are named; the rest is only told to be there. */
const MAX_NAMED = 5;

/** What is wrong with the supervisor as a whole, told when it changes. */
export class Troubles {
  readonly #onTrouble: (reason: string | null) => void;
  readonly #failed = new Set<string>();
  #equipment: string | null = null;
  #told: string | null = null;

  constructor(onTrouble: (reason: string | null) => void) {
    this.#onTrouble = onTrouble;
  }

  ofProcess(id: string, hasFailed: boolean): void {
    if (this.#failed.has(id) === hasFailed) return;
    if (hasFailed) this.#failed.add(id);
    else this.#failed.delete(id);
    this.#tell();
  }

  ofEquipment(reason: string | null): void {
    this.#equipment = reason;
    this.#tell();
  }

  #tell(): void {
    const failed = [...this.#failed];
    const names = `${failed.slice(0, MAX_NAMED).join(", ")}${failed.length > MAX_NAMED ? " …" : ""}`;
    const ofProcesses = failed.length === 0 ? null : `${names} failed; "agent ps" says why`;
    const reasons = [ofProcesses, this.#equipment].filter((reason) => reason !== null);
    const reason = reasons.length === 0 ? null : reasons.join("; ");
    if (reason !== this.#told) this.#onTrouble(reason);
    this.#told = reason;
  }
}
