/** A host that has a key of its own and speaks the real protocol, for tests that mean no good. */
import {
  type Challenge,
  challenge,
  ENROL_PATH,
  type EnrolAnswer,
  enrolAnswer,
  enrolmentText,
  type EnrolRequest,
  handshakeVerdict,
  type HostFacts,
  type HostHeartbeat,
  type Proof,
  proofText,
  type Refusal,
  TUNNEL_PATH,
  TUNNEL_SUBPROTOCOL,
  type Welcome,
} from "../../../src/protocol/mod.ts";
import {
  createSession,
  type ServeHandler,
  type Session,
  TUNNEL_ORIGIN,
  webSocketTransport,
} from "../../../src/tunnel/mod.ts";
import { until } from "../host.ts";

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;
export const FACTS: HostFacts = { hostname: "mallory", os: "linux", arch: "x86_64", version: "0.0.0" };

/** The answer of an API that speaks in envelopes. */
export interface Told {
  readonly status: number;
  readonly code: number;
  readonly msg: string;
  readonly data: unknown;
}

export async function toldBy(response: Response): Promise<Told> {
  return { status: response.status, ...await response.json() };
}

export interface HostKey {
  readonly publicKey: string;
  sign(text: string): Promise<string>;
}

export async function newKey(): Promise<HostKey> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    publicKey: raw.toBase64(BASE64URL),
    async sign(text) {
      const signature = await crypto.subtle.sign("Ed25519", pair.privateKey, new TextEncoder().encode(text));
      return new Uint8Array(signature).toBase64(BASE64URL);
    },
  };
}

export interface EnrolChange {
  /** Who signs, if not the key itself. */
  readonly signer?: HostKey;
  readonly timeMs?: number;
  readonly name?: string;
}

export async function enrolBody(key: HostKey, token: string, change: EnrolChange = {}): Promise<EnrolRequest> {
  const { signer = key, timeMs = Date.now(), name } = change;
  const { publicKey } = key;
  const signature = await signer.sign(enrolmentText(publicKey, token, timeMs));
  return { token, publicKey, timeMs, signature, facts: FACTS, ...name !== undefined && { name } };
}

export async function enrol(url: string, body: unknown): Promise<Told> {
  const headers = { "content-type": "application/json" };
  return await toldBy(await fetch(url + ENROL_PATH, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** A new connection, before it has proved anything. */
export class Newcomer {
  readonly socket: WebSocket;
  readonly #messages: unknown[] = [];
  #closed: { readonly code: number; readonly afterMs: number } | null = null;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    const begunMs = performance.now();
    socket.addEventListener("message", this.#keep);
    socket.addEventListener("error", (event) => event.preventDefault());
    socket.addEventListener("close", ({ code }) => this.#closed ??= { code, afterMs: performance.now() - begunMs });
  }

  static async dial(url: string): Promise<Newcomer> {
    const at = `${url.replace(/^http/, "ws")}${TUNNEL_PATH}`;
    const newcomer = new Newcomer(new WebSocket(at, { protocols: [TUNNEL_SUBPROTOCOL] }));
    await until(() => newcomer.socket.readyState !== WebSocket.CONNECTING, "the connection is open, or refused");
    if (newcomer.socket.readyState !== WebSocket.OPEN) throw new Error("The connection was refused");
    return newcomer;
  }

  /** The next message; null when the other side has closed instead. */
  async next(): Promise<unknown> {
    await until(() => this.#messages.length > 0 || this.#closed !== null, "the manager says something, or closes");
    return this.#messages.shift() ?? null;
  }

  async challenge(): Promise<Challenge> {
    return challenge().parse(JSON.parse(String(await this.next())));
  }

  async verdict(): Promise<Welcome | Refusal> {
    return handshakeVerdict().parse(JSON.parse(String(await this.next())));
  }

  /** With which code it was closed, and when. */
  async closed(): Promise<{ readonly code: number; readonly afterMs: number }> {
    await until(() => this.#closed !== null, "the manager closes the connection");
    return this.#closed ?? { code: 0, afterMs: 0 };
  }

  /** From here on all that comes is the tunnel's. */
  release(): void {
    this.socket.removeEventListener("message", this.#keep);
  }

  readonly #keep = ({ data }: MessageEvent): void => void this.#messages.push(data);
}

/** What is changed of a proof before it is sent; what it gives is sent as it is. */
export type Tamper = (proof: Proof, challenge: Challenge) => unknown;

/** One who has joined, by his own key. */
export class HostileHost {
  readonly key: HostKey;
  readonly hostId: string;
  readonly #url: string;
  /** As of one run of an agent. */
  runId = crypto.randomUUID();

  constructor(url: string, key: HostKey, hostId: string) {
    this.#url = url;
    this.key = key;
    this.hostId = hostId;
  }

  static async join(url: string, token: string, name: string): Promise<HostileHost> {
    const key = await newKey();
    const told = await enrol(url, await enrolBody(key, token, { name }));
    const { hostId }: EnrolAnswer = enrolAnswer().parse(told.data);
    return new HostileHost(url, key, hostId);
  }

  async proof(challenge: Challenge, hostId = this.hostId): Promise<Proof> {
    const signature = await this.key.sign(proofText(challenge, hostId));
    return { type: "proof", hostId, signature, runId: this.runId, facts: FACTS, settingsVersion: 0 };
  }

  /** What the manager says to a proof like this. */
  async present(tamper: Tamper = (proof) => proof): Promise<{ verdict: Welcome | Refusal; newcomer: Newcomer }> {
    const newcomer = await Newcomer.dial(this.#url);
    const challenge = await newcomer.challenge();
    const sent = await tamper(await this.proof(challenge), challenge);
    newcomer.socket.send(typeof sent === "string" ? sent : JSON.stringify(sent));
    return { verdict: await newcomer.verdict(), newcomer };
  }

  /** A connection that was let in, on which nothing has been said yet. */
  async enter(): Promise<Newcomer> {
    const { verdict, newcomer } = await this.present();
    if (verdict.type !== "welcome") throw new Error(`It was refused: ${verdict.message}`);
    newcomer.release();
    return newcomer;
  }

  /** `serve` answers what the manager asks of it. */
  async connect(serve?: ServeHandler): Promise<HostileSession> {
    const { socket } = await this.enter();
    const options = { role: "client", ...serve !== undefined && { serve } } as const;
    return new HostileSession(createSession(webSocketTransport(socket), options));
  }
}

/** Its tunnel. */
export class HostileSession implements Disposable {
  readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Told> {
    return await toldBy(await this.session.fetch(new Request(TUNNEL_ORIGIN + path, init)));
  }

  /** As text it is sent as it is. */
  async report(path: string, body: unknown): Promise<Told> {
    return await this.ask(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
  }

  [Symbol.dispose](): void {
    this.session.close();
  }
}

export function heartbeat(more: Partial<Record<keyof HostHeartbeat, unknown>> = {}): Record<string, unknown> {
  return { timeMs: Date.now(), state: "ok", sample: null, settingsVersion: 0, ...more };
}
