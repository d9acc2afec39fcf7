import type { AppError } from "../core/mod.ts";

/**
 * Binary messages, in order, either way: a WebSocket on both ends, a pair of queues in tests.
 *
 * It pushes what comes in instead of being read: a manager holds thousands of sessions that wait for nothing most of the
 * time, and a reader would keep a promise and a suspended function alive in each of them. Nothing needs holding back
 * at this level, because the windows of yamux bound what the other side may send before it is read.
 */
export interface Transport {
  /** Hands everything that comes in from now on to the receiver. Called once. */
  open(receiver: TransportReceiver): void;
  /**
   * Takes a copy of the message before it returns, so that one buffer can serve every session of the process. Gives
   * a promise when the link is behind, which resolves once there is room again and rejects when the link has closed;
   * throws an AppError when it has already.
   */
  send(message: Uint8Array): Promise<void> | undefined;
  /** Idempotent. The receiver is told nothing afterwards. */
  close(code: number, reason: string): void;
}

export interface TransportReceiver {
  /** The bytes are the receiver's own from now on. */
  onMessage(message: Uint8Array): void;
  /** Called once: null when the other side closed in good order, else why the link broke. */
  onClose(error: AppError | null): void;
}
