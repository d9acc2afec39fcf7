import { numberOf, optionalText, present, recordOf, recordsOf, textOf, textsOf } from "../../shared/host_values.ts";

/** Lists of a host are shown up to here; none is longer but by mistake or by malice. */
export const MAX_ITEMS = 100;

export interface ShownProbe {
  readonly probe: string;
  readonly type: string;
  readonly result: string;
  readonly reason?: string;
}

export interface ShownExit {
  readonly timeMs?: number;
  readonly code?: number;
  readonly signal?: string;
  readonly isCoreDumped: boolean;
}

/** What a drawer shows of a process's details. */
export interface ShownDetails {
  readonly isEnabled: boolean;
  readonly isWanted: boolean;
  readonly startedMs?: number;
  readonly nextStartMs?: number;
  readonly statusText?: string;
  readonly lastExit?: ShownExit;
  readonly probes: readonly ShownProbe[];
  readonly kind: string;
  readonly type: string;
  readonly origin: string;
  readonly argv: readonly string[];
  readonly workDir: string;
  readonly user?: string;
  readonly envNames: readonly string[];
  readonly dependsOn: readonly string[];
  readonly limits: readonly string[];
  readonly problems: readonly string[];
  readonly logs: readonly { readonly name: string; readonly path: string; readonly sizeBytes?: number }[];
}

/** Of what a host has answered. */
export function shownDetails(answer: unknown): ShownDetails {
  const given = recordOf(answer);
  const { lastExit } = given;
  return {
    isEnabled: given["enabled"] !== false,
    isWanted: given["wanted"] === true,
    probes: recordsOf(given["probes"], MAX_ITEMS).map(probeOf),
    kind: textOf(given["kind"]),
    type: textOf(given["type"]),
    origin: textOf(given["origin"]),
    argv: textsOf(given["argv"], MAX_ITEMS),
    workDir: textOf(given["workDir"]),
    envNames: textsOf(given["envNames"], MAX_ITEMS),
    dependsOn: recordsOf(given["dependsOn"], MAX_ITEMS).map(({ id, condition }) =>
      `${textOf(id)} (${textOf(condition)})`
    ),
    limits: textsOf(given["limits"], MAX_ITEMS),
    problems: textsOf(given["problems"], MAX_ITEMS),
    logs: recordsOf(given["logs"], MAX_ITEMS).map(({ name, path, sizeBytes }) => ({
      name: textOf(name),
      path: textOf(path),
      ...present({ sizeBytes: numberOf(sizeBytes) }),
    })),
    ...present({
      startedMs: numberOf(given["startedMs"]),
      nextStartMs: numberOf(given["nextStartMs"]),
      statusText: optionalText(given["statusText"]),
      user: optionalText(given["user"]),
      lastExit: lastExit === undefined ? undefined : exitOf(recordOf(lastExit)),
    }),
  };
}

function probeOf({ probe, type, result, reason }: Readonly<Record<string, unknown>>): ShownProbe {
  return {
    probe: textOf(probe),
    type: textOf(type),
    result: textOf(result),
    ...present({ reason: optionalText(reason) }),
  };
}

function exitOf({ timeMs, code, signal, coreDumped }: Readonly<Record<string, unknown>>): ShownExit {
  return {
    isCoreDumped: coreDumped === true,
    ...present({ timeMs: numberOf(timeMs), code: numberOf(code), signal: optionalText(signal) }),
  };
}

export interface ShownEvent {
  readonly key: string;
  readonly timeMs: number;
  /** What its badge says: the state that it led to, or how grave it is. */
  readonly badge: string;
  readonly text: string;
}

/** The latest of what a host has answered, the newest first. */
export function latestEvents(answer: unknown, max: number): ShownEvent[] {
  const { events } = recordOf(answer);
  const latest = recordsOf(Array.isArray(events) ? events.slice(-max) : [], max);
  return latest.map(({ seq, timeMs, kind, state, level, reason }, at) => {
    const isState = kind === "state";
    return {
      key: `${at} ${numberOf(seq) ?? ""}`,
      timeMs: numberOf(timeMs) ?? NaN,
      badge: textOf(isState ? state : level),
      text: isState ? textOf(reason) : `${textOf(kind)}: ${textOf(reason)}`,
    };
  }).reverse();
}
