import { type AppError, messageOf, toAppError } from "../../core/mod.ts";
import { type EventStream, openEventStream } from "../../http/mod.ts";
import type { ExecRequest } from "../../protocol/mod.ts";
import type { CommandCaller, Commands } from "./commands.ts";
import type { OutputName, Outputs } from "./outputs.ts";

/** Pieces that may wait for a slow listener; then the command itself has to. */
const MAX_WAITING = 16;
/** A larger piece is sent as several. */
const MAX_PIECE_BYTES = 32 * 1024;

/**
 * A command's outputs as server-sent events, and how it ended, as the last one. Answers once the command runs, so that one
 * that cannot be started is an error like any other. Whoever stops listening ends the command.
 */
export async function execStream(
  commands: Commands,
  request: ExecRequest,
  { by, signal }: CommandCaller,
): Promise<Response> {
  let roomCame = Promise.withResolvers<void>();
  const wake = () => {
    const { resolve } = roomCame;
    roomCame = Promise.withResolvers<void>();
    resolve();
  };
  const stream = openEventStream({ maxWaiting: MAX_WAITING, onRoom: wake });
  const gone = AbortSignal.any([signal, stream.gone]);
  gone.addEventListener("abort", wake, { once: true });
  const send = async (event: string, data: string) => {
    while (!stream.send(event, data)) {
      gone.throwIfAborted();
      await roomCame.promise;
    }
  };
  const started = Promise.withResolvers<void>();
  const outputs: Outputs = {
    begun: () => started.resolve(),
    take: (output, chunk) => sendPieces(send, output, chunk),
  };
  const ended = commands.follow(request, outputs, { by, signal: gone }).then(
    (end) => send("end", JSON.stringify(end)),
    (error) => {
      started.reject(error);
      return send("failed", JSON.stringify(wordsOf(toAppError(error))));
    },
  );
  void closeAfter(ended, stream);
  await started.promise.catch((error) => {
    stream.close();
    throw error;
  });
  return stream.response;
}

async function closeAfter(ended: Promise<void>, stream: EventStream): Promise<void> {
  await ended.catch(() => {}); // the listener has gone, who would have been told
  stream.close();
}

async function sendPieces(
  send: (event: string, data: string) => Promise<void>,
  output: OutputName,
  chunk: Uint8Array,
): Promise<void> {
  for (let at = 0; at < chunk.length; at += MAX_PIECE_BYTES) {
    await send(output, chunk.subarray(at, at + MAX_PIECE_BYTES).toBase64());
  }
}

function wordsOf(error: AppError): { readonly code: number; readonly msg: string } {
  return { code: error.meaning.number, msg: messageOf(error) };
}
