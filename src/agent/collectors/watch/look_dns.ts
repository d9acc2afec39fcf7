import type { Clock } from "../../../core/mod.ts";
import { type HostPort, parseServer } from "../../../config/mod.ts";
import { failureWords } from "../../../http/mod.ts";
import type { WatchOptions } from "./options.ts";
import { down, up, type Verdict } from "./verdict.ts";

type RecordKind = WatchOptions["record"];

const MAX_SHOWN = 50;

/** Up when there is an answer, and one of the expected values in it where any are expected. */
export async function lookDns(options: WatchOptions, clock: Clock, signal: AbortSignal): Promise<Verdict> {
  const { target, record, server, expect } = options;
  const startedMs = clock.monotonicMs();
  let answers: string[];
  try {
    answers = await resolve(target, record, server === "" ? null : parseServer(server), signal);
  } catch (error) {
    signal.throwIfAborted();
    return down(error instanceof Deno.errors.NotFound ? `no ${record} record of this name` : failureWords(error));
  }
  const facts = { latencyMs: clock.monotonicMs() - startedMs, addresses: answers.slice(0, MAX_SHOWN) };
  if (answers.length === 0) return down(`no ${record} record of this name`);
  return isExpected(answers, expect, record)
    ? up(facts)
    : down("none of the expected values is among the answers", facts);
}

async function resolve(
  name: string,
  record: RecordKind,
  server: HostPort | null,
  signal: AbortSignal,
): Promise<string[]> {
  const options = { signal, ...(server !== null && { nameServer: { ipAddr: server.host, port: server.port } }) };
  switch (record) {
    case "MX": {
      const records = await Deno.resolveDns(name, record, options);
      return records.map(({ preference, exchange }) => `${preference} ${exchange}`);
    }
    case "SRV": {
      const records = await Deno.resolveDns(name, record, options);
      return records.map(({ priority, weight, port, target }) => `${priority} ${weight} ${port} ${target}`);
    }
    case "TXT":
      return (await Deno.resolveDns(name, record, options)).map((parts) => parts.join(""));
    case "A":
    case "AAAA":
    case "CNAME":
    case "NS":
      return await Deno.resolveDns(name, record, options);
  }
}

/** A value may be given without the numbers before a name, without its final dot, and in any spelling of an address. */
export function isExpected(answers: readonly string[], expected: readonly string[], record: RecordKind): boolean {
  if (expected.length === 0) return true;
  const known = new Set(answers.map(canonical));
  if (record === "MX" || record === "SRV") {
    for (const answer of answers) known.add(canonical(answer.slice(answer.lastIndexOf(" ") + 1)));
  }
  return expected.some((value) => known.has(canonical(value)));
}

function canonical(text: string): string {
  const plain = text.toLowerCase().replace(/\.$/, "");
  const address = plain.includes(":") ? URL.parse(`http://[${plain}]/`)?.hostname : undefined;
  return address ?? plain;
}
