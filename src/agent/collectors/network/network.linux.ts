import { AppError } from "../../../core/mod.ts";
import type { NetworkSample } from "../../../protocol/mod.ts";
import type { Collector, CollectorDeps, CollectorsConfig } from "../contract.ts";
import { nameFilter } from "../name_filter.ts";
import { ConnectionReader } from "./connections.linux.ts";
import { InterfaceReader } from "./interfaces.linux.ts";
import { PacketReader } from "./packet_reader.linux.ts";
import { type Kernel, openSources } from "./sources.linux.ts";

/** Everything about the network of one namespace; the files it is read from are opened with the first reading. */
export function linuxNetwork(
  options: CollectorsConfig["network"],
  deps: CollectorDeps,
  kernel?: Kernel,
): Collector<NetworkSample> {
  const sources = openSources(deps, kernel);
  const isWanted = nameFilter({ include: options.interfaces, exclude: options.exclude_interfaces });
  const interfaces = new InterfaceReader(sources, isWanted);
  const connections = new ConnectionReader(sources);
  const packets = new PacketReader(sources, isWanted);
  return {
    collect() {
      const problems: string[] = [];
      const found = interfaces.read(problems);
      const rest = { ...connections.read(problems), ...packets.read(problems) };
      if (found === null && Object.values(rest).every((part) => part === undefined)) {
        throw new AppError("unavailable", `Cannot read the network: ${problems.join("; ")}`);
      }
      return { sample: { interfaces: found ?? [], ...rest }, problems };
    },
    close: () => sources.close(),
  };
}
