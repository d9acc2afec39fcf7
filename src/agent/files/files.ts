import { AppError, messageOf, untilAborted } from "../../core/mod.ts";
import type { Component } from "../../lifecycle/mod.ts";
import type { FilesOptions } from "./ports.ts";
import type { FilesService } from "./service.ts";

/** Requests that are being answered; each may be waiting for a disk. */
const MAX_REQUESTS = 32;

/** The component `files`: what it takes to reach files is read when somebody asks, or has left an upload unfinished. */
export class Files {
  readonly #options: FilesOptions;
  #service: Promise<FilesService> | null = null;
  #leaving = new AbortController();
  #requests = 0;

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#leaving.abort(notNow());
  }

  component(dependsOn: readonly string[]): Component {
    return { name: "files", dependsOn, start: (signal) => this.#start(signal), stop: () => this.#stop() };
  }

  /**
   * Does something with files for somebody who waits for it. Once he has left, or the agent is stopping, it goes on by itself as
   * far as it must: a disk that does not answer holds up its own asker alone.
   */
  async use<T>(signal: AbortSignal, act: (service: FilesService, signal: AbortSignal) => Promise<T>): Promise<T> {
    const either = AbortSignal.any([signal, this.#leaving.signal]);
    either.throwIfAborted();
    if (this.#requests >= MAX_REQUESTS) {
      const message = `${MAX_REQUESTS} requests for files are waiting on this host already; try again later`;
      throw new AppError("rate_limited", message, { retryable: true });
    }
    this.#requests++;
    const acting = this.#loaded().then((service) => act(service, either)).finally(() => this.#requests--);
    return await untilAborted(acting, either, (late) => {
      if (late instanceof Response) void late.body?.cancel();
    });
  }

  /** Each request is judged by the policy as it then is; what is under way by an older one is ended. */
  async policyChanged(policy: "off" | "read" | "write"): Promise<void> {
    (await this.#service?.catch(() => null))?.policyChanged(policy); // what could not be made moves nothing
  }

  #loaded(): Promise<FilesService> {
    const service = this.#service ??= this.#load();
    service.catch(() => {
      if (this.#service === service) this.#service = null; // its asker is told; the next one may have more luck
    });
    return service;
  }

  async #load(): Promise<FilesService> {
    const { FilesService } = await import("./service.ts");
    const service = new FilesService(this.#options);
    await service.uploads.load();
    return service;
  }

  async #start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#leaving = new AbortController();
    if (!await this.#hasUnfinished()) return;
    try {
      await this.#loaded();
    } catch (error) {
      this.#options.log.warn("unfinished uploads could not be looked at", { reason: messageOf(error) });
    }
  }

  async #hasUnfinished(): Promise<boolean> {
    try {
      for await (const _ of Deno.readDir(this.#options.uploadsDir)) return true;
    } catch {
      // Without the directory there are none; one that cannot be read is told of when somebody uploads.
    }
    return false;
  }

  async #stop(): Promise<void> {
    this.#leaving.abort(notNow());
    const service = this.#service;
    this.#service = null;
    await (await service?.catch(() => null))?.stop(); // what could not be made need not be stopped
  }
}

function notNow(): AppError {
  return new AppError("unavailable", "Files cannot be reached: the agent is starting or stopping", { retryable: true });
}
