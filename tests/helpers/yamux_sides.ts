/** Two yamux sessions over an imagined link, and frames to put on it. */
import assert from "node:assert/strict";
import { AppError, systemClock } from "../../src/core/mod.ts";
import { FRAME, type FrameHeader, HEADER_BYTES, readHeader, writeHeader } from "../../src/tunnel/yamux/frame.ts";
import type { YamuxStream } from "../../src/tunnel/yamux/stream.ts";
import { type SessionEnd, type YamuxOptions, YamuxSession } from "../../src/tunnel/yamux/yamux_session.ts";
import { type LinkEnd, type LinkOptions, linkPair } from "./tunnel_pair.ts";

export class Side {
  readonly accepted: YamuxStream[] = [];
  readonly ends: SessionEnd[] = [];
  drainingTold = 0;
  readonly session: YamuxSession;
  readonly link: LinkEnd;

  constructor(role: "client" | "server", link: LinkEnd, options: Partial<YamuxOptions>) {
    this.link = link;
    this.session = new YamuxSession(link, {
      role,
      maxStreams: 256,
      windowBytes: 256 * 1024,
      clock: systemClock,
      onStream: (stream) => this.accepted.push(stream),
      onEnd: (end) => this.ends.push(end),
      onDraining: () => this.drainingTold++,
      ...options,
    });
  }

  stream(at = 0): YamuxStream {
    const stream = this.accepted[at];
    assert.ok(stream !== undefined, "the stream was accepted");
    return stream;
  }
}

export const DONE = new AppError("cancelled", "the test is over");

export async function twoSides(
  use: (client: Side, server: Side) => Promise<void>,
  options: { client?: Partial<YamuxOptions>; server?: Partial<YamuxOptions>; link?: LinkOptions } = {},
): Promise<void> {
  const [clientLink, serverLink] = linkPair(options.link);
  const client = new Side("client", clientLink, options.client ?? {});
  const server = new Side("server", serverLink, options.server ?? {});
  try {
    await use(client, server);
  } finally {
    client.session.close(DONE);
    server.session.close(DONE);
  }
}

export function frame(
  type: number,
  flags: number,
  streamId: number,
  length: number,
  data: readonly number[] = [],
): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + data.length);
  writeHeader(bytes, 0, type, flags, streamId, length);
  bytes.set(data, HEADER_BYTES);
  return bytes;
}

/** The headers of the frames in messages. */
export function headersIn(messages: readonly Uint8Array[]): FrameHeader[] {
  const bytes = Uint8Array.from(messages.flatMap((message) => [...message]));
  const headers = [];
  for (let at = 0; at < bytes.length;) {
    const header = readHeader(bytes, at, 2 ** 32);
    headers.push(header);
    at += HEADER_BYTES + (header.type === FRAME.data ? header.length : 0);
  }
  return headers;
}
