import { libc } from "./libc.ts";
import { lazy } from "../lazy.ts";

/**
 * Messages between the kernel and this program, https://man7.org/linux/man-pages/man7/netlink.7.html. Numbers are in
 * the machine's order, which on x86-64 and arm64 is little-endian; parts begin at multiples of four bytes.
 */

// struct nlmsghdr: length 4, type 2, flags 2, sequence 4, port 4.
const HEADER_BYTES = 16;
const TYPE_AT = 4;
const FLAGS_AT = 6;
const REQUEST_ALL = 0x1 | 0x300; // NLM_F_REQUEST | NLM_F_DUMP
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
// struct rtattr: length 2, type 2; then the value.
const ATTRIBUTE_HEADER_BYTES = 4;
/** The kernel fills as much as it is offered, up to this. */
const BUFFER_BYTES = 32 * 1024;

/** What follows the header of one message; it holds until the next one is read. */
export interface Message {
  readonly type: number;
  readonly body: DataView<ArrayBuffer>;
}

/** What to do after a message: false ends the reading. */
export type OnMessage = (message: Message) => boolean | void;

const buffer = lazy(() => new Uint8Array(BUFFER_BYTES));

/** Asks for all of something. False when the kernel refused, or has been stopped before it had told all. */
export function readAll(protocol: number, type: number, request: Uint8Array, onMessage: OnMessage): boolean {
  const fd = libc.netlinkSocket(protocol, 0);
  if (fd < 0) return false;
  try {
    if (libc.send(fd, encodeRequest(type, request)) < 0) return false;
    for (;;) {
      const length = libc.receive(fd, buffer());
      if (length <= 0) return false;
      const end = eachMessage(buffer(), length, onMessage);
      if (end !== "more") return end === "done";
    }
  } finally {
    libc.close(fd);
  }
}

/** Reads the events that have come since the last call. False when some were lost; `fd` is of `netlinkSocket`. */
export function readEvents(fd: number, errnoOfLoss: number, maxMessages: number, onMessage: OnMessage): boolean {
  let complete = true;
  for (let count = 0; count < maxMessages; count++) {
    const length = libc.receive(fd, buffer());
    if (length === -errnoOfLoss) complete = false;
    else if (length <= 0) return complete;
    else eachMessage(buffer(), length, onMessage);
  }
  return false;
}

export function encodeRequest(type: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, message.length, true);
  view.setUint16(TYPE_AT, type, true);
  view.setUint16(FLAGS_AT, REQUEST_ALL, true);
  message.set(body, HEADER_BYTES);
  return message;
}

/** Goes through what one `receive` has brought. */
export function eachMessage(
  bytes: Uint8Array<ArrayBuffer>,
  length: number,
  onMessage: OnMessage,
): "more" | "done" | "refused" | "stopped" {
  const view = new DataView(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.length));
  for (let at = 0; at + HEADER_BYTES <= view.byteLength;) {
    const size = view.getUint32(at, true);
    const type = view.getUint16(at + TYPE_AT, true);
    if (type === NLMSG_DONE) return "done";
    if (type === NLMSG_ERROR || size < HEADER_BYTES || at + size > view.byteLength) return "refused";
    const body = new DataView(view.buffer, view.byteOffset + at + HEADER_BYTES, size - HEADER_BYTES);
    if (onMessage({ type, body }) === false) return "stopped";
    at += aligned(size);
  }
  return "more";
}

/** The value of an attribute, those beginning after `headBytes` of the body; null when it is not there. */
export function attribute(body: DataView<ArrayBuffer>, headBytes: number, wanted: number): Uint8Array | null {
  for (let at = headBytes; at + ATTRIBUTE_HEADER_BYTES <= body.byteLength;) {
    const size = body.getUint16(at, true);
    if (size < ATTRIBUTE_HEADER_BYTES || at + size > body.byteLength) return null;
    if (body.getUint16(at + 2, true) === wanted) {
      return new Uint8Array(
        body.buffer,
        body.byteOffset + at + ATTRIBUTE_HEADER_BYTES,
        size - ATTRIBUTE_HEADER_BYTES,
      );
    }
    at += aligned(size);
  }
  return null;
}

function aligned(size: number): number {
  return (size + 3) & ~3;
}
