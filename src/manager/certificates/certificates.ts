import { type Clock, Duration, messageOf } from "../../core/mod.ts";
import { createStateLog, type Logger, type StateLog } from "../../log/mod.ts";
import type { NamesInUse, ServerCertificate } from "./contract.ts";
import { givenCertificate, type GivenFiles } from "./given.ts";
import { ownCertificate } from "./own.ts";

export interface CertificatesOptions {
  /** The user's own certificate, or null for one that the manager makes. */
  readonly given: GivenFiles | null;
  /** Where the manager's own is kept. */
  readonly dir: string;
  readonly names: () => Promise<NamesInUse>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Serves with another certificate from now on. */
  readonly onChange: (certificate: ServerCertificate) => Promise<void>;
  /** Told of what people must see to; null when all is well again. */
  readonly onTrouble: (reason: string | null) => void;
}

/** Certificates of 90 days are renewed by others when 30 are left; then there is this long to find out that they are not. */
const ENDS_SOON_MS = 14 * 24 * 60 * 60 * 1000;
const LOOK_EVERY_MS = 60 * 60 * 1000;

/**
 * The certificate that is served with. Every hour, and when it is told to, it looks whether there is a newer one: its
 * own is renewed in time, a given one is read again. One that cannot be used changes nothing but the status.
 */
export class Certificates {
  readonly #options: CertificatesOptions;
  readonly #trouble: StateLog;
  #given: GivenFiles | null;
  #current: ServerCertificate | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CertificatesOptions) {
    this.#options = options;
    this.#given = options.given;
    this.#trouble = createStateLog(options.log, options.clock, "renewal of the certificate");
  }

  component(dependsOn: readonly string[]) {
    return {
      name: "certificates",
      dependsOn,
      start: async (signal: AbortSignal): Promise<void> => {
        signal.throwIfAborted();
        this.#current = await this.#load();
        this.#tell(this.#current);
        signal.throwIfAborted();
        this.#timer = setInterval(() => void this.refresh(), LOOK_EVERY_MS);
      },
      stop: async (): Promise<void> => {
        clearInterval(this.#timer);
        this.#timer = undefined;
        await this.#last;
      },
    };
  }

  /** The one in force; null before the start. */
  found(): ServerCertificate | null {
    return this.#current ?? null;
  }

  /** Other files from now on; tried by the next refresh. */
  useFiles(given: GivenFiles | null): void {
    this.#given = given;
  }

  /** Looks for a newer certificate and has it served; false when there is none, or none that can be used. Never rejects. */
  refresh(): Promise<boolean> {
    const refreshing = this.#last.then(() => this.#refreshOnce());
    this.#last = refreshing;
    return refreshing;
  }

  async #refreshOnce(): Promise<boolean> {
    const { log, onChange, onTrouble } = this.#options;
    try {
      const next = await this.#load();
      const isNew = next.identity.cert !== this.#current?.identity.cert;
      if (isNew) {
        await onChange(next);
        this.#current = next;
        log.info("certificate changed", { validTo: new Date(next.toMs).toISOString() });
      }
      this.#trouble.recovered();
      this.#tell(next);
      return isNew;
    } catch (error) {
      this.#trouble.failed(messageOf(error));
      onTrouble(messageOf(error));
      return false;
    }
  }

  async #load(): Promise<ServerCertificate> {
    const { dir, names, clock, log } = this.#options;
    const nowMs = clock.nowMs();
    return this.#given === null
      ? await ownCertificate({ dir, names: await names(), nowMs, log })
      : await givenCertificate(this.#given, nowMs);
  }

  #tell({ toMs }: ServerCertificate): void {
    const leftMs = toMs - this.#options.clock.nowMs();
    const days = new Duration(Math.max(0, Math.floor(leftMs / 86_400_000) * 86_400_000));
    this.#options.onTrouble(leftMs < ENDS_SOON_MS ? `the certificate ends in ${days}; renew it` : null);
  }
}
