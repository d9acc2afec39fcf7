import { AppError, systemClock } from "../core/mod.ts";
import { currentOs } from "../platform/mod.ts";
import { command, type CommandFile, durationOption } from "./command.ts";
import type { CliContext } from "./context.ts";
import type { Side } from "./copy/contract.ts";
import { Copier, type End } from "./copy/copy.ts";
import { LocalSide } from "./copy/local_side.ts";
import { lastName, type Location, parseLocation } from "./copy/location.ts";
import { Progress } from "./copy/progress.ts";
import { RemoteSide } from "./copy/remote_side.ts";
import { standardInput, standardOutput } from "./copy/standard_side.ts";
import { findHost } from "./remote/find_hosts.ts";
import { safeText } from "./safe_text.ts";
import { readableBytes } from "./units.ts";

interface CpOptions {
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly giveUp: string;
}

export const cpCommand: CommandFile = {
  build: (contextOf) =>
    command("cp", "copy files from and to hosts, where their policy permits it; goes on when the connection breaks", [
      "agent cp web-1:/var/log/syslog .",
      "agent cp app.tar.gz web-1:/srv/releases/",
      "agent cp -r web-1:/etc/nginx backup/",
      "agent cp web-1:/srv/data.db web-2:/srv/data.db --force",
      "agent cp 'win-1:C:\\logs\\web.log' .",
      "tar c site | agent cp - web-1:/srv/site.tar",
    ])
      .argument("<source>", "HOST:PATH, a path of this machine, or - for standard input")
      .argument("<target>", "the same, or - for standard output; one of the two is on a host")
      .option("-r, --recursive", "copy folders with all that is in them; links are left out and named")
      .option("-f, --force", "overwrite files that are there")
      .option("-q, --quiet", "show no progress and no summary")
      .option("--give-up <duration>", "how long to try again while nothing comes through", "2m")
      .option("--json", "print JSON: what was copied")
      .action(async (source: string, target: string, options: CpOptions, self) => {
        await copy(contextOf(self), source, target, options);
      }),
};

async function copy(context: CliContext, source: string, target: string, options: CpOptions): Promise<void> {
  const { out, signal, terminal } = context;
  const isWindows = currentOs() === "windows";
  const [from, to] = [parseLocation(source, { isWindows }), parseLocation(target, { isWindows })];
  const patienceMs = durationOption(options.giveUp).ms;
  if (from.kind !== "remote" && to.kind !== "remote") {
    throw new AppError("invalid_input", "One of the two must be on a host, as in agent cp web-1:/etc/hosts .");
  }
  const isStandard = to.kind === "standard";
  const progress = new Progress(terminal, systemClock, options.quiet !== true && !out.json && !isStandard);
  const force = options.force === true;
  const copier = new Copier({
    recursive: options.recursive === true,
    ...{ force, patienceMs, signal, progress, clock: systemClock, random: Math.random },
    note: (text) => out.note(`${out.yellow("warning:")} ${safeText(text)}`),
  });
  await between(copier, new Sides(context), { from, to, force, signal });
  const { files, bytes, leftOut } = copier.copied;
  if (leftOut.length > 0) context.exitWith(1);
  if (out.json && !isStandard) return out.data({ files, bytes, leftOut });
  if (options.quiet === true || isStandard) return;
  out.note(`${files === 1 ? "1 file" : `${files} files`}, ${readableBytes(bytes)}`);
}

interface Between {
  readonly from: Location;
  readonly to: Location;
  readonly force: boolean;
  readonly signal: AbortSignal;
}

async function between(copier: Copier, sides: Sides, { from, to, force, signal }: Between): Promise<void> {
  if (from.kind === "standard" && to.kind === "remote") {
    const target = await sides.end(to);
    const source = standardInput();
    const path = await copier.targetOf(target, "");
    return await copier.stream(source, await target.side.sink(path, { source, force }, signal), "standard input");
  }
  if (to.kind === "standard" && from.kind === "remote") {
    const { side, path } = await sides.end(from);
    const thing = await side.look(path, signal);
    if (thing?.kind !== "file") {
      throw new AppError(thing === null ? "not_found" : "unsupported", `${side.shown(path)} is no file that is there`);
    }
    return await copier.stream(await side.source(path, thing), standardOutput(), lastName(path));
  }
  if (from.kind !== "standard" && to.kind !== "standard") {
    await copier.copy(await sides.end(from), await sides.end(to));
  }
}

/** The ends of a copy; a host that is both of them is asked for once. */
class Sides {
  readonly #context: CliContext;
  readonly #hosts = new Map<string, Promise<Side>>();

  constructor(context: CliContext) {
    this.#context = context;
  }

  async end(location: Exclude<Location, { readonly kind: "standard" }>): Promise<End> {
    if (location.kind === "local") return { side: new LocalSide(), path: location.path };
    if (location.path === "") {
      throw new AppError("invalid_input", `Say which file of ${location.host}, after the colon`);
    }
    const { host, path } = location;
    const side = this.#hosts.get(host) ?? this.#find(host);
    this.#hosts.set(host, side);
    return { side: await side, path };
  }

  async #find(name: string): Promise<Side> {
    const { api, bulk } = await this.#context.manager();
    return new RemoteSide(bulk, await findHost(api, this.#context.signal, name));
  }
}
