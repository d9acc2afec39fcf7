/** A manager that is attacked while a real host of it goes about its business, and how both are afterwards. */
import assert from "node:assert/strict";
import { type HostView, hostView, type JoinToken, loginAnswer, madeJoinToken } from "../../../src/protocol/mod.ts";
import { type Answer, IS_LATER, type World } from "../agent.ts";
import { IS_LINUX, readProc } from "../host.ts";
import { Managed, type ManagedOptions, PASSWORD, USER } from "../managed.ts";
import { HostileHost, type Told, toldBy } from "./host.ts";

const MIB = 1024 * 1024;
/** What an attack may leave in memory; each tries for many times as much. */
const MAX_GROWTH_BYTES = 384 * MIB;
const MAX_ANSWER_MS = 3_000;

export interface AttackedOptions extends ManagedOptions {
  readonly hostConfig?: string;
}

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

export interface SignedIn {
  readonly secret: string;
  ask(method: string, path: string, body?: unknown): Promise<Told>;
}

export class Attacked implements AsyncDisposable {
  readonly managed: Managed;
  /** The host that nobody may harm. */
  readonly host: World;
  readonly hostId: string;
  readonly #pid: number;
  readonly #restingBytes: number;
  readonly #sinceMs: number;

  private constructor(of: { managed: Managed; host: World; hostId: string; pid: number; sinceMs: number }) {
    this.managed = of.managed;
    this.host = of.host;
    this.hostId = of.hostId;
    this.#pid = of.pid;
    this.#sinceMs = of.sinceMs;
    this.#restingBytes = memoryOf(of.pid);
  }

  static async create({ hostConfig = "", ...options }: AttackedOptions = {}): Promise<Attacked> {
    const managed = await Managed.create({ listen: "http://127.0.0.1:0", ...options });
    try {
      const host = await managed.host("web-1", hostConfig, ["env=prod"]);
      const { id: hostId, sinceMs } = await managed.untilHost("web-1", ({ state }) => state === "online", "is online");
      return new Attacked({ managed, host, hostId, sinceMs, pid: await managed.managerPid() });
    } catch (error) {
      await managed[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.managed.url;
  }

  get hostName(): string {
    return new URL(this.url).host;
  }

  /** What the API answers to a change by the owner of the manager's files. */
  async post(path: string, body: unknown): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    return await this.managed.api(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** A join token, good for as many hosts as wanted. */
  async token(change: Readonly<Record<string, unknown>> = {}): Promise<JoinToken & { readonly secret: string }> {
    const { envelope: { data } } = await this.post("/api/v1/join-tokens", { maxUses: 1_000, ...change });
    const { token, secret } = madeJoinToken().parse(data);
    return { ...token, secret };
  }

  /** Somebody who has signed in over the network, as its admin unless another is given. */
  async signIn({ name = USER, password = PASSWORD }: Partial<Credentials> = {}): Promise<SignedIn> {
    const told = await this.ask("POST", "/api/v1/sessions", { name, password, bearer: true });
    const { token: secret = "" } = loginAnswer().parse(told.data);
    const bearer = { authorization: `Bearer ${secret}` };
    return { secret, ask: (method, path, body) => this.ask(method, path, body, bearer) };
  }

  /** Over the network, as anybody can. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Told> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { "content-type": "application/json" };
    return await toldBy(await fetch(this.url + path, { method, ...json, headers: { ...type, ...headers } }));
  }

  async mallory(name = "mallory"): Promise<HostileHost> {
    return await HostileHost.join(this.url, (await this.token()).secret, name);
  }

  async view(hostId: string): Promise<HostView> {
    return hostView().parse((await this.managed.api(`/api/v1/hosts/${hostId}`)).envelope.data);
  }

  /** The manager answers as quickly as ever, needs no more memory, and has not failed; the host was never away. */
  async unharmed(): Promise<void> {
    const begunMs = performance.now();
    const response = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(MAX_ANSWER_MS) });
    const { data } = await response.json();
    assert.deepEqual([response.status, data.state], [200, "ok"], JSON.stringify(data));
    assert.ok(performance.now() - begunMs < MAX_ANSWER_MS, "it answers quickly");
    assert.equal(await this.managed.managerPid(), this.#pid, "it is the same program as before");
    const grownBytes = memoryOf(this.#pid) - this.#restingBytes;
    assert.ok(grownBytes < MAX_GROWTH_BYTES, `it has grown by ${Math.round(grownBytes / MIB)} MiB`);
    const { state, sinceMs } = await this.view(this.hostId);
    assert.deepEqual([state, sinceMs], ["online", this.#sinceMs]);
    assert.deepEqual(await this.failures(), []);
  }

  /** What the manager's log has that only a failure of its own can put there. */
  async failures(): Promise<string[]> {
    const lines = (await Deno.readTextFile(`${this.managed.dataDir}/manager.log`)).trimEnd().split("\n");
    return lines.filter((line) => JSON.parse(line).level === "error" || line.includes("unexpected error"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.managed[Symbol.asyncDispose]();
  }
}

/** Registers a test whose steps attack one manager; it must be unharmed after each. */
export function attacks(
  name: string,
  steps: Readonly<Record<string, (attacked: Attacked) => Promise<void>>>,
  options: AttackedOptions = {},
): void {
  Deno.test({
    name,
    ignore: IS_LATER || Deno.build.os === "windows",
    fn: async (test) => {
      await using attacked = await Attacked.create(options);
      for (const [sentence, attack] of Object.entries(steps)) {
        await test.step(sentence, async () => {
          await attack(attacked);
          await attacked.unharmed();
        });
      }
    },
  });
}

/** 0 where that cannot be told. */
function memoryOf(pid: number): number {
  if (!IS_LINUX) return 0;
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`)) ?? [];
  return Number(kib) * 1024;
}
