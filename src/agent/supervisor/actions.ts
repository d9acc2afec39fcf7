import { AppError, type Clock, messageOf, nearest, untilAborted, withinTime } from "../../core/mod.ts";
import type {
  ProcessActionReport,
  ProcessActionRequest,
  ProcessActionResult,
  ProcessSelector,
  ProcessState,
} from "../../protocol/mod.ts";
import { startLevels, withDependencies } from "./policy/order.ts";
import type { ProcessSpec } from "./spec/process_spec.ts";
import type { Unit } from "./unit/unit.ts";

/** What actions need of the supervisor. */
export interface Roster {
  readonly clock: Clock;
  /** What was asked last of each, so that what was asked before and still goes on can tell that it is outdated. */
  readonly orders: WeakMap<Unit, Order>;
  /** In the order of the config. */
  units(): readonly Unit[];
  /** Remembers what a user wants, beyond the life of this agent. */
  saveWanted(id: string, wanted: boolean): void;
  /** Resolves at the next change of any process. */
  nextChange(): Promise<void>;
}

/** How long a caller waits when it does not say. */
const DEFAULT_WAIT_MS = 30_000;
/** How long a process without a readiness must have lived to count as started. */
const SETTLE_MS = 300;
const BY_USER = "by its user";

/** Does one thing to many processes, each in its turn, and tells of each what came of it. */
export async function act(
  request: ProcessActionRequest,
  roster: Roster,
  signal: AbortSignal,
): Promise<ProcessActionReport> {
  const units = select(request.select, roster.units());
  const waitMs = request.waitMs ?? DEFAULT_WAIT_MS;
  const limit = roster.clock.monotonicMs() + waitMs;
  const patience: Patience = { roster, signal, isAny: waitMs > 0, restMs: () => limit - roster.clock.monotonicMs() };
  switch (request.action) {
    case "signal": {
      const name = signalName(request.signal ?? "");
      return { results: units.map((unit) => sendSignal(unit, name, request.tree ?? false)) };
    }
    case "start":
      return { results: await start(units, patience) };
    case "stop":
      return { results: await stop(units, patience) };
    case "restart":
      return { results: await restart(units, patience) };
  }
}

/** How long the caller waits. What was begun goes on without it. */
interface Patience {
  readonly roster: Roster;
  readonly signal: AbortSignal;
  /** False where the caller only wants it to be begun. */
  readonly isAny: boolean;
  restMs(): number;
}

/** The processes that are meant, each once, in the order of the config. */
export function select({ ids, all, labels }: ProcessSelector, units: readonly Unit[]): Unit[] {
  const given = [ids, all, labels].filter((part) => part !== undefined);
  if (given.length !== 1) {
    throw new AppError("invalid_input", "Cannot tell which processes are meant: give ids, all or labels, one of them");
  }
  if (all === true) return [...units];
  if (labels !== undefined) {
    const wanted = Object.entries(labels);
    const found = units.filter(({ spec }) => wanted.every(([name, value]) => spec.labels[name] === value));
    if (found.length > 0) return found;
    const text = wanted.map(([name, value]) => `${name}=${value}`).join(",");
    throw new AppError("not_found", `There is no process with ${text}: "agent ps --wide" shows the labels of each`);
  }
  for (const id of ids ?? []) {
    if (!units.some(({ spec }) => spec.id === id || spec.group === id)) throw unknownProcess(id, units);
  }
  return units.filter(({ spec }) => ids?.includes(spec.id) === true || ids?.includes(spec.group) === true);
}

export function unknownProcess(id: string, units: readonly Unit[]): AppError {
  const close = nearest(id, units.map((unit) => unit.id));
  const hint = close === undefined ? '"agent ps" lists them' : `did you mean ${close}?`;
  return new AppError("not_found", `There is no process ${id}: ${hint}`);
}

async function start(chosen: readonly Unit[], patience: Patience): Promise<ProcessActionResult[]> {
  const { roster } = patience;
  const specs = roster.units().map((unit) => unit.spec);
  const enabled = chosen.filter(({ spec }) => spec.enabled);
  const needed = new Set(withDependencies(enabled.map(({ spec }) => spec), specs).map(({ id }) => id));
  const before = new Map<Unit, ProcessState>();
  const order = new Order([], roster);
  for (const unit of roster.units()) {
    if (!needed.has(unit.id) || !unit.spec.enabled) continue;
    order.take(unit);
    const isChosen = enabled.includes(unit);
    // What was started once to do its work, and what runs and is to go on, need not be started for others.
    if (!isChosen && ((unit.life.hasRun && unit.state !== "stopping") || unit.life.wanted || unit.isCompleted)) {
      continue;
    }
    before.set(unit, unit.state);
    roster.saveWanted(unit.id, true);
    unit.tell({ type: "want", reason: isChosen ? `started ${BY_USER}` : "started because others need it" });
  }
  const disabled = chosen.filter((unit) => !enabled.includes(unit)).map(disabledResult);
  const started = [...before].map(([unit, state]) => startOutcome(unit, state, patience));
  return [...await Promise.all(started), ...disabled];
}

async function startOutcome(unit: Unit, before: ProcessState, patience: Patience): Promise<ProcessActionResult> {
  if (before !== "stopped" && before !== "failed" && before !== "backoff" && before !== "stopping") {
    return result(unit, true, `is ${before} already`);
  }
  return await settled(unit, patience, "started");
}

/** Waits until a process that was started is well, or is not. */
async function settled(unit: Unit, patience: Patience, done: string): Promise<ProcessActionResult> {
  const isUnsettled = () => unit.state === "starting" || unit.state === "stopping";
  if (!await until(() => !isUnsettled(), patience)) {
    return result(unit, !patience.isAny, patience.isAny ? `is still ${unit.state}: ` : "is asked to");
  }
  if (unit.spec.readiness === null && unit.life.hasRun) {
    const { run } = unit;
    const { clock } = patience.roster;
    await clock.sleep(Math.max(0, Math.min(SETTLE_MS, patience.restMs())), patience.signal);
    if (unit.run?.run !== run?.run) return result(unit, unit.isCompleted, unit.isCompleted ? "" : "ended at once: ");
  }
  const isWell = unit.life.hasRun ? unit.state !== "unhealthy" : unit.isCompleted;
  return result(unit, isWell, isWell && unit.life.hasRun ? done : "");
}

async function stop(chosen: readonly Unit[], patience: Patience): Promise<ProcessActionResult[]> {
  const { roster, isAny } = patience;
  for (const unit of chosen) roster.saveWanted(unit.id, false);
  const wasDown = new Set(
    chosen.filter(({ state, life }) => !life.hasRun && (state === "stopped" || state === "failed")),
  );
  const order = new Order(chosen, roster);
  await within(stopInOrder(order, `stopped ${BY_USER}`), patience);
  return chosen.map((unit) => {
    if (wasDown.has(unit)) return result(unit, true, "does not run already");
    if (!unit.life.hasRun) return result(unit, true, "");
    if (!order.holds(unit)) return result(unit, false, "was asked for something else meanwhile: ");
    return result(unit, !isAny, isAny ? "does not end in the time allowed: " : "is asked to");
  });
}

async function restart(chosen: readonly Unit[], patience: Patience): Promise<ProcessActionResult[]> {
  const { roster } = patience;
  const enabled = chosen.filter(({ spec }) => spec.enabled);
  for (const unit of enabled) roster.saveWanted(unit.id, true);
  const order = new Order(enabled, roster);
  const isBegun = await within(restartInOrder(order, `restarted ${BY_USER}`), patience);
  const outcomes = await Promise.all(enabled.map((unit) => {
    if (isBegun) return settled(unit, patience, "restarted");
    return result(unit, !patience.isAny, patience.isAny ? "is not restarted in the time allowed: " : "is asked to");
  }));
  return [...outcomes, ...chosen.filter((unit) => !enabled.includes(unit)).map(disabledResult)];
}

/** Something that is asked of several. It is done to its end even when nobody waits any more. */
class Order {
  readonly units: readonly Unit[];
  readonly #roster: Roster;

  constructor(units: readonly Unit[], roster: Roster) {
    this.units = units;
    this.#roster = roster;
    for (const unit of units) this.take(unit);
  }

  /** Whatever was asked of it before is outdated. */
  take(unit: Unit): void {
    this.#roster.orders.set(unit, this);
  }

  /** False once something else was asked of it: this order is to leave it alone. */
  holds(unit: Unit): boolean {
    return this.#roster.orders.get(unit) === this;
  }

  async ended(unit: Unit): Promise<void> {
    while (unit.life.hasRun && this.holds(unit)) await this.#roster.nextChange();
  }
}

/** First what depends on others, then those. */
async function stopInOrder(order: Order, reason: string): Promise<void> {
  for (const level of levelsOf(order.units).reverse()) {
    const held = level.filter((unit) => order.holds(unit));
    for (const unit of held) unit.tell({ type: "unwant", reason });
    await Promise.all(held.map((unit) => order.ended(unit)));
  }
}

/** Those that depend on each other are all down before the first comes up again. */
async function restartInOrder(order: Order, reason: string): Promise<void> {
  if (levelsOf(order.units).length === 1) {
    for (const unit of order.units) unit.tell({ type: "again", reason });
    return;
  }
  await stopInOrder(order, reason);
  for (const unit of order.units) if (order.holds(unit)) unit.tell({ type: "want", reason });
}

/** False when the caller's patience ended before the work, which goes on. */
async function within(work: Promise<void>, { roster, signal, restMs }: Patience): Promise<boolean> {
  const waited = await withinTime(roster.clock, Math.max(0, restMs()), signal, (limit) => untilAborted(work, limit));
  return waited.late !== true;
}

function levelsOf(units: readonly Unit[]): Unit[][] {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const levels: ProcessSpec[][] = startLevels(units.map(({ spec }) => spec));
  return levels.map((level) => level.flatMap(({ id }) => byId.get(id) ?? []));
}

function sendSignal(unit: Unit, name: Deno.Signal, tree: boolean): ProcessActionResult {
  try {
    unit.signal(name, tree);
    return result(unit, true, `${name} was sent`);
  } catch (error) {
    return { ...result(unit, false, ""), message: messageOf(error) };
  }
}

const SIGNAL_NUMBERS: Readonly<Record<string, Deno.Signal>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  6: "SIGABRT",
  9: "SIGKILL",
  10: "SIGUSR1",
  12: "SIGUSR2",
  14: "SIGALRM",
  15: "SIGTERM",
  18: "SIGCONT",
  19: "SIGSTOP",
};

/** `HUP`, `SIGHUP` and `1` are the same. */
export function signalName(text: string): Deno.Signal {
  const upper = text.trim().toUpperCase();
  const name = SIGNAL_NUMBERS[upper] ?? `SIG${upper.replace(/^SIG/, "")}`;
  const known = Object.values(SIGNAL_NUMBERS).find((signal) => signal === name) ??
    (name === "SIGWINCH" ? name : undefined);
  if (known === undefined) {
    const names = Object.values(SIGNAL_NUMBERS).map((signal) => signal.slice(3)).join(", ");
    throw new AppError("invalid_input", `Cannot send the signal "${text}": give one of ${names}, WINCH`);
  }
  return known;
}

function disabledResult(unit: Unit): ProcessActionResult {
  return { ...result(unit, false, ""), message: "is disabled: set enabled: on for it in the config" };
}

function result(unit: Unit, ok: boolean, done: string): ProcessActionResult {
  const { state, life, id, run } = unit;
  const message = done === "" ? life.reason : done.endsWith(": ") ? `${done}${life.reason}` : done;
  return { id, ok, state, message, ...(run === undefined ? {} : { pid: run.identity.pid }) };
}

/** False when the caller's patience ended first. */
async function until(condition: () => boolean, { roster, signal, restMs }: Patience): Promise<boolean> {
  while (!condition()) {
    const rest = restMs();
    if (rest <= 0) return false;
    await withinTime(roster.clock, rest, signal, (limit) => untilAborted(roster.nextChange(), limit));
  }
  return true;
}
