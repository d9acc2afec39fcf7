/** Reading answers that come bit by bit: lines, and server-sent events. Both bound what they hold of a hostile one. */

const MAX_LINE_LENGTH = 4 * 1024 * 1024;

export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/** The lines of a stream without their ends; empty ones are left out. Leaving early cancels the stream. */
export async function* readLines(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void> {
  for await (const line of allLines(body)) if (line !== "") yield line;
}

export async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<StreamEvent, void> {
  let [event, id]: [string, string] = ["", ""];
  let data: string[] = [];
  for await (const line of allLines(body)) {
    if (line === "") {
      if (data.length > 0) yield { event: event === "" ? "message" : event, data: data.join("\n"), id };
      event = "";
      data = [];
      continue;
    }
    const at = line.indexOf(":");
    if (at === 0) continue; // a comment, which keeps the connection alive
    const field = at === -1 ? line : line.slice(0, at);
    const value = at === -1 ? "" : line.slice(line[at + 1] === " " ? at + 2 : at + 1);
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "id") id = value;
  }
}

async function* allLines(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop() ?? "";
      if (rest.length > MAX_LINE_LENGTH) {
        throw new Error("A line of the answer is longer than anything the manager sends");
      }
      for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
    }
    if (rest !== "") yield rest;
  } finally {
    // Its own error is what has ended the loop, if there was one.
    reader.cancel().catch(() => {/* told already */});
  }
}
