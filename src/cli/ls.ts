import { AppError } from "../core/mod.ts";
import { currentOs } from "../platform/mod.ts";
import { type FileEntry, fileList, fileRoots, fileStat } from "../protocol/mod.ts";
import { command, type CommandFile } from "./command.ts";
import type { CliContext } from "./context.ts";
import { parseLocation } from "./copy/location.ts";
import { localTime } from "./output.ts";
import type { AgentReach } from "./reach.ts";
import { safeText } from "./safe_text.ts";
import { ABSENT } from "./units.ts";

interface LsOptions {
  readonly long?: boolean;
  readonly all?: boolean;
}

/** Folders of hundreds of thousands of files are read page by page. */
const READ_MS = 60_000;
const KIND_LETTERS = { file: "-", directory: "d", link: "l", other: "?" } as const;

export const lsCommand: CommandFile = {
  build: (contextOf) =>
    command("ls", "list a folder of a host, or of this one, where its policy permits it", [
      "agent ls web-1:/var/log",
      "agent ls -l web-1:/srv/www",
      "agent ls web-1:",
      "agent ls 'win-1:C:\\logs' --json",
    ])
      .argument("[path]", "HOST:PATH, or a path of this host; without a path, the folders that can be reached")
      .option("-l, --long", "tell mode, owner, size and time of each")
      .option("-a, --all", "list what begins with a dot, too")
      .option("--json", "print JSON")
      .action(async (path: string | undefined, options: LsOptions, self) => {
        const context = contextOf(self);
        const { agent, asked } = await reach(context, path);
        if (asked === "") await printRoots(context, agent);
        else await print(context, agent, asked, options);
      }),
};

async function reach(
  context: CliContext,
  path: string | undefined,
): Promise<{ readonly agent: AgentReach; readonly asked: string }> {
  const location = path === undefined ? null : parseLocation(path, { isWindows: currentOs() === "windows" });
  if (location?.kind === "standard") throw new AppError("invalid_input", "There is nothing to list in standard input");
  if (location?.kind !== "remote") return { agent: await context.agent(), asked: location?.path ?? "" };
  const [{ findHost }, { RemoteAgent }] = await Promise.all([
    import("./remote/find_hosts.ts"),
    import("./remote/remote_agent.ts"),
  ]);
  const { api } = await context.manager();
  return { agent: new RemoteAgent(api, await findHost(api, context.signal, location.host)), asked: location.path };
}

async function printRoots({ out, signal }: CliContext, agent: AgentReach): Promise<void> {
  const found = fileRoots().parse(await agent.ask("/v1/files/roots", { signal }));
  out.either(found, () => {
    const words = (isWritable: boolean) => isWritable ? "read and write" : "read only";
    out.table(["PATH", "ROOT MAY BE"], found.roots.map(({ path, isWritable }) => [safeText(path), words(isWritable)]));
    out.note(`policy.files of the host: ${found.policy}`);
  });
}

async function print(context: CliContext, agent: AgentReach, path: string, options: LsOptions): Promise<void> {
  const { out } = context;
  const { entries, isFolder } = await entriesAt(context, agent, path);
  const shown = isFolder && options.all !== true ? entries.filter(({ name }) => !name.startsWith(".")) : entries;
  if (out.json) return out.data({ path, entries: options.all === true || !isFolder ? entries : shown });
  if (options.long === true) return printLong(context, shown);
  for (const entry of shown) {
    out.line(nameOf(context, entry));
    if (context.terminal.isClosed?.() === true) return;
  }
}

/** Of a folder what is in it, else the thing itself. */
async function entriesAt(
  { signal }: CliContext,
  agent: AgentReach,
  path: string,
): Promise<{ readonly entries: readonly FileEntry[]; readonly isFolder: boolean }> {
  const ask = (route: string, query: Readonly<Record<string, string>>) =>
    agent.ask(`/v1/files${route}?${new URLSearchParams(query)}`, { signal, timeoutMs: READ_MS });
  const { kind, targetKind, path: _path, isWritable: _isWritable, etag: _etag, ...entry } = fileStat().parse(
    await ask("/stat", { path }),
  );
  if (kind !== "directory" && targetKind !== "directory") return { entries: [{ ...entry, kind }], isFolder: false };
  const entries: FileEntry[] = [];
  let after: string | undefined;
  for (;;) {
    const page = fileList().parse(await ask("", { path, ...(after !== undefined && { after }) }));
    entries.push(...page.entries);
    if (page.next === undefined) return { entries, isFolder: true };
    after = page.next;
  }
}

function printLong(context: CliContext, entries: readonly FileEntry[]): void {
  const rows = entries.map((entry) => [
    KIND_LETTERS[entry.kind] + (entry.mode ?? ABSENT),
    safeText(entry.user ?? ABSENT),
    safeText(entry.group ?? ABSENT),
    String(entry.sizeBytes),
    localTime(entry.modifiedMs),
    nameOf(context, entry) + (entry.target === undefined ? "" : ` -> ${safeText(entry.target)}`),
  ]);
  context.out.table(["MODE", "USER", "GROUP", "BYTES", "MODIFIED", "NAME"], rows);
}

/** What a name alone does not tell is told to people, and not to programs. */
function nameOf({ terminal, out }: CliContext, { name, kind, targetKind }: FileEntry): string {
  const text = safeText(name);
  if (!terminal.isTerminal) return text;
  if (kind === "directory") return out.bold(`${text}/`);
  return kind === "link" ? `${text}${targetKind === "directory" ? "/" : "@"}` : text;
}
