import { AppError } from "../../core/mod.ts";
import type { TunnelLimits } from "../limits.ts";
import type { StreamObserver, YamuxStream } from "../yamux/stream.ts";
import { bodyOf, BodyPump, BodySource } from "./body.ts";
import { decodeResponseHead, encodeHead, pairsOf, type ResponseHead } from "./head.ts";
import { HeadReader } from "./head_reader.ts";
import { StreamDuplex } from "./duplex.ts";

/** Statuses that a Response takes no body with. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Path and query of an absolute address, which is how a Request has it. */
export function pathOf(url: string): string {
  const hash = url.indexOf("#");
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  return hash < 0 ? url.slice(start) : url.slice(start, hash);
}

/** One exchange that this side opened: sends the request, and gives the answer once its head is there. */
export class OpenedExchange implements StreamObserver, EventListenerObject {
  readonly head: Promise<ResponseHead>;
  readonly #stream: YamuxStream;
  readonly #request: Request;
  readonly #limits: TunnelLimits;
  readonly #answer = Promise.withResolvers<ResponseHead>();
  #reader: HeadReader | null;
  #source: BodySource | StreamDuplex | null = null;
  #pump: BodyPump | null = null;

  /**
   * The head is encoded before, so that one that is too large opens no stream. `staysOpen` leaves this direction for raw
   * bytes after a request without a body.
   */
  constructor(stream: YamuxStream, request: Request, head: Uint8Array, limits: TunnelLimits, staysOpen: boolean) {
    this.#stream = stream;
    this.#request = request;
    this.#limits = limits;
    this.#reader = new HeadReader(limits);
    this.head = this.#answer.promise;
    stream.observer = this;
    request.signal.addEventListener("abort", this, { once: true });
    stream.write(head);
    if (!staysOpen) this.#sendBody(request.body);
  }

  static encode(request: Request, limits: TunnelLimits): Uint8Array {
    const { method, headers, url } = request;
    return encodeHead({ method, path: pathOf(url), headers: pairsOf(headers) }, limits);
  }

  #sendBody(body: ReadableStream<Uint8Array> | null): void {
    if (body === null) return this.#stream.finish();
    this.#pump = new BodyPump(body, this.#stream);
    void this.#pump.run();
  }

  response({ status, headers }: ResponseHead): Response {
    const source = new BodySource(this.#stream);
    this.#source = source;
    if (this.#request.method === "HEAD" || WITHOUT_BODY.has(status)) {
      this.#stream.wantNoMore();
      return new Response(null, { status, headers });
    }
    return new Response(bodyOf(this.#stream, source), { status, headers });
  }

  duplex(): StreamDuplex {
    return this.#source = new StreamDuplex(this.#stream, new BodySource(this.#stream));
  }

  finish(): void {
    this.#stream.finish();
  }

  reset(error: AppError): void {
    this.#stream.reset(error);
  }

  /** The request's signal has aborted. */
  handleEvent(): void {
    this.#stream.reset(new AppError("cancelled", "The request was aborted"));
  }

  onReadable(): void {
    if (this.#reader === null) return this.#source?.onReadable();
    try {
      const json = this.#reader.read(this.#stream);
      if (json === null) return;
      const head = decodeResponseHead(json, this.#limits);
      this.#reader = null;
      this.#answer.resolve(head);
    } catch (error) {
      const message = `The other side gave an answer that is none: ${error instanceof Error ? error.message : error}`;
      const failure = new AppError("unavailable", message);
      this.#answer.reject(failure); // the stream may be over already, and then nothing breaks any more
      this.#stream.reset(failure);
    }
  }

  onBroken(error: AppError): void {
    this.#request.signal.removeEventListener("abort", this);
    const reason: unknown = this.#request.signal.aborted ? this.#request.signal.reason : error;
    this.#answer.reject(reason);
    this.#pump?.stop(reason);
    if (this.#source instanceof StreamDuplex) this.#source.onBroken(error);
    else this.#source?.onBroken(reason);
  }

  onOver(): void {
    this.#request.signal.removeEventListener("abort", this);
  }
}
