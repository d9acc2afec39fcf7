import { dirname, join } from "node:path";
import { AppError, type Clock } from "../../../core/mod.ts";
import type { Logger } from "../../../log/mod.ts";
import { currentOs } from "../../../platform/mod.ts";
import { BeatRelay } from "./beat_relay.ts";
import type { HeartbeatPorts } from "./contract.ts";
import { parseNotification } from "./notification.ts";
import { ReadBudget } from "./read_budget.ts";
import { bindSocket, clearOwn, removeSocket, type SocketFile, type SocketOwner, socketTrouble } from "./unix_socket.ts";

export interface NotifySocketsOptions {
  /**
   * Where the sockets are; made when it is first needed. Nobody but the agent may write to it, and the users of the
   * processes must be able to pass through it and all above.
   */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ports: HeartbeatPorts;
  /** Told why a process cannot notify; null when it can again. */
  readonly onTrouble: (id: string, reason: string | null) => void;
}

/** A datagram socket for each process that speaks systemd's sd_notify. */
export interface NotifySockets {
  /** The value for NOTIFY_SOCKET, the same for the same id for ever; null where there is none, and then why was told. */
  open(id: string, owner?: SocketOwner): string | null;
  close(id: string): Promise<void>;
  closeAll(): Promise<void>;
}

/** The part of the runtime's unstable API that is used here; absent where it was not switched on. */
interface DatagramListener {
  receive(into: Uint8Array): Promise<[Uint8Array, unknown]>;
  close(): void;
}
type ListenDatagram = (options: { readonly transport: "unixpacket"; readonly path: string }) => DatagramListener;

interface Endpoint {
  readonly owner: SocketOwner;
  readonly listener: DatagramListener;
  readonly file: SocketFile;
  readonly closing: AbortController;
  readonly reading: Promise<void>;
}

/** What systemd takes at most. */
const MESSAGE_BYTES = 4 * 1024;
const MESSAGES_PER_SECOND = 1_000;
/** Others may pass through it to what they know the name of, and see and change nothing. */
const DIR_MODE = 0o711;
/** The room in sockaddr_un, less its final zero, on the system that has less of it. */
const MAX_PATH_BYTES = 103;
const PAUSE_MS = 1_000;

export function createNotifySockets(options: NotifySocketsOptions): NotifySockets {
  return new Sockets(options);
}

class Sockets implements NotifySockets {
  readonly #options: NotifySocketsOptions;
  readonly #relay: BeatRelay;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #troubles = new Map<string, string>();
  #hasDir = false;

  constructor(options: NotifySocketsOptions) {
    this.#options = options;
    this.#relay = new BeatRelay(options);
  }

  open(id: string, owner: SocketOwner = {}): string | null {
    const path = join(this.#options.dir, `${id}.sock`);
    const before = this.#endpoints.get(id);
    if (before !== undefined && before.owner.uid === owner.uid) return path;
    if (before !== undefined) this.#end(id, before);
    try {
      this.#endpoints.set(id, this.#bind(id, path, owner));
    } catch (error) {
      this.#tell(id, socketTrouble(path, error));
      return null;
    }
    this.#tell(id, closedOff(this.#options.dir, owner));
    return path;
  }

  async close(id: string): Promise<void> {
    const endpoint = this.#endpoints.get(id);
    this.#troubles.delete(id);
    if (endpoint === undefined) return;
    this.#end(id, endpoint);
    await endpoint.reading;
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#endpoints.keys()].map((id) => this.close(id)));
    this.#troubles.clear();
    if (this.#hasDir) removeDir(this.#options.dir);
    this.#hasDir = false;
  }

  #bind(id: string, path: string, owner: SocketOwner): Endpoint {
    const listen = listenDatagram();
    if (new TextEncoder().encode(path).length > MAX_PATH_BYTES) {
      throw new AppError(
        "invalid_config",
        `The path ${path} is too long for a socket; choose a shorter agent.work_dir`,
      );
    }
    makeDir(this.#options.dir);
    this.#hasDir = true;
    clearOwn(path, owner);
    const { listener, file } = bindSocket(path, owner, () => listen({ transport: "unixpacket", path }));
    const closing = new AbortController();
    return { owner, listener, file, closing, reading: this.#read(id, listener, closing.signal) };
  }

  #end(id: string, { listener, file, closing }: Endpoint): void {
    this.#endpoints.delete(id);
    closing.abort();
    listener.close();
    removeSocket(file);
    if (this.#endpoints.size === 0) this.#relay.stop();
  }

  async #read(id: string, listener: DatagramListener, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    const budget = new ReadBudget(clock, MESSAGES_PER_SECOND);
    const buffer = new Uint8Array(MESSAGE_BYTES);
    const utf8 = new TextDecoder();
    while (!signal.aborted) {
      try {
        const [message] = await listener.receive(buffer);
        this.#take(id, utf8.decode(message));
        await budget.spend(1, signal); // then the sender waits: what it says may be said but once
      } catch (error) {
        if (signal.aborted) return;
        log.error("a notification could not be read", { process: id, error });
        await clock.sleep(PAUSE_MS, signal).catch(() => {
          // It is closed meanwhile, which ends the loop.
        });
      }
    }
  }

  #take(id: string, text: string): void {
    const beat = parseNotification(text);
    if (beat !== null && this.#options.ports.find(id) === "running") this.#relay.take(id, beat);
  }

  #tell(id: string, trouble: string | null): void {
    if ((this.#troubles.get(id) ?? null) === trouble) return;
    if (trouble === null) this.#troubles.delete(id);
    else this.#troubles.set(id, trouble);
    this.#options.onTrouble(id, trouble);
  }
}

function listenDatagram(): ListenDatagram {
  const { listenDatagram: listen } = Deno as unknown as { listenDatagram?: ListenDatagram };
  if (currentOs() !== "windows" && listen !== undefined) return listen;
  throw new AppError("unsupported", "Programs cannot notify the agent on this system; use another readiness");
}

function makeDir(dir: string): void {
  try {
    Deno.mkdirSync(dir, { mode: DIR_MODE });
    Deno.chmodSync(dir, DIR_MODE); // the umask may have taken away more than was wanted
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Nothing of ours stays; made anew by the next agent, for programs that have lived on. */
function removeDir(dir: string): void {
  try {
    Deno.removeSync(dir);
  } catch {
    // It is gone already, or somebody has put something in it, which then is theirs to remove.
  }
}

/** Which directory keeps another user from the sockets; null when none does. */
function closedOff(dir: string, { uid }: SocketOwner): string | null {
  if (uid === undefined || uid === 0 || uid === Deno.uid()) return null;
  for (let at = dir;; at = dirname(at)) {
    const { mode, uid: owner } = Deno.statSync(at);
    const bit = owner === uid ? 0o100 : 0o001;
    if (((mode ?? bit) & bit) === 0) return `The user ${uid} cannot notify the agent: ${at} is closed to others`;
    if (at === dirname(at)) return null;
  }
}
