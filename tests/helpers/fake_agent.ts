/** The control API of an agent that is not there: whatever a test makes of it. */
import { join } from "node:path";
import { toAppError } from "../../src/core/mod.ts";
import { createHttpServer, localEndpoint } from "../../src/http/mod.ts";
import type { CollectorReading, CollectorsReport } from "../../src/protocol/mod.ts";

export interface FakeAgent {
  /** The paths that it was asked for, with their queries. */
  readonly asked: readonly string[];
  /** Sends readings to everybody who listens. */
  send(readings: readonly CollectorReading[]): void;
  /** Ends all streams, as an agent that stops. */
  endStreams(): void;
  /** How many listen. */
  readonly listeners: number;
}

export interface FakeAgentOptions {
  readonly report: CollectorsReport;
  /** What each listener is sent at once. */
  readonly first: readonly CollectorReading[];
  /** What it is sent next, one after the other without a pause. */
  readonly next?: readonly (readonly CollectorReading[])[];
  /** What else it answers: the data, a whole response, or an error that is thrown; undefined for what it does not know. */
  readonly answer?: (request: Request) => unknown;
}

type Listener = ReadableStreamDefaultController<Uint8Array>;

/** Serves the control API in a work directory while `use` runs. */
export async function withFakeAgent(
  workDir: string,
  options: FakeAgentOptions,
  use: (agent: FakeAgent) => Promise<void>,
): Promise<void> {
  const endpoint = localEndpoint(join(workDir, "agent.sock"));
  const listeners = new Set<Listener>();
  const asked: string[] = [];
  const send = (readings: readonly CollectorReading[], to: Iterable<Listener> = listeners) => {
    for (const listener of to) listener.enqueue(eventsOf(readings));
  };
  const stream = () => {
    let own: Listener | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(listener) {
        listeners.add(own = listener);
        for (const readings of [options.first, ...options.next ?? []]) send(readings, [listener]);
      },
      cancel: () => void (own !== undefined && listeners.delete(own)),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const endStreams = () => {
    for (const listener of listeners) listener.close();
    listeners.clear();
  };
  const server = createHttpServer({
    name: "fake-agent",
    listen: endpoint.listen,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      asked.push(pathname + search);
      const answer = await answerOf(options, request);
      if (answer !== undefined) return answer;
      if (pathname === "/v1/samples/stream") return stream();
      return Response.json({ code: 0, msg: "ok", data: options.report });
    },
    onListen: (address) => endpoint.announce(address),
  });
  const signal = new AbortController().signal;
  await server.start(signal);
  try {
    await use({
      asked,
      send,
      endStreams,
      get listeners() {
        return listeners.size;
      },
    });
  } finally {
    endStreams();
    await server.stop(signal);
    await endpoint.withdraw();
  }
}

async function answerOf({ answer }: FakeAgentOptions, request: Request): Promise<Response | undefined> {
  try {
    const data = await answer?.(request);
    if (data === undefined || data instanceof Response) return data;
    return Response.json({ code: 0, msg: "ok", data });
  } catch (thrown) {
    const { meaning, message } = toAppError(thrown);
    return Response.json({ code: meaning.number, msg: message, data: null }, { status: meaning.http });
  }
}

function eventsOf(readings: readonly CollectorReading[]): Uint8Array {
  const text = readings.map((reading) => `: keep-alive\n\nevent: sample\ndata: ${JSON.stringify(reading)}\n\n`).join(
    "",
  );
  return new TextEncoder().encode(text);
}
