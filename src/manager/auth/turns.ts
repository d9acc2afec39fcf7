/**
 * One after the other. What looks at users before it changes them must not be overtaken in between: a password that
 * was replaced must not come back, a session must not begin for a user who was disabled a moment ago, and two admins
 * must not remove each other at once.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => {
      // Whoever asked for it is told; the next turn does not depend on it.
    });
    return mine;
  }
}
