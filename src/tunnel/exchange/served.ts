import { AppError } from "../../core/mod.ts";
import type { TunnelLimits } from "../limits.ts";
import type { StreamObserver, YamuxStream } from "../yamux/stream.ts";
import { bodyOf, BodyPump, BodySource, cancelQuietly } from "./body.ts";
import { type ServeHandler, type ServeInfo, TUNNEL_ORIGIN } from "./contract.ts";
import { StreamDuplex } from "./duplex.ts";
import { BadHead, decodeRequestHead, encodeHead, type HeaderPairs, pairsOf, type RequestHead } from "./head.ts";
import { HeadReader } from "./head_reader.ts";
import { allowUpgrade, UPGRADE_MARK, type UseDuplex, wantedUpgrade } from "./upgrade.ts";

/** What served exchanges have in common. */
export interface ServeContext {
  readonly limits: TunnelLimits;
  readonly serve: ServeHandler | undefined;
  readonly info: ServeInfo;
  readonly onServeError: ((error: unknown, request: Request) => void) | undefined;
  /** How many handlers run, and their answers' bodies. */
  served: number;
}

/** One exchange that the other side opened: takes the request, has it handled, and sends the answer. */
export class ServedExchange implements StreamObserver {
  readonly #context: ServeContext;
  readonly #stream: YamuxStream;
  readonly #gone = new AbortController();
  #reader: HeadReader | null;
  #source: BodySource | StreamDuplex | null = null;
  #pump: BodyPump | null = null;

  constructor(stream: YamuxStream, context: ServeContext) {
    this.#stream = stream;
    this.#context = context;
    this.#reader = new HeadReader(context.limits);
    stream.observer = this;
  }

  onReadable(): void {
    if (this.#reader === null) return this.#source?.onReadable();
    try {
      const json = this.#reader.read(this.#stream);
      if (json === null) return;
      this.#reader = null;
      this.#begin(decodeRequestHead(json, this.#context.limits));
    } catch (error) {
      this.#reader = null;
      this.#answerShortly(error instanceof BadHead ? error.status : 500);
    }
  }

  onBroken(error: AppError): void {
    this.#reader = null;
    this.#gone.abort(error);
    this.#source?.onBroken(error);
    this.#pump?.stop(error);
  }

  #begin(head: RequestHead): void {
    const { serve, limits } = this.#context;
    if (serve === undefined) return this.#answerShortly(501);
    if (this.#context.served >= limits.maxServed) return this.#answerShortly(503);
    void this.#handle(serve, this.#request(head));
  }

  #request({ method, path, headers }: RequestHead): Request {
    const source = this.#source = new BodySource(this.#stream);
    const body = method === "GET" || method === "HEAD" ? null : bodyOf(this.#stream, source);
    try {
      return new Request(TUNNEL_ORIGIN + path, { method, headers, body, signal: this.#gone.signal });
    } catch {
      throw new BadHead(400, "no request that can be made"); // such as CONNECT, which the web platform forbids
    }
  }

  /** Never rejects. */
  async #handle(serve: ServeHandler, request: Request): Promise<void> {
    this.#context.served++;
    try {
      allowUpgrade(request);
      const response = await serve(request, this.#context.info);
      const use = wantedUpgrade(request, response);
      if (this.#stream.broken !== null) await this.#drop(response);
      else if (use !== null) await this.#upgrade(response, use);
      else await this.#answer(request, response);
    } catch (error) {
      this.#fail(error, request);
    } finally {
      this.#context.served--;
    }
  }

  async #answer(request: Request, response: Response): Promise<void> {
    this.#writeHead(response.status, pairsOf(response.headers));
    if (response.body === null || request.method === "HEAD") {
      this.#stream.finish();
      await this.#drop(response);
    } else {
      this.#pump = new BodyPump(response.body, this.#stream);
      const failure = await this.#pump.run();
      if (failure !== null) this.#context.onServeError?.(failure, request);
    }
    // The handler has seen what it wanted of the request.
    this.#stream.wantNoMore();
  }

  async #upgrade(response: Response, use: UseDuplex): Promise<void> {
    this.#writeHead(101, pairsOf(response.headers));
    const duplex = new StreamDuplex(this.#stream, new BodySource(this.#stream));
    this.#source = duplex;
    await use(duplex);
    this.#stream.finish();
    this.#stream.wantNoMore();
  }

  #fail(error: unknown, request: Request): void {
    // A handler whose asker is gone may fail in any way that it likes.
    if (!this.#gone.signal.aborted) this.#context.onServeError?.(error, request);
    if (this.#hasAnswered) this.#stream.reset(new AppError("internal", "The answer could not be completed"));
    else this.#answerShortly(500);
  }

  #hasAnswered = false;

  #writeHead(status: number, headers: HeaderPairs): void {
    const sent = headers.filter(([name]) => name !== UPGRADE_MARK);
    const head = encodeHead({ status, headers: sent }, this.#context.limits);
    this.#hasAnswered = true;
    this.#stream.write(head);
  }

  /** A status without a body, whatever became of the request. */
  #answerShortly(status: number): void {
    if (this.#stream.broken !== null) return;
    this.#writeHead(status, []);
    this.#stream.finish();
    this.#stream.wantNoMore();
  }

  async #drop(response: Response): Promise<void> {
    if (response.body !== null && !response.body.locked) await cancelQuietly(response.body, this.#gone.signal.reason);
  }
}
