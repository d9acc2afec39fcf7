/**
 * Chromium for benchmarks, told what to do over its debugging protocol and asked for nothing else: a library that watches
 * the network of its pages would have each byte of a terminal copied to it, and be what is measured.
 */
import { pause } from "./process_use.ts";

/** As the tests have it, without what only makes tests simple. */
const ARGS = [
  ...["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars"],
  ...["--remote-debugging-port=0", "--enable-precise-memory-info", "--window-size=1440,900"],
];
const START_MS = 20_000;
const WAIT_MS = 60_000;

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

type Call = (method: string, params?: object) => Promise<Record<string, unknown>>;

export class Chromium implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #lastId = 0;

  private constructor(child: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(String(data))));
  }

  static async start(path: string): Promise<Chromium> {
    const profile = await Deno.makeTempDir({ prefix: "farhand-chromium-" });
    const args = [...ARGS, `--user-data-dir=${profile}`, "about:blank"];
    const child = new Deno.Command(path, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
    const [port, address] = (await portFile(`${profile}/DevToolsActivePort`)).split("\n");
    const socket = new WebSocket(`ws://127.0.0.1:${port}${address}`);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve, { once: true });
      socket.addEventListener("error", reject, { once: true });
    });
    return new Chromium(child, profile, socket);
  }

  /** A page in which a script runs before those of its site do. */
  async open(url: string, cookie: { readonly name: string; readonly value: string }, first: string): Promise<Page> {
    const { targetId } = await this.call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page((method, params) => this.call(method, params, String(sessionId)));
    await page.call("Page.enable");
    await page.call("Page.addScriptToEvaluateOnNewDocument", { source: first });
    await this.call("Storage.setCookies", { cookies: [{ ...cookie, url }] });
    await page.call("Page.navigate", { url });
    return page;
  }

  /** Of the processes that run pages. */
  async rendererPids(): Promise<number[]> {
    const { processInfo } = await this.call("SystemInfo.getProcessInfo");
    const list = processInfo as { readonly type: string; readonly id: number }[];
    return list.filter(({ type }) => type === "renderer").map(({ id }) => id);
  }

  async call(method: string, params?: object, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, answer);
    this.#socket.send(
      JSON.stringify({ id, method, params: params ?? {}, ...sessionId === undefined ? {} : { sessionId } }),
    );
    return await answer.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.call("Browser.close");
    this.#socket.close();
    await this.#child.status;
    await Deno.remove(this.#profile, { recursive: true });
  }

  #take({ id = 0, result = {}, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }
}

export class Page {
  readonly call: Call;

  constructor(call: Call) {
    this.call = call;
  }

  /** The value of an expression, awaited. */
  async value<T>(expression: string): Promise<T> {
    const asked = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await this.call("Runtime.evaluate", asked);
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { readonly value: T }).value;
  }

  async until(expression: string): Promise<void> {
    const end = performance.now() + WAIT_MS;
    while (!(await this.value<boolean>(expression))) {
      if (performance.now() > end) throw new Error(`The page never came to: ${expression}`);
      await pause(0.05);
    }
  }

  async type(text: string): Promise<void> {
    await this.call("Input.insertText", { text });
  }

  async press(key: string, code: string, { number, text = "", hasControl = false }: {
    readonly number: number;
    readonly text?: string;
    readonly hasControl?: boolean;
  }): Promise<void> {
    const what = { key, code, windowsVirtualKeyCode: number, modifiers: hasControl ? 2 : 0 };
    await this.call("Input.dispatchKeyEvent", { type: text === "" ? "rawKeyDown" : "keyDown", text, ...what });
    await this.call("Input.dispatchKeyEvent", { type: "keyUp", ...what });
  }

  async click(x: number, y: number): Promise<void> {
    const what = { x, y, button: "left", clickCount: 1 };
    await this.call("Input.dispatchMouseEvent", { type: "mousePressed", ...what });
    await this.call("Input.dispatchMouseEvent", { type: "mouseReleased", ...what });
  }
}

async function portFile(path: string): Promise<string> {
  for (const end = performance.now() + START_MS; performance.now() < end; await pause(0.05)) {
    try {
      const text = await Deno.readTextFile(path);
      if (text.includes("\n")) return text.trim();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it has not begun yet
    }
  }
  throw new Error("Chromium has not begun to listen within 20 s");
}
