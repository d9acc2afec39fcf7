import { AppError } from "../../../core/mod.ts";
import {
  type Challenge,
  HANDSHAKE_MAX_BYTES,
  HANDSHAKE_TIMEOUT_MS,
  type Proof,
  proof,
  type Refusal,
  TUNNEL_CLOSE_CODES,
  type Welcome,
} from "../../../protocol/mod.ts";

/** What becomes of a newcomer. */
export type Verdict =
  /** `begin` is called in the very moment after the welcome was sent: what comes then is the tunnel's. */
  | { readonly welcome: Welcome; begin(socket: WebSocket): void }
  | { readonly refusal: AppError; readonly retryAfterMs?: number };

export interface HandshakeParts {
  challenge(): Challenge;
  decide(proof: Proof, challenge: Challenge, address: string): Promise<Verdict>;
  /** Called once. `isLetIn`: the socket belongs to a session now, and else to whoever sees to it that it goes. */
  onOver(handshake: Handshake, isLetIn: boolean, refusal: AppError | null): void;
}

type State = "opening" | "waiting" | "deciding" | "over";

const EVENTS = ["open", "message", "close", "error"];
/** Making one takes longer than checking by it. */
let schema: ReturnType<typeof proof> | undefined;

/** The three messages of one new connection, from the manager's end. An object instead of closures: thousands may wait. */
export class Handshake implements EventListenerObject {
  readonly socket: WebSocket;
  readonly address: string;
  readonly deadlineMs: number;
  readonly #parts: HandshakeParts;
  #state: State = "opening";
  #challenge: Challenge | null = null;

  constructor(socket: WebSocket, address: string, nowMs: number, parts: HandshakeParts) {
    this.socket = socket;
    this.address = address;
    this.deadlineMs = nowMs + HANDSHAKE_TIMEOUT_MS;
    this.#parts = parts;
    for (const type of EVENTS) socket.addEventListener(type, this);
    if (socket.readyState === WebSocket.OPEN) this.#open();
    // It was closed before anybody listened, and will not say so again.
    else if (socket.readyState !== WebSocket.CONNECTING) queueMicrotask(() => this.#end(false, null));
  }

  handleEvent(event: Event): void {
    if (this.#state === "over") return; // a close event can come twice
    if (event.type === "open") this.#open();
    else if (event.type === "message") this.#onMessage((event as MessageEvent).data);
    else this.#end(false, null); // it went away by itself
  }

  /** Its time is over, or the manager's is. */
  cut(error: AppError, retryAfterMs?: number): void {
    if (this.#state !== "over") this.#refuse(error, retryAfterMs);
  }

  #open(): void {
    if (this.#state !== "opening") return;
    this.#state = "waiting";
    this.#challenge = this.#parts.challenge();
    this.#send(this.#challenge);
  }

  #onMessage(data: unknown): void {
    const given = this.#state === "waiting" ? proofOf(data) : null;
    if (given === null || this.#challenge === null) {
      return this.#refuse(new AppError("invalid_input", "What was sent is no proof of who the host is"));
    }
    this.#state = "deciding";
    this.#parts.decide(given, this.#challenge, this.address).then(
      (verdict) => this.#conclude(verdict),
      (error: unknown) => {
        const message = "Something failed inside the manager; its log says what";
        this.#refuse(new AppError("internal", message, { cause: error }), HANDSHAKE_TIMEOUT_MS);
      },
    );
  }

  #conclude(verdict: Verdict): void {
    if (this.#state === "over") return; // it has gone, or taken too long, meanwhile
    if ("refusal" in verdict) return this.#refuse(verdict.refusal, verdict.retryAfterMs);
    if (this.socket.readyState !== WebSocket.OPEN) return this.#end(false, null);
    this.#send(verdict.welcome);
    this.#end(true, null);
    verdict.begin(this.socket);
  }

  #refuse(error: AppError, retryAfterMs?: number): void {
    if (this.#state === "over") return;
    const refusal: Refusal = {
      type: "refusal",
      code: error.meaning.number,
      message: error.message,
      ...retryAfterMs !== undefined && { retryAfterMs: Math.round(retryAfterMs) },
    };
    this.#send(refusal);
    const isOwnFault = error.code === "invalid_input";
    this.#end(false, error);
    closeSocket(this.socket, isOwnFault ? TUNNEL_CLOSE_CODES.protocol_error : TUNNEL_CLOSE_CODES.normal);
  }

  #send(message: Challenge | Welcome | Refusal): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  #end(isLetIn: boolean, refusal: AppError | null): void {
    if (this.#state === "over") return;
    this.#state = "over";
    for (const type of EVENTS) this.socket.removeEventListener(type, this);
    this.#parts.onOver(this, isLetIn, refusal);
  }
}

/** The runtime forgets a close that comes before the socket is open. */
export function closeSocket(socket: WebSocket, code: number): void {
  const close = () => socket.close(code, "refused");
  if (socket.readyState === WebSocket.CONNECTING) socket.addEventListener("open", close, { once: true });
  else close();
}

/** Null for what is none. */
function proofOf(data: unknown): Proof | null {
  if (typeof data !== "string" || data.length > HANDSHAKE_MAX_BYTES) return null;
  schema ??= proof();
  try {
    const parsed = schema.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // no JSON
  }
}
