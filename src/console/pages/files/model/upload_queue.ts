import { FileExists, upload, type UploadFile, type UploadPort } from "./upload.ts";

export const UPLOAD_STATES = ["queued", "sending", "waiting", "exists", "done", "failed", "cancelled"] as const;
export type UploadState = (typeof UPLOAD_STATES)[number];

/** One file of the queue as the page shows it. */
export interface UploadItem {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  /** Lately; absent while it is not known. */
  readonly bytesPerSecond?: number;
  readonly problem?: string;
}

export interface UploadQueueOptions {
  readonly port: UploadPort;
  /** Tells a file of this host from the same of another. */
  readonly host: string;
  readonly onChange: (items: readonly UploadItem[]) => void;
  /** A file has arrived in that folder or under that name. */
  readonly onArrived: (path: string) => void;
  readonly wordsOf: (error: unknown) => string;
  readonly now: () => number;
}

interface Entry {
  item: UploadItem;
  readonly file: UploadFile;
  overwrite: boolean;
  running: AbortController | null;
  readonly marks: { readonly atMs: number; readonly bytes: number }[];
}

const AT_ONCE = 2;
const MAX_ITEMS = 1_000;
const SPEED_SPAN_MS = 5_000;
const ENDED: readonly UploadState[] = ["done", "failed", "cancelled"];

/** The files that are sent to one host, two at a time; each can be cancelled, tried again, or decided about. */
export class UploadQueue {
  readonly #options: UploadQueueOptions;
  #entries: Entry[] = [];
  #nextId = 1;

  constructor(options: UploadQueueOptions) {
    this.#options = options;
  }

  get items(): readonly UploadItem[] {
    return this.#entries.map(({ item }) => item);
  }

  /** Whether leaving the page would break something off. */
  get isBusy(): boolean {
    return this.#entries.some(({ item }) => !ENDED.includes(item.state));
  }

  /** How many of them were taken; the rest is too many. */
  add(files: readonly { readonly file: UploadFile; readonly path: string }[]): number {
    const taken = files.slice(0, Math.max(0, MAX_ITEMS - this.#entries.length));
    for (const { file, path } of taken) {
      this.#entries.push({
        item: { id: this.#nextId++, name: file.name, path, sizeBytes: file.size, state: "queued", sentBytes: 0 },
        file,
        overwrite: false,
        running: null,
        marks: [],
      });
    }
    this.#startSome();
    this.#tell();
    return taken.length;
  }

  cancel(id: number): void {
    const entry = this.#entryOf(id);
    if (entry === undefined || ENDED.includes(entry.item.state)) return;
    this.#change(entry, { state: "cancelled" });
    entry.running?.abort(new DOMException("cancelled", "AbortError"));
    this.#startSome();
  }

  cancelAll(): void {
    for (const { item } of [...this.#entries]) this.cancel(item.id);
  }

  /** What has failed or was cancelled, from where the host has it. */
  retry(id: number): void {
    const entry = this.#entryOf(id);
    if (entry === undefined || !(entry.item.state === "failed" || entry.item.state === "cancelled")) return;
    this.#change(entry, { state: "queued" });
    this.#startSome();
  }

  /** About a file that is there already: replace it, or send it under another name. */
  decide(id: number, decision: { readonly overwrite: true } | { readonly path: string }): void {
    const entry = this.#entryOf(id);
    if (entry?.item.state !== "exists") return;
    entry.overwrite = "overwrite" in decision;
    this.#change(entry, { state: "queued", ...("path" in decision && { path: decision.path }) });
    this.#startSome();
  }

  /** Takes those that have ended off the list. */
  clearEnded(): void {
    this.#entries = this.#entries.filter(({ item }) => !ENDED.includes(item.state));
    this.#tell();
  }

  #entryOf(id: number): Entry | undefined {
    return this.#entries.find(({ item }) => item.id === id);
  }

  #startSome(): void {
    const free = AT_ONCE - this.#entries.filter(({ running }) => running !== null).length;
    const next = this.#entries.filter(({ item, running }) => item.state === "queued" && running === null);
    for (const entry of next.slice(0, Math.max(0, free))) void this.#run(entry);
  }

  async #run(entry: Entry): Promise<void> {
    const { port, host, wordsOf, onArrived } = this.#options;
    const running = entry.running = new AbortController();
    const { file, overwrite, item: { path } } = entry;
    entry.marks.length = 0;
    this.#change(entry, { state: "sending" });
    try {
      await upload({
        port,
        file,
        path,
        overwrite,
        signal: running.signal,
        onProgress: ({ sentBytes, isWaiting }) => {
          if (running.signal.aborted) return;
          this.#change(entry, {
            state: isWaiting ? "waiting" : "sending",
            sentBytes,
            ...this.#speed(entry, sentBytes),
          });
        },
      }, [host, path, file.size, file.lastModified].join("\n"));
      this.#change(entry, { state: "done", sentBytes: file.size });
      onArrived(path);
    } catch (error) {
      if (error instanceof FileExists) this.#change(entry, { state: "exists", sentBytes: 0 });
      else if (!running.signal.aborted) this.#change(entry, { state: "failed", problem: wordsOf(error) });
    } finally {
      entry.running = null;
      this.#startSome();
    }
  }

  #speed(entry: Entry, bytes: number): { bytesPerSecond?: number } {
    const atMs = this.#options.now();
    entry.marks.push({ atMs, bytes });
    while ((entry.marks[0]?.atMs ?? atMs) < atMs - SPEED_SPAN_MS && entry.marks.length > 2) entry.marks.shift();
    const first = entry.marks[0];
    if (first === undefined || atMs <= first.atMs || bytes <= first.bytes) return {};
    return { bytesPerSecond: (bytes - first.bytes) / ((atMs - first.atMs) / 1_000) };
  }

  #change(entry: Entry, change: Partial<UploadItem>): void {
    const { bytesPerSecond: _, problem: __, ...rest } = entry.item;
    entry.item = { ...rest, ...change };
    this.#tell();
  }

  #tell(): void {
    this.#options.onChange(this.items);
  }
}

/** `report.txt` becomes `report (2).txt`, the first that is not taken. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  const dot = name.lastIndexOf(".");
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  for (let count = 2;; count += 1) {
    const next = `${stem} (${count})${ending}`;
    if (!isTaken(next)) return next;
  }
}
