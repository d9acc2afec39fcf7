import { type Clock, Duration, messageOf, withinTime } from "../../core/mod.ts";
import type { Challenge } from "../../protocol/mod.ts";
import { type ManagerAddress, managerAddresses } from "./addresses.ts";
import { openSocket } from "./dial.ts";
import { shakeHands } from "./handshake.ts";
import { type ClientOptions, createManagerClient } from "./trust.ts";

/** What came of looking whether a manager is there, without proving anything to it. */
export interface ManagerProbe {
  readonly url: string;
  /** Why it cannot be used; absent when it can. */
  readonly problem?: string;
  readonly managerId?: string;
  /** How far this host's clock is ahead of the manager's. */
  readonly clockSkewMs?: number;
}

export interface ProbeOptions extends ClientOptions {
  readonly addresses: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Looks at each address of a manager; rejects for the signal alone. */
export async function probeManager(options: ProbeOptions, signal: AbortSignal): Promise<ManagerProbe[]> {
  const { clock, timeoutMs } = options;
  return await Promise.all(
    managerAddresses(options.addresses).map(async (address): Promise<ManagerProbe> => {
      const url = address.shown;
      try {
        const done = await withinTime(clock, timeoutMs, signal, (limit) => challengeOf(address, options, limit));
        if (done.late === true) return { url, problem: `There was no answer within ${new Duration(timeoutMs)}` };
        const { managerId, timeMs } = done.value;
        return { url, managerId, clockSkewMs: Math.round(clock.nowMs() - timeMs) };
      } catch (error) {
        signal.throwIfAborted();
        return { url, problem: messageOf(error) };
      }
    }),
  );
}

/** The first message of the handshake, after which we leave. */
async function challengeOf(address: ManagerAddress, options: ClientOptions, signal: AbortSignal): Promise<Challenge> {
  const client = await createManagerClient(options, address, signal);
  const opened = await openSocket(address, client, signal).finally(() => client.close());
  const heard = Promise.withResolvers<Challenge>();
  const leave = () => new Error("that was all that is wanted");
  const prove = (challenge: Challenge) => {
    heard.resolve(challenge);
    return Promise.reject(leave());
  };
  await shakeHands(opened, { prove, begin: leave }, signal).catch(heard.reject);
  return await heard.promise;
}
