/** One who listens to a stream of events of the supervisor. */
import { settle } from "./fake_clock.ts";
import type { ProcessEvent } from "../../src/protocol/mod.ts";

export interface Listener {
  readonly events: ProcessEvent[];
  readonly ids: string[];
  /** The seqs up to which it was told that it has missed some. */
  readonly missed: number[];
  readonly comments: string[];
  /** Reads on, without being told, from now on. */
  resume(): void;
  /** Reads so many pieces, which must be there or come. */
  read(count: number): Promise<void>;
  until(condition: () => boolean): Promise<void>;
  leave(): Promise<void>;
  readonly ended: Promise<void>;
}

export function listen(response: Response, { isPaused = false } = {}): Listener {
  const reader = (response.body ?? new ReadableStream()).getReader();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const heard = { events: [], ids: [], missed: [], comments: [] } as Pick<
    Listener,
    "events" | "ids" | "missed" | "comments"
  >;
  const readOne = async () => {
    const { value, done } = await reader.read();
    if (done) end();
    else hear(new TextDecoder().decode(value), heard);
    return !done;
  };
  const resume = async () => {
    while (await readOne());
  };
  if (!isPaused) void resume();
  return {
    ...heard,
    ended,
    resume: () => void resume(),
    async read(count) {
      for (let i = 0; i < count; i++) await readOne();
    },
    async until(condition) {
      while (!condition()) await settle();
    },
    leave: () => reader.cancel(),
  };
}

/** Each piece of the stream is one event. */
function hear(
  text: string,
  { events, ids, missed, comments }: Pick<Listener, "events" | "ids" | "missed" | "comments">,
) {
  const fieldOf = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
  if (text.startsWith(": ")) comments.push(text.slice(2).trim());
  if (fieldOf("event") === "missed") missed.push(JSON.parse(fieldOf("data")).seq);
  if (fieldOf("event") !== "process") return;
  events.push(JSON.parse(fieldOf("data")));
  ids.push(fieldOf("id"));
}
