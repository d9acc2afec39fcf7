import { join } from "node:path";
import { AppError, Duration, withinTime } from "../../core/mod.ts";
import { type Challenge, HANDSHAKE_TIMEOUT_MS, type HostFacts, type Proof, proofText } from "../../protocol/mod.ts";
import type { ManagerAddress } from "./addresses.ts";
import { openSocket } from "./dial.ts";
import { enrol, joinToken } from "./enrol.ts";
import { shakeHands } from "./handshake.ts";
import { type Enrolment, Identity } from "./identity.ts";
import { Link } from "./link.ts";
import type { LinkOptions } from "./link_contract.ts";
import { createManagerClient, type ManagerConfig } from "./trust.ts";

export interface ConnectorOptions extends Pick<LinkOptions, "clock" | "log" | "random" | "ports" | "memory"> {
  readonly workDir: string;
  readonly env: (name: string) => string | undefined;
  /** Tells this boot of the host from others; "" where that is not known. */
  readonly bootId: string;
  readonly onSettings: LinkOptions["onSettings"];
}

/** What has been learnt of the manager, for whoever is shown it. */
export interface ConnectorFacts {
  readonly enrolment: Enrolment | null;
  /** How far this host's clock is ahead of the manager's. */
  readonly clockSkewMs: number | undefined;
}

const IDENTITY = "identity.json";
const AUTHORITY = "manager-ca.pem";

/** Makes one connection at a time: with an identity that it has or makes, of a host that is enrolled or becomes so. */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #runId = crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: "base64url", omitPadding: true });
  #identity: Identity | null = null;
  #clockSkewMs: number | undefined;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  get facts(): ConnectorFacts {
    return { enrolment: this.#identity?.enrolment ?? null, clockSkewMs: this.#clockSkewMs };
  }

  /** Whatever is wrong is an AppError, `retryable` where it can pass by itself. `config` gives it as it is now. */
  async connect(address: ManagerAddress, config: () => ManagerConfig, signal: AbortSignal): Promise<Link> {
    const identity = await this.#ownIdentity();
    const facts = await this.#options.ports.facts(address.tunnelUrl.hostname, signal);
    const timeoutMs = config().timeout.ms;
    const opened = await this.#inTime(timeoutMs, "a connection", address, signal, async (limit) => {
      const client = await createManagerClient(this.#clientOptions(config()), address, limit);
      try {
        if (identity.enrolment === null) {
          await this.#enrol(address, client, { identity, facts, config: config() }, limit);
        }
        return await openSocket(address, client, limit);
      } finally {
        client.close(); // a socket that is open goes on without it
      }
    });
    return await this.#inTime(HANDSHAKE_TIMEOUT_MS, "an answer", address, signal, (limit) =>
      shakeHands(opened, {
        prove: (challenge) => this.#prove(challenge, identity, facts, address),
        begin: (welcome) =>
          new Link(opened.socket, welcome, {
            ...this.#options,
            managerId: enrolmentOf(identity).managerId,
            towards: address.tunnelUrl.hostname,
            facts,
            timeoutMs: () => config().timeout.ms,
          }),
      }, limit));
  }

  async #ownIdentity(): Promise<Identity> {
    if (this.#identity !== null) return this.#identity;
    const { workDir, log } = this.#options;
    const path = join(workDir, IDENTITY);
    const identity = await Identity.load(path) ?? await Identity.create(path);
    if (identity.isExposed) log.warn("other users of this host can read its identity; shut them out", { path });
    return this.#identity = identity;
  }

  #clientOptions(config: ManagerConfig) {
    return { config, env: this.#options.env, authorityPath: join(this.#options.workDir, AUTHORITY) };
  }

  async #enrol(
    address: ManagerAddress,
    client: Deno.HttpClient,
    { identity, facts, config }: { identity: Identity; facts: HostFacts; config: ManagerConfig },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log } = this.#options;
    const token = await joinToken(config);
    const enrolment = await enrol(address, client, { identity, token, facts, clock }, signal);
    await identity.enrol(enrolment);
    const { hostId, name } = enrolment;
    log.info("this host has joined the manager; the join token is not needed any more", {
      url: address.shown,
      hostId,
      name,
    });
  }

  async #prove(challenge: Challenge, identity: Identity, facts: HostFacts, address: ManagerAddress): Promise<Proof> {
    const { ports, bootId, clock } = this.#options;
    const { hostId, managerId } = enrolmentOf(identity);
    if (challenge.managerId !== managerId) {
      throw new AppError(
        "conflict",
        `The manager at ${address.shown} is not the one that this host has joined (${challenge.managerId}, not ` +
          `${managerId}): correct manager.address or, to join this one, move ${identity.path} away and give a join token`,
        { retryable: true },
      );
    }
    this.#clockSkewMs = Math.round(clock.nowMs() - challenge.timeMs);
    return {
      type: "proof",
      hostId,
      signature: await identity.sign(proofText(challenge, hostId)),
      runId: this.#runId,
      ...(bootId !== "" && { bootId }),
      facts,
      settingsVersion: ports.settings.version(managerId),
    };
  }

  async #inTime<T>(
    ms: number,
    what: string,
    { shown }: ManagerAddress,
    signal: AbortSignal,
    work: (limit: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const done = await withinTime(this.#options.clock, ms, signal, work);
    if (done.late !== true) return done.value;
    const message = `Cannot reach the manager at ${shown}: there was not ${what} within ${new Duration(ms)}`;
    throw new AppError("timeout", message, { retryable: true });
  }
}

function enrolmentOf({ enrolment }: Identity): Enrolment {
  if (enrolment !== null) return enrolment;
  throw new AppError("internal", "This host proves itself to a manager that it has not joined");
}
