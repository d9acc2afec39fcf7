import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { HostView, LiveMessage } from "../../protocol/mod.ts";

type HostsMessage = Extract<LiveMessage, { type: "hosts" | "changes" }>;

/** Several messages come together when thousands of hosts change at once; the page is told of all of them once. */
const GATHER_MS = 100;

/**
 * All hosts that the caller may see, as they are. Messages are gathered and then applied at once: `hosts` is another map
 * then, whose unchanged hosts are the same objects as before, so that a row knows whether to render.
 */
export class HostStore {
  readonly #hosts = signal<ReadonlyMap<string, HostView>>(new Map());
  readonly #isComplete = signal(false);
  readonly #watched = new Map<string, Signal<HostView | undefined>>();
  readonly #changed = new Map<string, HostView | null>();
  /** What a first telling in parts has brought so far; it replaces all that was known. */
  #fresh: Map<string, HostView> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #onApplied: (changed: readonly HostView[]) => void = () => {};

  readonly hosts: ReadonlySignal<ReadonlyMap<string, HostView>> = this.#hosts;
  /** Whether all have been told, so that an empty list means that there are none. */
  readonly isComplete: ReadonlySignal<boolean> = this.#isComplete;

  /** One host, for what shows nothing else; by id. */
  watch(id: string): ReadonlySignal<HostView | undefined> {
    let found = this.#watched.get(id);
    if (found === undefined) this.#watched.set(id, found = signal(this.#hosts.peek().get(id)));
    return found;
  }

  /** Called with the hosts of each change, after it was applied. */
  set onApplied(listener: (changed: readonly HostView[]) => void) {
    this.#onApplied = listener;
  }

  take(message: HostsMessage): void {
    if (message.type === "hosts") {
      if (message.part === 1) {
        this.#fresh = new Map();
        this.#changed.clear();
      }
      for (const host of message.hosts) this.#fresh?.set(host.id, host);
      if (message.part < message.of) return;
      this.#replace(this.#fresh ?? new Map());
      this.#fresh = null;
      return;
    }
    for (const host of message.hosts) this.#changed.set(host.id, host);
    for (const id of message.removed) this.#changed.set(id, null);
    this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** What an answer has said of one host, before the live connection does. */
  put(host: HostView): void {
    this.#changed.set(host.id, host);
    this.flush();
  }

  forget(id: string): void {
    this.#changed.set(id, null);
    this.flush();
  }

  clear(): void {
    this.#changed.clear();
    this.#fresh = null;
    this.#replace(new Map());
    this.#isComplete.value = false;
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#changed.size === 0) return;
    const next = new Map(this.#hosts.peek());
    const changed: HostView[] = [];
    for (const [id, host] of this.#changed) {
      if (host === null) next.delete(id);
      else {
        next.set(id, host);
        changed.push(host);
      }
    }
    const ids = [...this.#changed.keys()];
    this.#changed.clear();
    this.#apply(next, ids, changed);
  }

  #replace(next: ReadonlyMap<string, HostView>): void {
    this.#apply(next, [...this.#watched.keys()], [...next.values()]);
    this.#isComplete.value = true;
  }

  #apply(next: ReadonlyMap<string, HostView>, ids: readonly string[], changed: readonly HostView[]): void {
    this.#onApplied(changed);
    batch(() => {
      this.#hosts.value = next;
      for (const id of ids) {
        const watched = this.#watched.get(id);
        if (watched !== undefined) watched.value = next.get(id);
      }
    });
  }
}
