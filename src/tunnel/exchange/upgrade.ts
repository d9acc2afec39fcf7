import { AppError } from "../../core/mod.ts";
import type { Duplex } from "./contract.ts";

/** Uses the raw bytes of an upgraded exchange; the stream ends when it resolves and breaks when it rejects. */
export type UseDuplex = (duplex: Duplex) => Promise<void>;

/** Marks an answer that stands for 101, which no Response can have as its status. It is never sent. */
export const UPGRADE_MARK = "x-farhand-upgrade";

/** Requests that came through a tunnel, each with what its handler wants to do with the raw bytes. */
const requests = new WeakMap<Request, { use: UseDuplex | null }>();

/** Says that a request may be upgraded. */
export function allowUpgrade(request: Request): void {
  requests.set(request, { use: null });
}

/** What `upgrade` was called with, if the answer is the one that it gave or was made from it. */
export function wantedUpgrade(request: Request, response: Response): UseDuplex | null {
  return response.headers.has(UPGRADE_MARK) && response.ok ? requests.get(request)?.use ?? null : null;
}

/**
 * Answers a request of the tunnel with 101: the handler returns what this gives, and `use` gets the raw bytes once the
 * head was sent. It is kept with the request, so middleware may copy the answer and add headers to it; an answer
 * that middleware puts in its place is sent as it is.
 */
export function upgrade(request: Request, use: UseDuplex, headers?: HeadersInit): Response {
  const entry = requests.get(request);
  if (entry === undefined) {
    throw new AppError("unsupported", "Cannot turn this request into raw bytes: it did not come through a tunnel");
  }
  entry.use = use;
  const response = new Response(null, headers === undefined ? {} : { headers });
  response.headers.set(UPGRADE_MARK, "101");
  return response;
}
