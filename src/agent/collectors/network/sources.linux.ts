import { countTcpSockets, watchLinks } from "../../../platform/mod.ts";
import type { CollectorDeps } from "../contract.ts";
import type { HeldFile, TreeReader } from "../reading/tree_reader.ts";
import { type AddressesOf, addressesOfFiles, addressesOfKernel } from "./addresses.linux.ts";
import { type LinkNews, newsOfFile, newsOfKernel } from "./link_news.linux.ts";
import { OptionalFile } from "./seldom.ts";

/** Asks the kernel itself about our own network namespace. */
export interface Kernel {
  readonly watchLinks: typeof watchLinks;
  readonly addresses: () => AddressesOf | null;
  readonly countTcpSockets: typeof countTcpSockets;
}

const ownKernel: Kernel = { watchLinks, addresses: addressesOfKernel, countTcpSockets };

/** Where the network is read from, and the files that are held open for it. */
export interface Sources {
  readonly deps: CollectorDeps;
  readonly tree: TreeReader;
  /** Below the root of /proc. */
  readonly directory: string;
  /** Null when the files are of another namespace than our own, or of no kernel at all. */
  readonly kernel: Kernel | null;
  hold(file: string): HeldFile;
  holdOptional(...path: string[]): OptionalFile;
  news(): LinkNews;
  addresses(problems: string[]): AddressesOf;
  close(): void;
}

/**
 * /proc/net is a link to the namespace of whoever reads it. In a container that watches its host, it would show the
 * container's own interfaces beside the host's /sys; there the host's first process tells, as `1/net`.
 */
export function openSources(deps: CollectorDeps, kernel: Kernel = ownKernel): Sources {
  const { tree, clock } = deps;
  const { proc, sys } = tree.roots;
  const isOwn = proc === "/proc" && sys === "/sys";
  const isFirst = proc !== "/proc" && tree.text(tree.proc("1", "net", "dev")) !== null;
  const directory = isFirst ? "1/net" : "net";
  const opened: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(file: T): T => {
    opened.push(file);
    return file;
  };
  const hold = (file: string) => keep(tree.hold(tree.proc(directory, file)));
  return {
    deps,
    tree,
    directory,
    kernel: isOwn ? kernel : null,
    hold,
    holdOptional: (...path) => keep(new OptionalFile(clock, tree.hold(tree.proc(...path)))),
    news() {
      const watch = isOwn ? kernel.watchLinks() : null;
      return keep(watch === null ? newsOfFile(tree.hold(tree.proc(directory, "igmp"))) : newsOfKernel(watch));
    },
    addresses: (problems) => (isOwn ? kernel.addresses() : null) ?? addressesOfFiles(tree, directory, problems),
    close: () => opened.forEach((file) => file.close()),
  };
}
