import { AppError, type Clock, messageOf, Secret } from "../../core/mod.ts";
import { ApiClient } from "../../http/mod.ts";
import { ENROL_PATH, enrolAnswer, enrolmentText, type EnrolRequest, type HostFacts } from "../../protocol/mod.ts";
import type { ManagerAddress } from "./addresses.ts";
import { unreachable } from "./dial.ts";
import type { Enrolment, Identity } from "./identity.ts";

export interface EnrolOptions {
  readonly identity: Identity;
  readonly token: Secret;
  readonly facts: HostFacts;
  readonly clock: Clock;
}

const MIN_TOKEN = 8;
/** With these the manager has decided: the same token will not do better. */
const FINAL: readonly string[] = ["unauthorized", "forbidden", "invalid_input", "conflict", "not_found"];

/** Makes this host one of the manager's, once, by a join token. */
export async function enrol(
  address: ManagerAddress,
  client: Deno.HttpClient,
  { identity, token, facts, clock }: EnrolOptions,
  signal: AbortSignal,
): Promise<Enrolment> {
  const { publicKey } = identity;
  const timeMs = Math.round(clock.nowMs());
  const signature = await identity.sign(enrolmentText(publicKey, token.reveal(), timeMs));
  const body: EnrolRequest = { token: token.reveal(), publicKey, timeMs, signature, facts };
  // A redirection would hand the token to somebody else.
  const api = new ApiClient((path, init) => fetch(address.baseUrl + path, { ...init, client, redirect: "manual" }));
  const answer = await api.call(ENROL_PATH, { method: "POST", body, signal }).catch((error) => {
    signal.throwIfAborted();
    throw refused(address, error);
  });
  const parsed = enrolAnswer().safeParse(answer);
  if (parsed.success && parsed.data.hostId !== "") return parsed.data;
  throw new AppError(
    "unavailable",
    `The manager at ${address.shown} took this host, but not as this agent understands`,
    {
      retryable: true,
    },
  );
}

function refused(address: ManagerAddress, error: unknown): AppError {
  if (!(error instanceof AppError)) return unreachable(address, error);
  const isFinal = FINAL.includes(error.code);
  const advice = isFinal
    ? '; make a new join token there, put it where manager.token_file says, and run "agent reload"'
    : "";
  return new AppError(error.code, `Cannot join the manager at ${address.shown}: ${messageOf(error)}${advice}`, {
    retryable: !isFinal,
    cause: error,
  });
}

/** The join token that the config gives, itself or in a file. */
export async function joinToken(config: { readonly token: Secret; readonly token_file: string }): Promise<Secret> {
  const text = config.token_file === "" ? config.token.reveal().trim() : (await readToken(config.token_file)).trim();
  if (text.length >= MIN_TOKEN) return new Secret(text);
  const where = config.token_file === "" ? "manager.token_file" : config.token_file;
  const what = text === "" ? "there is no join token" : "the join token is too short to be one";
  throw new AppError(
    "invalid_config",
    `This host is not known to the manager yet, and ${what}: make one there, put it into ${where}, and run "agent reload"`,
  );
}

async function readToken(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new AppError(
      "invalid_config",
      `Cannot read the join token from manager.token_file ${path}: ${
        messageOf(error)
      }; put it there and run "agent reload"`,
      { cause: error },
    );
  }
}
