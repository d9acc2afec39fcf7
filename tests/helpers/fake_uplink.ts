import { createHash } from "node:crypto";
import {
  type Challenge,
  enrolmentText,
  type EnrolRequest,
  type HostFacts,
  type HostHeartbeat,
  type Proof,
  proofText,
  type Refusal,
  REPORT_PATHS,
  type Welcome,
} from "../../src/protocol/mod.ts";
import { createSession, type Session, TUNNEL_ORIGIN, webSocketTransport } from "../../src/tunnel/mod.ts";
import { type FakeSocket, socketPair } from "./fake_sockets.ts";
import { settle } from "./tunnel_pair.ts";

const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

/** An agent's end of the uplink, of which each step can be made to go wrong. */
export class FakeUplink {
  hostId = "";
  runId = crypto.randomUUID();
  bootId: string | undefined = "boot-1";
  facts: HostFacts = { hostname: "web", os: "linux", arch: "x86_64", version: "0.1.0", machineId: "machine-1" };
  session: Session | null = null;
  socket: FakeSocket | null = null;
  /** The manager's end of the same. */
  managerSocket: FakeSocket | null = null;
  serve: (request: Request) => Response | Promise<Response> = () => new Response("from the agent");
  readonly publicKey: string;
  readonly #keys: CryptoKeyPair;

  private constructor(keys: CryptoKeyPair, publicKey: string) {
    this.#keys = keys;
    this.publicKey = publicKey;
  }

  static async create(): Promise<FakeUplink> {
    // The runtime's types know the name of the algorithm as a text only.
    const keys = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
    return new FakeUplink(keys, raw.toBase64(BASE64URL));
  }

  /** The same identity on another machine, as a copied disk has it. */
  clone(): FakeUplink {
    const copy = new FakeUplink(this.#keys, this.publicKey);
    copy.hostId = this.hostId;
    copy.facts = { ...this.facts };
    copy.bootId = "boot-of-the-copy";
    return copy;
  }

  async sign(text: string): Promise<string> {
    const signature = await crypto.subtle.sign("Ed25519", this.#keys.privateKey, new TextEncoder().encode(text));
    return new Uint8Array(signature).toBase64(BASE64URL);
  }

  async enrolRequest(token: string, timeMs: number): Promise<EnrolRequest> {
    const { publicKey, facts } = this;
    const signature = await this.sign(enrolmentText(publicKey, token, timeMs));
    return { token, publicKey, timeMs, signature, facts };
  }

  async proof(challenge: Challenge): Promise<Proof> {
    const { hostId, runId, bootId, facts } = this;
    const signature = await this.sign(proofText(challenge, hostId));
    return {
      type: "proof",
      hostId,
      signature,
      runId,
      ...bootId !== undefined && { bootId },
      facts,
      settingsVersion: 0,
    };
  }

  /** Shakes hands, by a proof that may be tampered with; gives what the manager says in the end. */
  async connect(
    accept: (socket: WebSocket) => void,
    tamper: (proof: Proof) => unknown = (proof) => proof,
  ): Promise<Welcome | Refusal> {
    const { client, server } = socketPair();
    [this.socket, this.managerSocket] = [client, server];
    accept(server.webSocket);
    const challenge: Challenge = await nextText(client);
    const given = tamper(await this.proof(challenge));
    const answer = nextText<Welcome | Refusal>(client, (verdict) => {
      if (verdict.type !== "welcome") return;
      this.session = createSession(webSocketTransport(client.webSocket), {
        role: "client",
        serve: (request) => this.serve(request),
      });
    });
    client.send(typeof given === "string" ? given : JSON.stringify(given));
    return await answer;
  }

  /** Asks something of the manager; gives the envelope with the HTTP status. */
  async report(path: string, body: unknown): Promise<{ status: number; code: number; msg: string; data: unknown }> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const request = new Request(TUNNEL_ORIGIN + path, { method: "POST", body: text });
    const response = await this.session?.fetch(request);
    if (response === undefined) throw new Error("there is no session");
    return { status: response.status, ...await response.json() };
  }

  heartbeat(nowMs: number, values: Partial<HostHeartbeat> = {}) {
    const beat: HostHeartbeat = { timeMs: nowMs, state: "ok", sample: null, settingsVersion: 0, ...values };
    return this.report(REPORT_PATHS.heartbeat, beat);
  }
}

/** The next text message; `now` sees it in the very moment. Rejects when the socket closes before. */
export function nextText<T>(socket: FakeSocket, now: (value: T) => void = () => {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    socket.addEventListener("message", (event) => {
      const { data } = event as MessageEvent;
      if (typeof data !== "string") return;
      done.abort();
      const value: T = JSON.parse(data);
      now(value);
      resolve(value);
    }, { signal: done.signal });
    socket.addEventListener("close", (event) => {
      done.abort();
      reject(new Error(`closed with ${(event as CloseEvent).code}`));
    }, { signal: done.signal });
  });
}

export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

export { settle };
