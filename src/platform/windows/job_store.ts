import { AppError } from "../../core/mod.ts";
import { currentUser, objectOwner } from "./ffi/advapi32.ts";
import { createJob, jobPids, openJob, terminateJob } from "./ffi/kernel32_jobs.ts";
import { closeHandle, type Handle } from "./ffi/kernel32_waits.ts";
import { foreignOwner } from "./sddl.ts";

/** Names that are the same for an agent in a user's session and one that runs as a service. */
const NAMESPACE = "Global\\";
const FEW_JOBS = 16;

/**
 * The job objects of supervised programs by their names, open for as long as there may be somebody in them: a job that
 * the leader has left can be found by us alone. Jobs without processes are let go of now and then, so that there are
 * never more than twice as many as are in use.
 */
export class JobStore {
  readonly #open = new Map<string, Handle>();
  #sweepAt = FEW_JOBS;

  /** Opens it or makes it. */
  ensure(name: string): Handle {
    return this.#open.get(name) ?? this.#keep(name, createJob(NAMESPACE + name));
  }

  /** The living processes that are in it; none when there is no such job, or it is not for us. */
  pids(name: string): number[] {
    try {
      const job = this.#find(name);
      return job === null ? [] : jobPids(job);
    } catch (error) {
      // Its tree is then what descends from the leader, and others' trees are to be looked at all the same.
      if (error instanceof AppError && error.code === "forbidden") return [];
      throw error;
    }
  }

  terminate(name: string): void {
    const job = this.#find(name);
    if (job !== null) terminateJob(job);
  }

  release(name: string): void {
    const job = this.#open.get(name);
    if (job === undefined) return;
    this.#open.delete(name);
    closeHandle(job);
  }

  close(): void {
    for (const name of [...this.#open.keys()]) this.release(name);
  }

  #find(name: string): Handle | null {
    if (name === "") return null;
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const job = openJob(NAMESPACE + name);
    return job === null ? null : this.#keep(name, job);
  }

  /** Everybody can make a job of any name first, and would have our processes in his hands. */
  #keep(name: string, job: Handle): Handle {
    try {
      refuseForeign(name, job);
    } catch (error) {
      closeHandle(job);
      throw error;
    }
    this.#sweep();
    this.#open.set(name, job);
    return job;
  }

  #sweep(): void {
    if (this.#open.size < this.#sweepAt) return;
    for (const [name, job] of [...this.#open]) if (jobPids(job).length === 0) this.release(name);
    this.#sweepAt = Math.max(FEW_JOBS, this.#open.size * 2);
  }
}

function refuseForeign(name: string, job: Handle): void {
  const owner = objectOwner(job, `the job object ${name}`);
  const foreign = owner === "" ? null : foreignOwner(owner, currentUser());
  if (foreign === null) return;
  throw new AppError(
    "forbidden",
    `Cannot use the job object ${name}: it belongs to ${foreign}, who could end what is in it; end what holds it`,
  );
}
