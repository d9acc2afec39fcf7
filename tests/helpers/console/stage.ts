/**
 * What a file of browser tests shares: a manager with its hosts, and one browser. Both are made by the first test that
 * needs them and are gone after the last.
 */
import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { IS_LATER, type World } from "../agent.ts";
import { Managed, type ManagedOptions, PASSWORD, USER } from "../managed.ts";
import { CHROMIUM, NO_CHROMIUM, openBrowser } from "./browser.ts";
import { PageWatch } from "./page_watch.ts";

export interface StageHost {
  readonly name: string;
  /** More of its config, YAML; `folder` is a directory of the stage, which goes with it. */
  readonly config?: (folder: string) => string;
  readonly labels?: readonly string[];
}

export interface StageOptions extends ManagedOptions {
  readonly hosts?: readonly StageHost[];
  /** After the hosts have joined. */
  readonly prepare?: (stage: Stage) => Promise<void>;
}

export interface Looks {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "dark" | "light";
  readonly user?: string;
  /** For what is looked at before anybody has logged in. */
  readonly isLoggedOut?: boolean;
  /** What a page says of these is what the test wants. */
  readonly allowsFaults?: RegExp;
}

export const DESKTOP = { width: 1440, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;
const WAIT_MS = 30_000;

/** A browser window of somebody. */
export class Visitor implements AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly watch: PageWatch;
  readonly #url: string;

  constructor(context: BrowserContext, page: Page, watch: PageWatch, url: string) {
    this.context = context;
    this.page = page;
    this.watch = watch;
    this.#url = url;
  }

  readonly go = async (path: string): Promise<void> => {
    await this.page.goto(`${this.#url}${path}`);
  };

  /** The API, as this browser's session may use it. */
  async ask(method: string, path: string, body?: unknown): Promise<{ status: number; data: unknown; msg: string }> {
    const me = await (await this.context.request.get(`${this.#url}/api/v1/me`)).json();
    const headers = { origin: this.#url, "x-csrf-token": String(me.data?.csrf ?? "") };
    const options = { method, headers, ...body === undefined ? {} : { data: body } };
    const answer = await this.context.request.fetch(`${this.#url}${path}`, options);
    const { data, msg } = await answer.json();
    return { status: answer.status(), data, msg };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
  }
}

export class Stage implements AsyncDisposable {
  readonly managed: Managed;
  readonly folder: string;
  readonly hosts = new Map<string, World>();
  readonly #browser: Browser;
  readonly #isFirstRun: boolean;

  private constructor(of: { managed: Managed; browser: Browser; folder: string; isFirstRun: boolean }) {
    this.managed = of.managed;
    this.#browser = of.browser;
    this.folder = of.folder;
    this.#isFirstRun = of.isFirstRun;
  }

  static async create({ hosts = [], prepare, ...options }: StageOptions): Promise<Stage> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "farhand-stage-" }));
    const browser = await openBrowser();
    const managed = await Managed.create(options);
    const stage = new Stage({ managed, browser, folder, isFirstRun: options.isFirstRun === true });
    try {
      await Promise.all(hosts.map((host) => stage.#join(host)));
      await prepare?.(stage);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return this.managed.url;
  }

  host(name: string): World {
    const world = this.hosts.get(name);
    if (world === undefined) throw new Error(`The stage has no host ${name}`);
    return world;
  }

  /** Who may log in beside the admin, with the same password. */
  async addUser(name: string, role: string): Promise<void> {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ name, role, password: PASSWORD });
    const { status, envelope } = await this.managed.api("/api/v1/users", { method: "POST", headers, body });
    assert.equal(status < 300, true, envelope.msg);
  }

  async visit(looks: Looks = {}): Promise<Visitor> {
    const { width = DESKTOP.width, height = DESKTOP.height, theme = "dark", user = USER, isLoggedOut = false } = looks;
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      ignoreHTTPSErrors: true,
      locale: "en-GB",
      timezoneId: "UTC",
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    context.setDefaultTimeout(WAIT_MS);
    const watch = new PageWatch(context, this.url);
    if (!isLoggedOut && !this.#isFirstRun) await logIn(context, this.url, user);
    return new Visitor(context, await context.newPage(), watch, this.url);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.managed[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #join({ name, config, labels = [] }: StageHost): Promise<void> {
    const folder = `${this.folder}/${name}`;
    await Deno.mkdir(folder);
    this.hosts.set(name, await this.managed.host(name, config?.(folder) ?? "", labels));
  }
}

async function logIn(context: BrowserContext, url: string, name: string): Promise<void> {
  const answer = await context.request.post(`${url}/api/v1/sessions`, {
    headers: { origin: url },
    data: { name, password: PASSWORD },
  });
  assert.equal(answer.status() < 300, true, await answer.text());
}

/** Registers tests that share a stage; each has a window of its own. */
export function staged(options: StageOptions): {
  test(name: string, play: (stage: Stage, visitor: Visitor) => Promise<void>, looks?: Looks): void;
} {
  let made: Promise<Stage> | null = null;
  const isSkipped = CHROMIUM === null || Deno.build.os === "windows";
  // deno-lint-ignore no-console
  if (isSkipped) console.log(`skipped: ${NO_CHROMIUM}`);
  Deno.test.afterAll(async () => {
    // Each test has failed with it already where it could not be made.
    const stage = await made?.catch(() => null);
    await stage?.[Symbol.asyncDispose]();
  });
  return {
    test: (name, play, looks = {}) =>
      Deno.test({
        name,
        ignore: isSkipped || IS_LATER,
        // What the tests share outlives each of them.
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          const stage = await (made ??= Stage.create(options));
          await using visitor = await stage.visit(looks);
          try {
            await play(stage, visitor);
          } catch (error) {
            await keepPicture(visitor, name);
            const faults = visitor.watch.take().join("\n");
            throw new Error(`${error instanceof Error ? error.message : error}\n${visitor.page.url()}\n${faults}`, {
              cause: error,
            });
          }
          const faults = visitor.watch.take().filter((each) => looks.allowsFaults?.test(each) !== true);
          assert.deepEqual(faults, [], "what a page must not do");
        },
      }),
  };
}

/** Of a failed test, where somebody wants to look at it. */
async function keepPicture(visitor: Visitor, name: string): Promise<void> {
  const folder = Deno.env.get("FARHAND_FAILED_PICTURES");
  if (folder === undefined) return;
  await Deno.mkdir(folder, { recursive: true });
  await visitor.page.screenshot({ path: `${folder}/${name.replaceAll(/\W+/g, "_").slice(0, 80)}.png` });
}
