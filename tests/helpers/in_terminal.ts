import { until } from "./host.ts";

export interface InTerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly size?: { readonly columns: number; readonly rows: number };
}

/** A program in a terminal of its own, by script(1), with keys that are pressed from here. */
export class InTerminal {
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #printed: Promise<void>;
  readonly #cwd: string;
  text = "";

  private constructor(child: Deno.ChildProcess, cwd: string) {
    this.#child = child;
    this.#cwd = cwd;
    this.#keys = child.stdin.getWriter();
    this.#printed = this.#collect();
  }

  /** Null where there is no `script` to make a terminal with. What the terminal is set to afterwards is printed last. */
  static async open(argv: readonly string[], { cwd, env, size }: InTerminalOptions): Promise<InTerminal | null> {
    const words = argv.map((word) => `'${word}'`).join(" ");
    const { columns, rows } = size ?? { columns: 80, rows: 24 };
    const line = `stty cols ${columns} rows ${rows}; tty >tty; echo ready; ${words}; code=$?; ` +
      "echo; stty -a | grep -cE '(^| )(icanon|opost)( |;|$)'; exit $code";
    try {
      const child = new Deno.Command("script", {
        args: ["-qefc", line, "/dev/null"],
        ...{ cwd, env: { ...env, SHELL: "/bin/sh", TERM: "xterm-256color" }, clearEnv: true },
        ...{ stdin: "piped", stdout: "piped", stderr: "null" },
      }).spawn();
      const terminal = new InTerminal(child, cwd);
      await terminal.shows("ready");
      terminal.clear();
      return terminal;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      // deno-lint-ignore no-console
      console.log("skipped: there is no script here");
      return null;
    }
  }

  async shows(text: string | RegExp, limitMs?: number): Promise<void> {
    const isThere = () => typeof text === "string" ? this.text.includes(text) : text.test(this.text);
    try {
      await until(isThere, `the terminal shows ${text}`, limitMs);
    } catch (error) {
      throw new Error(`it shows ${JSON.stringify(this.text.slice(-2_000))}`, { cause: error });
    }
  }

  /** Forgets what was shown. */
  clear(): void {
    this.text = "";
  }

  async press(keys: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(keys));
  }

  async resize(columns: number, rows: number): Promise<void> {
    const tty = (await Deno.readTextFile(`${this.#cwd}/tty`)).trim();
    await new Deno.Command("stty", { args: ["-F", tty, "cols", `${columns}`, "rows", `${rows}`] }).output();
  }

  /** Its exit code, and whether it has left the terminal as it was. */
  async ended(): Promise<{ readonly code: number; readonly isRestored: boolean }> {
    const { code } = await this.#child.status;
    await this.#printed;
    await this.#keys.close().catch(() => {}); // the terminal has gone already
    return { code, isRestored: /\n2\r?\n$/.test(this.text) };
  }

  async #collect(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) this.text += text;
  }
}
