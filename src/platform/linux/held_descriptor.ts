/**
 * A descriptor that several calls in other threads may be using: it is closed when the last of them has returned. Its
 * number would else be given to another file under the hands of a call that is late.
 */
export class HeldDescriptor {
  readonly #fd: number;
  readonly #close: (fd: number) => void;
  #users = 0;
  #isDone = false;

  constructor(fd: number, close: (fd: number) => void) {
    this.#fd = fd;
    this.#close = close;
  }

  async use<T>(act: (fd: number) => Promise<T>): Promise<T> {
    if (this.#isDone) throw new TypeError("A folder was used after it was closed");
    this.#users++;
    try {
      return await act(this.#fd);
    } finally {
      this.#users--;
      if (this.#isDone && this.#users === 0) this.#close(this.#fd);
    }
  }

  done(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (this.#users === 0) this.#close(this.#fd);
  }
}
