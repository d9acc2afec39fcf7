import type { HostView } from "../../../protocol/mod.ts";

export interface ManagerAddress {
  readonly host: string;
  readonly isSecure: boolean;
}

const CHUNK_LENGTH = 32 * 1024;

/**
 * https://prometheus.io/docs/prometheus/latest/http_sd: each host's own metrics, to be had through the manager and its
 * tunnel, since nobody can connect to the host itself. Piece by piece, for the same reason as the fleet's metrics.
 */
export function* prometheusTargets(hosts: Iterable<HostView>, manager: ManagerAddress): Generator<string, void> {
  let text = "[";
  let isFirst = true;
  for (const host of hosts) {
    if (host.kind !== "agent") continue;
    text += `${isFirst ? "" : ",\n"}${JSON.stringify(targetOf(host, manager))}`;
    isFirst = false;
    if (text.length < CHUNK_LENGTH) continue;
    yield text;
    text = "";
  }
  yield `${text}]\n`;
}

function targetOf({ id, name, labels, facts }: HostView, { host, isSecure }: ManagerAddress): object {
  return {
    targets: [host],
    labels: {
      __scheme__: isSecure ? "https" : "http",
      __metrics_path__: `/api/v1/hosts/${id}/agent/metrics`,
      instance: name,
      host: name,
      __meta_farhand_id: id,
      ...(facts !== undefined && {
        __meta_farhand_os: facts.os,
        __meta_farhand_arch: facts.arch,
        __meta_farhand_version: facts.version,
      }),
      ...Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [`__meta_farhand_label_${key.replaceAll(/\W/g, "_")}`, value]),
      ),
    },
  };
}
