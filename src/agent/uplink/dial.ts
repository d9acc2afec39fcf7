import { AppError, messageOf, oneLine } from "../../core/mod.ts";
import { failureWords, isCertificateFailure } from "../../http/mod.ts";
import { TUNNEL_SUBPROTOCOL } from "../../protocol/mod.ts";
import type { ManagerAddress } from "./addresses.ts";

const MAX_REASON = 160;
const STATUS = /Invalid status code: (\d{3})/;
const CERTIFICATE_ADVICE =
  "; give its authority by manager.ca_fingerprint or manager.ca_file, or have the manager use a certificate that this host trusts";

/** A WebSocket that is open and speaks our protocol. */
export interface OpenSocket {
  readonly socket: WebSocket;
  /** The manager speaks first, and may have done so before anybody who waits for this socket is told that it is open. */
  readonly first: Promise<unknown>;
}

/** The signal ends the waiting only. */
export function openSocket(address: ManagerAddress, client: Deno.HttpClient, signal: AbortSignal): Promise<OpenSocket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = new WebSocket(address.tunnelUrl, { protocols: [TUNNEL_SUBPROTOCOL], client });
    const done = new AbortController();
    const listening = { signal: done.signal, once: true };
    const giveUp = (error: unknown) => {
      done.abort();
      closeQuietly(socket);
      reject(error);
    };
    signal.addEventListener("abort", () => giveUp(signal.reason), listening);
    socket.addEventListener("error", (event) => giveUp(cannotConnect(address, event)), listening);
    socket.addEventListener("close", () => giveUp(cannotConnect(address, null)), listening);
    socket.addEventListener("open", () => {
      if (socket.protocol !== TUNNEL_SUBPROTOCOL) return giveUp(notAManager(address, "it does not speak our protocol"));
      done.abort();
      resolve({ socket, first: firstMessage(socket) });
    }, listening);
  });
}

function firstMessage(socket: WebSocket): Promise<unknown> {
  const first = new Promise<unknown>((resolve, reject) => {
    const done = new AbortController();
    const listening = { signal: done.signal };
    const settle = (act: () => void) => {
      done.abort();
      act();
    };
    socket.addEventListener("message", ({ data }) => settle(() => resolve(data)), listening);
    for (const type of ["close", "error"]) {
      socket.addEventListener(type, (event) => {
        event.preventDefault();
        settle(() => reject(leftEarly()));
      }, listening);
    }
  });
  first.catch(() => {}); // whoever waits for it is told; nobody may be left who does
  return first;
}

/** What is said of a manager that goes before it has decided. */
export function leftEarly(): AppError {
  return new AppError(
    "unavailable",
    "The manager closed the connection before it had said whether it takes this host",
    { retryable: true },
  );
}

/** Closing one that is not open yet cancels it, which it reports as an error that is no news. */
function closeQuietly(socket: WebSocket): void {
  socket.addEventListener("error", (event) => event.preventDefault());
  socket.close();
}

function cannotConnect(address: ManagerAddress, event: Event | null): AppError {
  event?.preventDefault();
  const message = event instanceof ErrorEvent ? event.message : "";
  const status = STATUS.exec(message)?.[1];
  if (status !== undefined) return notAManager(address, `it answered HTTP ${status}`);
  return unreachable(address, new Error(wordsOf(message)));
}

/** Of a connection that was refused or a name that is none the runtime says little. */
function wordsOf(message: string): string {
  const text = message.replace(/^.*failed to connect to WebSocket: /s, "");
  if (/^tcp connect error/.test(text)) return "nobody answers at that port";
  if (/^dns error/.test(text)) return "no such name";
  if (/h2 alpn|HTTP\/2|stream error/i.test(text)) return "it takes no WebSocket there, or none now";
  return text === "" ? "the connection was closed" : oneLine(text, MAX_REASON);
}

function notAManager({ shown }: ManagerAddress, why: string): AppError {
  return new AppError("unavailable", `There is no manager at ${shown}: ${why}; correct manager.address`, {
    retryable: true,
  });
}

/** Why a server could not be reached, whoever tried, in words for people. */
export function unreachable({ shown }: ManagerAddress, error: unknown): AppError {
  const text = failureWords(error);
  const advice = isCertificateFailure(error) ? CERTIFICATE_ADVICE : "";
  return new AppError("unavailable", `Cannot reach the manager at ${shown}: ${text}${advice}`, {
    retryable: true,
    cause: new Error(messageOf(error)),
  });
}
