/** A small manager in this process: enrolment, handshake and reports as the protocol says, with whatever a test wants of it. */
import assert from "node:assert/strict";
import {
  type Backfill,
  backfill,
  ENROL_PATH,
  enrolmentText,
  type EnrolRequest,
  enrolRequest,
  eventsReport,
  type HostHeartbeat,
  hostHeartbeat,
  type HostHeartbeatAnswer,
  type ProcessEvent,
  type Proof,
  proof,
  proofText,
  type Refusal,
  REPORT_PATHS,
  type TaskResult,
  taskResultReport,
  TUNNEL_PATH,
  TUNNEL_SUBPROTOCOL,
  type Welcome,
} from "../../src/protocol/mod.ts";
import { createSession, type Session, TUNNEL_ORIGIN, webSocketTransport } from "../../src/tunnel/mod.ts";
import { until } from "./host.ts";

const SERIES = ["cpu.usage_percent", "memory.used_percent", "disk.used_percent", "load.load1"];

/** What a test may change at any time. */
export interface Behaviour {
  managerId: string;
  /** Each is good once. */
  readonly tokens: Set<string>;
  /** Says no to whoever proves itself. */
  refuse: Omit<Refusal, "type"> | null;
  intervalMs: number;
  have: Welcome["have"];
  /** Joined to each heartbeat's answer. */
  answer: Partial<HostHeartbeatAnswer>;
  /** Takes the place of any report's answer, unless it gives null. */
  onReport: ((path: string, body: unknown) => Promise<Response> | Response | null) | null;
  /** Says nothing any more once it has said welcome, as a link that was cut without a word. */
  isMute: boolean;
  /** What a new connection is sent instead of a challenge. */
  greeting: string | Uint8Array | null;
  /** Of the certificate authority that it shows. */
  authority: string;
}

export interface FakeManager extends AsyncDisposable {
  readonly behaviour: Behaviour;
  readonly port: number;
  /** For `manager.address`. */
  readonly address: string;
  readonly hosts: Map<string, string>;
  readonly enrolments: EnrolRequest[];
  readonly proofs: Proof[];
  readonly heartbeats: HostHeartbeat[];
  readonly backfills: Backfill[];
  readonly events: ProcessEvent[];
  readonly results: TaskResult[];
  /** How many connections there were at a time, at most. */
  readonly mostSessions: number;
  /** The connection there is, once there is one. */
  session(): Promise<Session>;
  /** What the agent answers to a request through the tunnel. */
  ask(path: string, init?: RequestInit): Promise<{ status: number; code: number; msg: string; data: unknown }>;
  /** Breaks all connections without a word, as a manager that is killed. */
  drop(): void;
}

export interface FakeManagerOptions extends Partial<Behaviour> {
  readonly hostname?: string;
  readonly port?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Hosts that have joined before: a manager that was restarted. */
  readonly hosts?: Map<string, string>;
}

export function startFakeManager(options: FakeManagerOptions = {}): FakeManager {
  const { hostname = "127.0.0.1", port = 0, tls, hosts = new Map(), ...given } = options;
  return new Manager({ hostname, port, tls, hosts }, {
    managerId: "manager-1",
    tokens: new Set(["join-token-1"]),
    refuse: null,
    intervalMs: 1_000,
    have: { sampleMs: null, eventSeq: 0 },
    answer: {},
    onReport: null,
    isMute: false,
    greeting: null,
    authority: "",
    ...given,
  });
}

class Manager implements FakeManager {
  readonly behaviour: Behaviour;
  readonly hosts: Map<string, string>;
  readonly enrolments: EnrolRequest[] = [];
  readonly proofs: Proof[] = [];
  readonly heartbeats: HostHeartbeat[] = [];
  readonly backfills: Backfill[] = [];
  readonly events: ProcessEvent[] = [];
  readonly results: TaskResult[] = [];
  mostSessions = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #isEncrypted: boolean;
  readonly #sockets = new Set<WebSocket>();
  readonly #sessions = new Set<Session>();

  constructor(
    { hostname, port, tls, hosts }: {
      hostname: string;
      port: number;
      tls: FakeManagerOptions["tls"];
      hosts: Map<string, string>;
    },
    behaviour: Behaviour,
  ) {
    this.behaviour = behaviour;
    this.hosts = hosts;
    this.#isEncrypted = tls !== undefined;
    this.#server = Deno.serve({ hostname, port, onListen() {}, ...tls }, (request) => this.#answer(request));
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get address(): string {
    return `${this.#isEncrypted ? "wss" : "ws"}://${this.#server.addr.hostname}:${this.port}`;
  }

  async session(): Promise<Session> {
    await until(() => this.#sessions.size > 0, "the agent is connected");
    const [session] = this.#sessions;
    return session ?? assert.fail();
  }

  async ask(path: string, init: RequestInit = {}) {
    const session = await this.session();
    const headers = { "content-type": "application/json" };
    const response = await session.fetch(new Request(TUNNEL_ORIGIN + path, { headers, ...init }));
    return { status: response.status, ...await response.json() };
  }

  drop(): void {
    for (const socket of this.#sockets) socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/ca.pem") return new Response(this.behaviour.authority);
    if (pathname === ENROL_PATH) return await this.#enrol(enrolRequest().parse(await request.json()));
    if (pathname !== TUNNEL_PATH) return new Response("not here", { status: 404 });
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: TUNNEL_SUBPROTOCOL, idleTimeout: 0 });
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#greet(socket));
    return response;
  }

  async #enrol(asked: EnrolRequest): Promise<Response> {
    this.enrolments.push(asked);
    const text = enrolmentText(asked.publicKey, asked.token, asked.timeMs);
    if (!await isSignedBy(asked.publicKey, asked.signature, text)) return problem(401, 10003, "The signature is wrong");
    const known = [...this.hosts].find(([, key]) => key === asked.publicKey)?.[0];
    if (known === undefined && !this.behaviour.tokens.delete(asked.token)) {
      return problem(401, 10003, "The join token is used up");
    }
    const hostId = known ?? `host-${this.hosts.size + 1}`;
    this.hosts.set(hostId, asked.publicKey);
    return data({ hostId, managerId: this.behaviour.managerId, name: `name-of-${hostId}` });
  }

  #greet(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket), { once: true });
    if (this.behaviour.greeting !== null) return socket.send(this.behaviour.greeting as string);
    const { managerId } = this.behaviour;
    const nonce = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
    const challenge = { type: "challenge", managerId, nonce, timeMs: Date.now() } as const;
    socket.addEventListener("message", ({ data }) => void this.#judge(socket, challenge, String(data)), { once: true });
    socket.send(JSON.stringify(challenge));
  }

  async #judge(socket: WebSocket, challenge: Parameters<typeof proofText>[0], text: string): Promise<void> {
    const given = proof().parse(JSON.parse(text));
    this.proofs.push(given);
    const key = this.hosts.get(given.hostId);
    const isRight = key !== undefined && await isSignedBy(key, given.signature, proofText(challenge, given.hostId));
    const refusal = this.behaviour.refuse ?? (isRight ? null : { code: 10003, message: "There is no such host" });
    if (refusal !== null) {
      socket.send(JSON.stringify({ type: "refusal", ...refusal }));
      return socket.close();
    }
    const { intervalMs: heartbeatIntervalMs, have } = this.behaviour;
    const welcome = {
      sessionId: crypto.randomUUID(),
      name: "web-1",
      timeMs: Date.now(),
      heartbeatIntervalMs,
      series: SERIES,
      have,
    };
    socket.send(JSON.stringify({ type: "welcome", ...welcome }));
    if (this.behaviour.isMute) return;
    const session = createSession(webSocketTransport(socket), {
      role: "server",
      serve: (request) => this.#take(request),
      onEnd: () => this.#sessions.delete(session),
    });
    this.#sessions.add(session);
    this.mostSessions = Math.max(this.mostSessions, this.#sessions.size);
  }

  async #take(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const body: unknown = await request.json();
    const instead = await this.behaviour.onReport?.(pathname, body);
    if (instead !== undefined && instead !== null) return instead;
    switch (pathname) {
      case REPORT_PATHS.heartbeat:
        this.heartbeats.push(hostHeartbeat().parse(body));
        return data({ timeMs: Date.now(), intervalMs: this.behaviour.intervalMs, ...this.behaviour.answer });
      case REPORT_PATHS.backfill:
        this.backfills.push(backfill().parse(body));
        return data(null);
      case REPORT_PATHS.events: {
        const { events } = eventsReport().parse(body);
        this.events.push(...events);
        return data({ eventSeq: events.at(-1)?.seq ?? 0 });
      }
      case REPORT_PATHS.taskResult:
        this.results.push(taskResultReport().parse(body));
        return data(null);
      default:
        return problem(404, 10005, "There is no such report");
    }
  }
}

function data(data: unknown): Response {
  return Response.json({ code: 0, msg: "ok", data });
}

export function problem(status: number, code: number, msg: string): Response {
  return Response.json({ code, msg, data: null }, { status });
}

async function isSignedBy(publicKey: string, signature: string, text: string): Promise<boolean> {
  const base64url = { alphabet: "base64url" } as const;
  const raw = Uint8Array.fromBase64(publicKey, base64url);
  const key = await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return await crypto.subtle.verify(
    "Ed25519",
    key,
    Uint8Array.fromBase64(signature, base64url),
    new TextEncoder().encode(text),
  );
}
