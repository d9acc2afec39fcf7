import type { PingResult } from "./halves.ts";
import { echoRequest } from "./icmp_echo.ts";
import type { IcmpSocket, IcmpTarget, OpenIcmpSocket } from "./posix/icmp_socket.ts";
import type { Os } from "./select.ts";
import { encodeSocketAddress, familyNumber, ipFamily } from "./socket_address.ts";

/** Error numbers and what they mean to a person. */
export interface PingErrors {
  readonly EAGAIN: number;
  /** Those by which the system says that this user may not do it. */
  readonly notPermitted: readonly number[];
  readonly words: ReadonlyMap<number, string>;
  /** What a user can do about it. */
  readonly advice: string;
}

/** One wait occupies a thread, which cannot be called back: so it is cut into pieces. */
const WAIT_MS = 250;
/** Room for an answer of ours with its IP header; what is longer is none. */
const PACKET_BYTES = 256;

/** Asks once, on the kind of socket that needs no privilege where the system offers it. Waits until the signal aborts. */
export async function pingOnce(
  address: string,
  signal: AbortSignal,
  system: { readonly os: Os; readonly open: OpenIcmpSocket; readonly errors: PingErrors },
): Promise<PingResult> {
  const ip = ipFamily(address);
  if (ip === null) return { kind: "failed", reason: "it is no address" };
  const family = familyNumber(ip, system.os);
  const socket = openFor({ ip, family, address: encodeSocketAddress(address, ip, system.os) }, system);
  if ("kind" in socket) return socket;
  try {
    const request = echoRequest(ip);
    const sent = socket.send(request.packet);
    if (sent < 0) return failure(sent, system.errors);
    const buffer = new Uint8Array(PACKET_BYTES);
    for (;;) {
      const ready = await socket.wait(WAIT_MS);
      signal.throwIfAborted();
      const result = ready ? receiveAnswer(socket, buffer, request.isAnsweredBy, system.errors) : null;
      if (result !== null) return result;
    }
  } finally {
    socket.close();
  }
}

function openFor(
  target: IcmpTarget,
  { open, errors }: { readonly open: OpenIcmpSocket; readonly errors: PingErrors },
): IcmpSocket | PingResult {
  const ping = open(target, "ping");
  if (typeof ping !== "number") return ping;
  const raw = errors.notPermitted.includes(-ping) ? open(target, "raw") : ping;
  return typeof raw === "number" ? failure(raw, errors) : raw;
}

/** Null when the answer has not come yet; a raw socket gets everybody's packets. */
function receiveAnswer(
  socket: IcmpSocket,
  buffer: Uint8Array<ArrayBuffer>,
  isAnswer: (received: Uint8Array) => boolean,
  errors: PingErrors,
): PingResult | null {
  for (;;) {
    const length = socket.receive(buffer);
    if (length === -errors.EAGAIN) return null;
    if (length < 0) return failure(length, errors);
    if (isAnswer(buffer.subarray(0, length))) return { kind: "answered" };
  }
}

function failure(negativeErrno: number, errors: PingErrors): PingResult {
  const number = -negativeErrno;
  if (errors.notPermitted.includes(number)) return { kind: "not_permitted", reason: errors.advice };
  return { kind: "failed", reason: errors.words.get(number) ?? `error ${number} of the system` };
}
