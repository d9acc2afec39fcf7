import { type ReadonlySignal, signal } from "@preact/signals";
import type { HostView, LoginAnswer, Me, PolicyKey, Verb } from "../../protocol/mod.ts";
import { api, ApiProblem, PROBLEM_CODES, setApiSession } from "./api.ts";
import { t } from "./i18n/i18n.ts";

const who = signal<Me | null>(null);

/** Who is logged in, and what he may do; null for nobody. */
export const me: ReadonlySignal<Me | null> = who;

/** Asks the manager who we are; null where the browser's cookie opens nothing. */
export async function loadMe(): Promise<Me | null> {
  setApiSession({ onUnauthorized: () => who.value = null });
  try {
    take(await api.get<Me>("/api/v1/me"));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== PROBLEM_CODES.unauthorized) throw error;
    who.value = null;
  }
  return who.peek();
}

export async function logIn(name: string, password: string): Promise<void> {
  const { csrf } = await api.post<LoginAnswer>("/api/v1/sessions", { name, password });
  setApiSession({ csrf });
  await loadMe();
}

/** Makes the first admin, who is logged in by that. */
export async function setUp(secret: string, name: string, password: string): Promise<void> {
  const { csrf } = await api.post<LoginAnswer>("/api/v1/setup", { secret, name, password });
  setApiSession({ csrf });
  await loadMe();
}

export async function logOut(): Promise<void> {
  try {
    await api.delete("/api/v1/sessions/current");
  } catch (error) {
    // Who is not known any more is logged out as well as can be.
    if (!(error instanceof ApiProblem) || error.code !== PROBLEM_CODES.unauthorized) throw error;
  }
  who.value = null;
}

/** The manager decides anew each time; this only spares people what it would refuse. */
export function can(verb: Verb): boolean {
  return who.value?.verbs.includes(verb) === true;
}

/**
 * Why something cannot be done to a host, in words for a disabled button; null where it can. With `policy` also what
 * the host's own owner has to allow.
 */
export function whyNot(verb: Verb, host?: HostView, policy?: PolicyKey): string | null {
  if (!can(verb)) return t("session.not_allowed", { role: who.value?.role ?? "", verb });
  if (host === undefined) return null;
  if (host.kind === "worker" && verb !== "host.manage") return t("session.only_reports");
  const setting = policy === undefined ? undefined : host.facts?.policy?.[policy];
  if (policy !== undefined && (setting === undefined || setting === "off")) {
    return t("session.policy_off", { policy });
  }
  if (verb !== "host.manage" && (host.state === "offline" || host.state === "unreachable")) {
    return t("session.host_away", { state: t(`state.${host.state}`) });
  }
  return null;
}

/** For what has changed elsewhere, such as the password. */
export function take(next: Me): void {
  if (next.csrf !== undefined) setApiSession({ csrf: next.csrf });
  who.value = next;
}
