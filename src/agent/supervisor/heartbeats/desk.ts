import { type Clock, oneLine } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { checkRequest } from "./beat.ts";
import type { BeatRelay } from "./beat_relay.ts";
import type { Beat, HeartbeatPorts } from "./contract.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What a request is answered with, whatever carries it. */
export interface DeskAnswer {
  readonly status: number;
  /** JSON. */
  readonly text: string;
  /** A header of its own, whole; "" for none. */
  readonly header: string;
}

/** Why a heartbeat was not taken; the names are those of GET /heartbeat/stats. */
export type Refusal =
  | "bad_request"
  | "unknown_agent"
  | "not_running"
  | "rate_limited"
  | "too_large"
  | "wrong_method"
  | "forbidden"
  | "not_found";

export interface HeartbeatStats {
  readonly since: string;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: Readonly<Partial<Record<Refusal, number>>>;
  readonly agents: readonly HeartbeatAgentStats[];
}

export interface HeartbeatAgentStats {
  readonly agent_id: string;
  readonly count: number;
  readonly last: string;
  readonly pid: number;
  readonly status?: string;
}

export interface DeskOptions {
  readonly rateLimit: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: HeartbeatPorts;
  readonly relay: BeatRelay;
}

interface Sender {
  count: number;
  lastMs: number;
  takenAtMs: number;
  pid: number;
  status: string | undefined;
}

/**
 * Over the limit, each process is still heard once in that time: a flood of one must not make the others look silent,
 * and have them restarted.
 */
const RESERVED_EACH_MS = 1_000;
const LOG_GAP_MS = 60_000;
/** Senders that are no processes any more are forgotten when there are so many more than there were. */
const FORGET_EVERY = 256;
const MAX_SHOWN_ID = 80;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Takes heartbeats and answers them; it knows nothing of connections. Nothing here grows with the number of beats. */
export class HeartbeatDesk {
  readonly #options: DeskOptions;
  readonly #bucket: TokenBucket;
  readonly #senders = new Map<string, Sender>();
  readonly #rejected: Partial<Record<Refusal, number>> = {};
  readonly #sinceMs: number;
  #received = 0;
  #accepted = 0;
  #loggedMs = -Infinity;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(options.rateLimit, options.clock.monotonicMs());
    this.#sinceMs = options.clock.nowMs();
  }

  answer(method: string, path: string, body: Uint8Array): DeskAnswer {
    if (path === "/heartbeat") {
      return method === "POST" ? this.#heartbeat(body) : this.#wrongMethod(path, "POST");
    }
    if (path === "/heartbeat/stats") {
      return method === "GET" ? ok(JSON.stringify(this.stats())) : this.#wrongMethod(path, "GET");
    }
    return this.refuse("not_found", 404, "there are POST /heartbeat and GET /heartbeat/stats here");
  }

  /** Counts and words a request that is not taken. */
  refuse(refusal: Refusal, status: number, reason: string, header = ""): DeskAnswer {
    this.#rejected[refusal] = (this.#rejected[refusal] ?? 0) + 1;
    return { status, text: this.#answerText(false, reason), header };
  }

  stats(): HeartbeatStats {
    this.#forget();
    return {
      since: new Date(this.#sinceMs).toISOString(),
      received: this.#received,
      accepted: this.#accepted,
      rejected: { ...this.#rejected },
      agents: [...this.#senders].map(([agent_id, { count, lastMs, pid, status }]) => ({
        agent_id,
        count,
        last: new Date(lastMs).toISOString(),
        pid,
        ...(status !== undefined && { status }),
      })),
    };
  }

  #heartbeat(body: Uint8Array): DeskAnswer {
    this.#received++;
    const { clock, ports } = this.#options;
    const nowMs = clock.monotonicMs();
    const isWithinLimit = this.#bucket.take(nowMs);
    const checked = checkRequest(jsonOf(body));
    if (checked.ok) {
      const state = ports.find(checked.id);
      if (state === "running") {
        const sender = this.#sender(checked.id);
        if (!isWithinLimit && nowMs - sender.takenAtMs < RESERVED_EACH_MS) return this.#overLimit(nowMs);
        return this.#accept(checked.id, checked.beat, sender, nowMs);
      }
      if (!isWithinLimit) return this.#overLimit(nowMs);
      const id = JSON.stringify(oneLine(checked.id, MAX_SHOWN_ID));
      // 409 and not 200: the beat counts for nothing, and who sends it should learn that the supervisor means another.
      return state === "unknown"
        ? this.refuse("unknown_agent", 404, `no process has the id ${id}; agent_id must be the id of one in processes:`)
        : this.refuse("not_running", 409, `the process ${id} is not running under this agent`);
    }
    return isWithinLimit ? this.refuse("bad_request", 400, checked.problem) : this.#overLimit(nowMs);
  }

  #accept(id: string, beat: Beat, sender: Sender, nowMs: number): DeskAnswer {
    this.#accepted++;
    sender.count++;
    sender.takenAtMs = nowMs;
    sender.lastMs = this.#options.clock.nowMs();
    sender.pid = beat.pid ?? 0;
    sender.status = beat.status;
    this.#options.relay.take(id, beat);
    return ok(this.#answerText(true, "heartbeat received"));
  }

  #sender(id: string): Sender {
    const known = this.#senders.get(id);
    if (known !== undefined) return known;
    if (this.#senders.size % FORGET_EVERY === FORGET_EVERY - 1) this.#forget();
    const sender: Sender = { count: 0, lastMs: 0, takenAtMs: -Infinity, pid: 0, status: undefined };
    this.#senders.set(id, sender);
    return sender;
  }

  #forget(): void {
    for (const id of this.#senders.keys()) {
      if (this.#options.ports.find(id) === "unknown") this.#senders.delete(id);
    }
  }

  #overLimit(nowMs: number): DeskAnswer {
    const { rateLimit, log } = this.#options;
    if (nowMs - this.#loggedMs >= LOG_GAP_MS) {
      this.#loggedMs = nowMs;
      log.warn("heartbeats are refused because there are too many of them", { perSecond: rateLimit });
    }
    const reason = `more than ${rateLimit} heartbeats a second; send them less often`;
    return this.refuse("rate_limited", 429, reason, "retry-after: 1\r\n");
  }

  #wrongMethod(path: string, allowed: string): DeskAnswer {
    return this.refuse("wrong_method", 405, `${path} answers ${allowed} only`, `allow: ${allowed}\r\n`);
  }

  /** The form that existing programs expect; see `heartbeatAnswer` in protocol/. */
  #answerText(success: boolean, message: string): string {
    const timestamp = new Date(this.#options.clock.nowMs()).toISOString();
    return `{"success":${success},"message":${JSON.stringify(message)},"timestamp":"${timestamp}"}`;
  }
}

function ok(text: string): DeskAnswer {
  return { status: 200, text, header: "" };
}

/** Undefined for what is no JSON, which then is no JSON object either. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined; // no JSON, or no UTF-8
    throw error;
  }
}
