/** What tells that a host is a container; what cannot be read is absent. */
export interface ContainerSigns {
  /** `container=` in the environment of process 1, or what systemd has made of it. */
  readonly announced?: string | undefined;
  readonly dockerFile: boolean;
  /** The text of /run/.containerenv. */
  readonly podmanFile?: string | undefined;
  /** The control groups of process 1. */
  readonly cgroups?: string | undefined;
  /** The namespaces that this process is in: "pid:[4026531836]". */
  readonly namespaces: readonly (string | null)[];
  readonly openvz: boolean;
  readonly kernelRelease?: string | undefined;
}

/** The numbers that the kernel gives to the namespaces that it starts with: include/linux/proc_ns.h. */
const FIRST_NAMESPACES = new Set(["ipc:[4026531839]", "uts:[4026531838]", "pid:[4026531836]"]);
const GROUPS: readonly (readonly [part: string, kind: string])[] = [
  ["kubepods", "kubernetes"],
  ["libpod", "podman"],
  ["docker", "docker"],
  ["lxc", "lxc"],
  ["containerd", "containerd"],
];

/** The kind of container, in the words of its maker; undefined on a host that is none. */
export function containerKind(signs: ContainerSigns): string | undefined {
  if (signs.announced) return signs.announced;
  if (/microsoft/i.test(signs.kernelRelease ?? "")) return "wsl";
  if (signs.openvz) return "openvz";
  // A container's image that was made a virtual machine of keeps the file, but nothing shuts it in any more.
  const isShutIn = !signs.namespaces.every((namespace) => FIRST_NAMESPACES.has(namespace ?? ""));
  if (signs.podmanFile !== undefined && isShutIn) return "podman";
  const group = groupKind(signs.cgroups ?? "");
  if (group !== undefined) return group;
  return signs.dockerFile && isShutIn ? "docker" : undefined;
}

/** Only process 1 is asked: on a host it is in no such group, whatever runs beside it. */
function groupKind(cgroups: string): string | undefined {
  return GROUPS.find(([part]) => cgroups.includes(part))?.[1];
}
