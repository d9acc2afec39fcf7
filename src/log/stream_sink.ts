import { type Format, type Sink, type SyncWriter, writeFully } from "./record.ts";

/** Writes records to an open stream such as Deno.stderr, which stays open. */
export function streamSink(stream: SyncWriter, format: Format): Sink {
  const encoder = new TextEncoder();
  return {
    write: (record) => writeFully(stream, encoder.encode(format(record))),
    close() {},
  };
}
