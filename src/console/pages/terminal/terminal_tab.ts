import { effect, type ReadonlySignal, signal } from "@preact/signals";
import { terminalAttachPath } from "../../../protocol/mod.ts";
import type { AttachMode, TerminalState, TerminalView, Ticket } from "../../../protocol/mod.ts";
import { agentPath, api, ApiProblem, PROBLEM_CODES } from "../../kit/api.ts";
import { t } from "../../kit/i18n/i18n.ts";
import { loadStyle } from "../../kit/lazy_style.ts";
import { connection } from "../../kit/live.ts";
import { visible } from "../../kit/safe_text.ts";
import { isDark } from "../../kit/theme.ts";
import { bytes as sizeText } from "../../kit/format.ts";
import { loadLook, look } from "./looks.ts";
import { InputPacer } from "./model/input_pacer.ts";
import { OutputFlow } from "./model/output_flow.ts";
import { mustBeAsked, type Pasted, pasted } from "./model/paste.ts";
import { LinkRefusal, type LinkSocket, type LinkState, TerminalLink } from "./model/terminal_link.ts";
import type { Screen, Size } from "./screen/screen.ts";

export interface TabHost {
  readonly id: string;
  readonly name: string;
}

export type TabState =
  /** The parts of the page that only terminals need are loaded, or the host is asked for a shell. */
  | { readonly kind: "opening" }
  | { readonly kind: "failed"; readonly problem: unknown }
  | LinkState;

export interface TabOptions {
  readonly key: number;
  readonly host: TabHost;
  readonly mode: AttachMode;
  /** Absent for a new one. */
  readonly terminalId?: string | undefined;
  /** Its id is known now, or it has ended. */
  readonly onChange: () => void;
  readonly onKey: (event: KeyboardEvent) => boolean;
}

const RESIZE_AFTER_MS = 80;
/** So long after our size was told another one than ours may still be news of before. */
const SIZE_SETTLES_MS = 800;
const MAX_TITLE = 80;
const FRAME_MS = 16;

/** One terminal of a host in this page: its screen, and the way to it. It lives on while other pages are shown. */
export class TerminalTab {
  readonly key: number;
  readonly host: TabHost;
  readonly mode: AttachMode;
  readonly state = signal<TabState>({ kind: "opening" });
  readonly told = signal<TerminalState | null>(null);
  readonly title = signal("");
  /** Something was printed while nobody looked. */
  readonly hasNews = signal(false);
  readonly hasSelection = signal(false);
  readonly finds = signal({ index: -1, count: 0 });
  /** What is about to be pasted and has to be asked about. */
  readonly asksPaste = signal<Pasted | null>(null);
  readonly asksLink = signal<string | null>(null);
  /** The size is somebody else's. */
  readonly isForeignSize = signal(false);
  readonly #options: TabOptions;
  readonly #id = signal<string | null>(null);
  readonly #link: TerminalLink;
  readonly #flow: OutputFlow;
  readonly #pacer: InputPacer;
  #screen: Screen | null = null;
  #container: HTMLElement | null = null;
  #isClosed = false;
  #isStateNew = false;
  #sizeToldMs = 0;
  #resizing: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #stopWatching: () => void = () => {};

  constructor(options: TabOptions) {
    this.#options = options;
    this.key = options.key;
    this.host = options.host;
    this.mode = options.mode;
    this.#id.value = options.terminalId ?? null;
    this.#flow = new OutputFlow({
      write: (bytes, written) => this.#screen?.write(bytes, written),
      acknowledge: (position) => this.#link.acknowledge(position),
      onGap: (missing) => this.#screen?.note(t("terminal.gap", { size: sizeText(missing) })),
      beforeNextFrame,
      now: () => performance.now(),
    });
    this.#link = new TerminalLink({
      open: (from, failures, signal) => this.#open(from, failures, signal),
      received: () => this.#flow.received,
      onState: (state) => this.#linkChanged(state),
      onAttached: () => {
        this.#isStateNew = true;
        this.#flow.attached();
      },
      onOutput: (position, bytes) => {
        if (this.#container === null) this.hasNews.value = true;
        this.#flow.receive(position, bytes);
      },
      onTold: (state) => this.#takeTold(state),
      later,
      now: () => performance.now(),
      random: Math.random,
    });
    this.#pacer = new InputPacer({
      send: (bytes) => this.#link.input(bytes),
      bufferedBytes: () => this.#link.bufferedBytes,
      later,
    });
  }

  get terminalId(): ReadonlySignal<string | null> {
    return this.#id;
  }

  get screen(): Screen | null {
    return this.#screen;
  }

  get isOver(): boolean {
    const { kind } = this.state.peek();
    return kind === "ended" || kind === "closed";
  }

  /** What it is called: what its programs say, else its host. */
  get name(): string {
    return visible(this.title.value, MAX_TITLE) || visible(this.host.name, MAX_TITLE);
  }

  /** Puts its screen into the page; the first time it is made and attached. */
  async mount(container: HTMLElement): Promise<void> {
    this.#container = container;
    this.hasNews.value = false;
    const screen = await this.#load();
    if (screen === null || this.#container !== container) return;
    container.append(screen.element);
    screen.show();
    this.fit();
    screen.focus();
    if (this.state.peek().kind === "opening") await this.start();
  }

  /** Attaches though it is not shown, so that the shell knows that somebody is still there. */
  async attachUnseen(): Promise<void> {
    if (await this.#load() !== null && this.#container === null && this.state.peek().kind === "opening") {
      await this.start();
    }
  }

  unmount(): void {
    this.#container = null;
    this.#screen?.element.remove();
  }

  /** Asks the host for a shell where there is none yet, and attaches to it. */
  async start(): Promise<void> {
    this.state.value = { kind: "opening" };
    if (this.#id.peek() === null) {
      try {
        const size = this.#screen?.size ?? { cols: 80, rows: 24 };
        const path = agentPath(this.host.id, "/v1/terminals");
        const { id } = await api.post<TerminalView>(path, { ...size, term: "xterm-256color" });
        if (this.#isClosed) return;
        this.#id.value = id;
        this.#options.onChange();
      } catch (error) {
        if (!this.#isClosed) this.state.value = { kind: "failed", problem: error };
        return;
      }
    }
    this.#link.connect();
  }

  /** After it has failed: the parts of the page, or the shell, are asked for once more. */
  async retry(): Promise<void> {
    const container = this.#container;
    this.state.value = { kind: "opening" };
    if (this.#screen !== null) await this.start();
    else if (container !== null) await this.mount(container);
  }

  reconnect(): void {
    this.#link.connect();
  }

  /** Attaches anew, which makes our size the one that counts. */
  takeSize(): void {
    this.#link.suspect();
  }

  /** Leaves it; the shell goes on. */
  close(): void {
    this.#isClosed = true;
    this.#stopWatching();
    this.#pacer.clear();
    clearTimeout(this.#resizing);
    clearTimeout(this.#settling);
    this.#link.leave();
    this.#flow.end();
    this.#screen?.dispose();
    this.#screen = null;
  }

  /** Fits the screen into what room there is, and tells the host a little later. */
  fit(): void {
    const size = this.#container === null ? null : this.#screen?.fitting() ?? null;
    if (size === null || this.mode === "view") return;
    const current = this.#screen?.size;
    if (current?.cols === size.cols && current.rows === size.rows && !this.isForeignSize.peek()) return;
    if (!this.isForeignSize.peek()) this.#screen?.resize(size);
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => {
      this.#sizeToldMs = performance.now();
      this.#link.resize(size.cols, size.rows);
      this.#settleSoon();
    }, RESIZE_AFTER_MS);
  }

  type(text: string): void {
    this.#screen?.input(text);
    this.#screen?.focus();
  }

  paste(raw: string): void {
    const paste = pasted(raw);
    if (paste.text === "") return;
    if (mustBeAsked(paste, this.#screen?.isBracketed === true)) this.asksPaste.value = paste;
    else this.#screen?.paste(paste.text);
  }

  pasteAsked(): void {
    const paste = this.asksPaste.peek();
    this.asksPaste.value = null;
    if (paste !== null) this.#screen?.paste(paste.text);
    this.#screen?.focus();
  }

  /** Null where the tab was closed meanwhile, or it could not be loaded. */
  async #load(): Promise<Screen | null> {
    if (this.#screen !== null) return this.#screen;
    try {
      const [{ Screen }] = await Promise.all([import("./screen/screen.ts"), loadStyle("terminal")]);
      if (this.#isClosed) return null;
      this.#screen ??= this.#makeScreen(Screen);
      return this.#screen;
    } catch (error) {
      this.state.value = { kind: "failed", problem: error };
      return null;
    }
  }

  #makeScreen(Made: typeof Screen): Screen {
    const screen = new Made({
      look: { ...loadLook(), isDark: isDark.peek(), fontFamily: MONO },
      onInput: (bytes) => this.#input(bytes),
      onTitle: (title) => this.title.value = title,
      onBell: () => {
        if (this.#container === null) this.hasNews.value = true;
      },
      onSelection: (has) => this.hasSelection.value = has,
      onPaste: (text) => this.paste(text),
      onLink: (address) => this.asksLink.value = address,
      onKey: this.#options.onKey,
      onFinds: (finds) => this.finds.value = finds,
      isReplaying: () => this.#flow.isReplaying,
    });
    screen.setReadOnly(this.mode === "view");
    const stopLook = effect(() => {
      screen.setLook({ ...(look.value ?? loadLook()), isDark: isDark.value, fontFamily: MONO });
      queueMicrotask(() => this.fit());
    });
    let wasLost = false;
    const stopConnection = effect(() => {
      const { state } = connection.value;
      // A WebSocket does not notice by itself that its network has gone; the other one has, and is back.
      if (state === "live" && wasLost) this.#link.suspect();
      wasLost = state === "lost" || (wasLost && state !== "live");
    });
    this.#stopWatching = () => {
      stopLook();
      stopConnection();
    };
    return screen;
  }

  #input(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.mode === "view" || !this.#link.isAttached) return;
    if (!this.#pacer.put(bytes)) this.#screen?.note(t("terminal.too_much"));
  }

  #linkChanged(state: LinkState): void {
    this.state.value = state;
    if (state.kind !== "attached") this.#pacer.clear();
    if (state.kind === "ended") this.#screen?.setReadOnly(true);
    if (state.kind === "ended" || state.kind === "closed") this.#options.onChange();
  }

  #takeTold(state: TerminalState): void {
    // The first state comes before all output: what was printed up to then is not of now.
    if (this.#isStateNew) this.#flow.replayUntil(state.terminal.outputBytes);
    this.#isStateNew = false;
    this.told.value = state;
    if (this.title.peek() === "") this.title.value = state.terminal.title;
    this.#settle();
  }

  /** Where the host has another size than ours, it is another guest's, whose screen we see then. */
  #settle(): void {
    const told = this.told.peek()?.terminal;
    const screen = this.#screen;
    if (told === undefined || screen === null) return;
    const own = this.mode === "view" || this.#container === null ? null : screen.fitting() ?? screen.size;
    const isOwn = own !== null && own.cols === told.cols && own.rows === told.rows;
    if (!isOwn && own !== null && performance.now() - this.#sizeToldMs < SIZE_SETTLES_MS) {
      return this.#settleSoon();
    }
    screen.resize(sizeOf(told));
    this.isForeignSize.value = !isOwn;
  }

  #settleSoon(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), SIZE_SETTLES_MS);
  }

  async #open(from: number, failures: number, signal: AbortSignal): Promise<LinkSocket> {
    const id = this.#id.peek() ?? "";
    // A WebSocket that is refused does not say why; the list of terminals does.
    if (failures > 1) await this.#lookWhy(id, signal);
    const { ticket } = await api.post<Ticket>("/api/v1/tickets", undefined, { signal });
    const address = new URL(terminalAttachPath(this.host.id, id), location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    // One that is not shown leaves the size as it is.
    const size = this.#container === null ? null : this.#screen?.fitting() ?? null;
    const query = { mode: this.mode, ...size, from, ticket };
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, String(value));
    if (size !== null) this.#sizeToldMs = performance.now();
    const socket: unknown = new WebSocket(address);
    return socket as LinkSocket; // sound: of its events only data, code and reason are looked at
  }

  async #lookWhy(id: string, signal: AbortSignal): Promise<void> {
    try {
      const { terminals } = await api.get<{ terminals: TerminalView[] }>(agentPath(this.host.id, "/v1/terminals"), {
        signal,
      });
      if (terminals.some((each) => each.id === id)) return;
    } catch (error) {
      const isRefused = error instanceof ApiProblem && REFUSALS.includes(error.code);
      throw isRefused ? new LinkRefusal("refused", error.message) : error;
    }
    throw new LinkRefusal("gone", t("terminal.gone"));
  }
}

const REFUSALS: readonly number[] = [PROBLEM_CODES.hostRefuses, PROBLEM_CODES.forbidden];
const MONO = 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

function sizeOf({ cols, rows }: Size): Size {
  const side = (value: number) => Math.min(1_000, Math.max(1, Math.floor(value)));
  return { cols: side(cols), rows: side(rows) };
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** A page that is not seen paints no frames, and its terminals go on all the same. */
function beforeNextFrame(run: () => void): void {
  if (document.visibilityState === "visible") requestAnimationFrame(run);
  else setTimeout(run, FRAME_MS);
}
