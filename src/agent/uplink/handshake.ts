import { AppError, oneLine, untilAborted } from "../../core/mod.ts";
import {
  type Challenge,
  challenge,
  HANDSHAKE_MAX_BYTES,
  handshakeVerdict,
  type Proof,
  type Refusal,
  type Welcome,
} from "../../protocol/mod.ts";
import { leftEarly, type OpenSocket } from "./dial.ts";

const MAX_MESSAGE = 500;

export interface HandshakeSteps<T> {
  /** Answers the challenge, or throws if that is not to be answered. */
  prove(challenge: Challenge): Promise<Proof>;
  /** Called at once with the welcome, before anything that follows it can come in. */
  begin(welcome: Welcome): T;
}

/** The manager does not take this host. */
export class RefusedError extends AppError {
  /** When trying again can help; undefined where it cannot. */
  readonly retryAfterMs: number | undefined;

  constructor({ message, retryAfterMs }: Refusal) {
    super("forbidden", `The manager refuses this host: ${oneLine(message, MAX_MESSAGE)}`, {
      retryable: retryAfterMs !== undefined,
    });
    this.retryAfterMs = retryAfterMs;
  }
}

/** The three messages of a new connection, from this end. Closes the socket when they come to nothing. */
export async function shakeHands<T>(
  { socket, first }: OpenSocket,
  steps: HandshakeSteps<T>,
  signal: AbortSignal,
): Promise<T> {
  const listening = new AbortController();
  try {
    const proof = await steps.prove(parseChallenge(await untilAborted(first, signal)));
    signal.throwIfAborted();
    const verdict = nextMessage(socket, (data) => decide(data, steps), listening, signal);
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(proof)); // else the wait has failed by now
    return await verdict;
  } catch (error) {
    socket.close();
    throw error;
  } finally {
    listening.abort();
  }
}

/** What the next message is read as, in the very moment in which it comes. */
function nextMessage<T>(
  socket: WebSocket,
  read: (data: unknown) => T,
  listening: AbortController,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const once = new AbortController();
    const options = { signal: AbortSignal.any([once.signal, listening.signal]) };
    const settle = (act: () => void) => {
      once.abort();
      act();
    };
    const onAbort = () => settle(() => reject(signal.reason));
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, options);
    socket.addEventListener("message", ({ data }) =>
      settle(() => {
        try {
          resolve(read(data));
        } catch (error) {
          reject(error);
        }
      }), options);
    for (const type of ["close", "error"]) {
      socket.addEventListener(type, (event) => {
        event.preventDefault();
        settle(() => reject(leftEarly()));
      }, options);
    }
    if (socket.readyState !== WebSocket.OPEN) settle(() => reject(leftEarly()));
  });
}

function parseChallenge(data: unknown): Challenge {
  const parsed = challenge().safeParse(parseText(data));
  if (!parsed.success) throw strange("a challenge");
  return parsed.data;
}

function decide<T>(data: unknown, { begin }: HandshakeSteps<T>): T {
  const parsed = handshakeVerdict().safeParse(parseText(data));
  if (!parsed.success) throw strange("a welcome or a refusal");
  if (parsed.data.type === "refusal") throw new RefusedError(parsed.data);
  return begin(parsed.data);
}

function parseText(data: unknown): unknown {
  if (typeof data !== "string" || data.length > HANDSHAKE_MAX_BYTES) return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // which no schema takes
  }
}

function strange(wanted: string): AppError {
  return new AppError("unavailable", `The manager sent something else than ${wanted}; is it of another version?`, {
    retryable: true,
  });
}
