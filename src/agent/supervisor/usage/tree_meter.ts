import type { ProcessRow } from "../../../platform/mod.ts";
import type { ProcessUsage } from "../../../protocol/mod.ts";
import type { MemberFiles } from "./member_contract.ts";

/** Files of more members than these are not read: it would cost more than it tells. */
const MAX_FILE_MEMBERS = 500;
/** The files of a member that does nothing are read each so many measurements. */
const IDLE_ROUNDS = 3;
/** A count of open files that took so long is not made again within a thousand times that: 0.1 % of a core. */
const COUNT_REST_FACTOR = 1_000;

/** One measurement of all trees. */
export interface Moment {
  readonly monotonicMs: number;
  /** Since when a start time counts as within the interval; undefined where start times cannot be compared. */
  readonly newSince: number | undefined;
  /** Counts measurements, so that idle members take turns. */
  readonly round: number;
}

/** What is known of one process of the tree. */
export interface Member {
  readonly pid: number;
  readonly startTime: string;
  cpuSeconds: number;
  /** Whether all that it has done was done since the measurement before. */
  isNew: boolean;
  isBusy: boolean;
  isZombie: boolean;
  /** Of the last reading; null before the first. */
  files: MemberFiles | null;
  filesMs: number;
  openFilesDueMs: number;
  readRate: number;
  writtenRate: number;
}

/**
 * Makes the use of one tree from what its members have used, told apart by pid and start time: what a member that
 * ended has used since it was last seen is not known and not guessed.
 */
export class TreeMeter {
  #members = new Map<number, Member>();
  #measuredMs: number | undefined;
  #elapsedMs: number | undefined;
  #nowMs = 0;
  #cpuSeconds = 0;
  #sums = { rssBytes: 0, threads: 0, processes: 0 };
  /** What members that have gone had read and written: the kernel adds it to that of the parent who asks for their end. */
  #lost: { count: number; readBytes: number; writtenBytes: number } = { count: 0, readBytes: 0, writtenBytes: 0 };

  /** Takes the rows of a measurement; the members of whom the files are to be read before `finish`. */
  update(rows: readonly ProcessRow[], { monotonicMs, newSince, round }: Moment): Member[] {
    const before = this.#members;
    this.#members = new Map();
    this.#elapsedMs = this.#measuredMs === undefined ? undefined : monotonicMs - this.#measuredMs;
    this.#measuredMs = this.#nowMs = monotonicMs;
    this.#cpuSeconds = 0;
    this.#sums = { rssBytes: 0, threads: 0, processes: 0 };
    for (const row of rows) this.#take(row, before, newSince);
    this.#lost = lostOf(before, this.#members);
    if (rows.length > MAX_FILE_MEMBERS) return [];
    return [...this.#members.values()].filter((member) => this.#isDue(member, round));
  }

  wantsOpenFiles(member: Member): boolean {
    return this.#nowMs >= member.openFilesDueMs;
  }

  /** What was read of a member that `update` has named, and how long that took; null when it has ended. */
  note(member: Member, files: MemberFiles | null, tookMs: number): void {
    if (files === null) return;
    const { files: before, filesMs } = member;
    const counted = files.openFiles !== undefined;
    if (counted) member.openFilesDueMs = this.#nowMs + tookMs * COUNT_REST_FACTOR;
    member.files = { ...files, openFiles: files.openFiles ?? before?.openFiles };
    member.filesMs = this.#nowMs;
    const sinceMs = before === null ? this.#elapsedMs ?? 0 : this.#nowMs - filesMs;
    const first = member.isNew ? 0 : undefined;
    member.readRate = rate(before === null ? first : before.readBytes, files.readBytes, sinceMs);
    member.writtenRate = rate(before === null ? first : before.writtenBytes, files.writtenBytes, sinceMs);
  }

  finish(timeMs: number): ProcessUsage {
    const seconds = (this.#elapsedMs ?? 0) / 1_000;
    const usage: ProcessUsage = { timeMs, ...this.#sums };
    if (seconds > 0) usage.cpuPercent = Math.round(this.#cpuSeconds / seconds * 10_000) / 100;
    this.#addFiles(usage, seconds);
    for (const member of this.#members.values()) member.isNew = false;
    return usage;
  }

  #take(row: ProcessRow, before: ReadonlyMap<number, Member>, newSince: number | undefined): void {
    const { pid, startTime } = row.identity;
    const known = before.get(pid);
    const member = known?.startTime === startTime ? known : this.#newMember(row, newSince);
    const usedSeconds = Math.max(0, row.cpuSeconds - member.cpuSeconds);
    member.isBusy = usedSeconds > 0;
    member.isZombie = row.isZombie;
    member.cpuSeconds = row.cpuSeconds;
    this.#cpuSeconds += usedSeconds;
    this.#members.set(pid, member);
    if (row.isZombie) return; // it only waits for its parent, and occupies nothing
    this.#sums.rssBytes += row.rssBytes;
    this.#sums.threads += row.threads;
    this.#sums.processes++;
  }

  /** One that has joined the tree but is older than the interval has done what it did elsewhere. */
  #newMember(row: ProcessRow, newSince: number | undefined): Member {
    const started = Number(row.identity.startTime);
    const isNew = this.#elapsedMs !== undefined && !(newSince !== undefined && started < newSince);
    return {
      pid: row.identity.pid,
      startTime: row.identity.startTime,
      cpuSeconds: isNew ? 0 : row.cpuSeconds,
      isNew,
      isBusy: true,
      isZombie: row.isZombie,
      files: null,
      filesMs: 0,
      openFilesDueMs: 0,
      readRate: 0,
      writtenRate: 0,
    };
  }

  /** Who uses no processor reads and writes nothing; so seldom is enough, but for who did so a moment ago. */
  #isDue(member: Member, round: number): boolean {
    if (member.isZombie) return false;
    if (member.files === null || member.isBusy || this.#lost.count > 0) return true;
    return member.readRate > 0 || member.writtenRate > 0 || (member.pid + round) % IDLE_ROUNDS === 0;
  }

  #addFiles(usage: ProcessUsage, seconds: number): void {
    const known = [...this.#members.values()].filter(({ files, isZombie }) => files !== null && !isZombie);
    if (known.length === 0 || this.#members.size > MAX_FILE_MEMBERS) return;
    let [openFiles, readRate, writtenRate]: (number | undefined)[] = [0, 0, 0];
    for (const { files, readRate: reading, writtenRate: writing } of known) {
      openFiles = sum(openFiles, files?.openFiles);
      readRate = sum(readRate, files?.readBytes === undefined ? undefined : reading);
      writtenRate = sum(writtenRate, files?.writtenBytes === undefined ? undefined : writing);
    }
    const { count, readBytes, writtenBytes } = this.#lost;
    if (openFiles !== undefined) usage.openFiles = openFiles;
    if (seconds <= 0) return;
    const without = (rate: number, bytes: number) =>
      Math.round(Math.max(0, count === 0 ? rate : rate - bytes / seconds));
    if (readRate !== undefined) usage.readBytesPerSecond = without(readRate, readBytes);
    if (writtenRate !== undefined) usage.writtenBytesPerSecond = without(writtenRate, writtenBytes);
  }
}

function lostOf(before: ReadonlyMap<number, Member>, now: ReadonlyMap<number, Member>) {
  const lost = { count: 0, readBytes: 0, writtenBytes: 0 };
  for (const [pid, member] of before) {
    if (now.get(pid) === member) continue;
    lost.count++;
    lost.readBytes += member.files?.readBytes ?? 0;
    lost.writtenBytes += member.files?.writtenBytes ?? 0;
  }
  return lost;
}

function rate(before: number | undefined, now: number | undefined, sinceMs: number): number {
  if (before === undefined || now === undefined || sinceMs <= 0) return 0;
  return Math.max(0, now - before) / (sinceMs / 1_000);
}

/** Of all or not at all: a sum without one of them would be wrong. */
function sum(total: number | undefined, value: number | undefined): number | undefined {
  return total === undefined || value === undefined ? undefined : total + value;
}
