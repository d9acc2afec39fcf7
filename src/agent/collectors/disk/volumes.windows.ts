import type { Clock } from "../../../core/mod.ts";
import type { FileSystemUse, Volume, VolumeUse, WindowsMeasures } from "../../../platform/mod.ts";
import type { MountUse } from "../../../protocol/mod.ts";
import type { CollectorsConfig } from "../contract.ts";
import { nameFilter } from "../name_filter.ts";
import { type Answer, MountAsker } from "./mount_asker.ts";

/** Devices that are in this machine; the rest are shares of servers, whatever serves them. */
const LOCAL_DEVICE = /^\\Device\\(?:HarddiskVolume|CdRom|Floppy|RamDisk|Ramdisk|ImDisk|VeraCrypt)/;
const NOT_READY = "it does not tell its use: it is locked, not formatted or not reachable";
const UNKNOWN_TYPE = "unknown";

/** Asks volumes for their use; one of them for the process, because a stuck call outlives the collector that made it. */
export class VolumeAsker {
  /** What a volume has said beside its use. */
  readonly #said = new Map<string, VolumeUse>();
  readonly #asker: MountAsker;

  constructor(measures: Pick<WindowsMeasures, "volumeUse">) {
    this.#asker = new MountAsker(async (root): Promise<FileSystemUse> => {
      this.#said.delete(root);
      const use = await measures.volumeUse(root);
      this.#said.set(root, use);
      return sizesOf(use);
    });
  }

  async ask(volumes: readonly Volume[], clock: Clock, signal: AbortSignal): Promise<AskedVolume[]> {
    const questions = volumes.map(({ root, device }) => ({
      path: root,
      source: device ?? root,
      local: device === undefined || LOCAL_DEVICE.test(device),
    }));
    const answers = await this.#asker.ask(questions, clock, signal);
    return volumes.map((volume) => {
      const answer = answers.get(volume.root);
      return { volume, answer, said: answer?.use === undefined ? undefined : this.#said.get(volume.root) };
    });
  }
}

export interface AskedVolume {
  readonly volume: Volume;
  readonly answer: Answer | undefined;
  readonly said: VolumeUse | undefined;
}

function sizesOf({ sizeBytes, freeBytes, availableBytes }: VolumeUse): FileSystemUse {
  const usedBytes = sizeBytes === undefined || freeBytes === undefined || freeBytes > sizeBytes
    ? undefined
    : sizeBytes - freeBytes;
  return { sizeBytes, usedBytes, freeBytes, availableBytes };
}

/** `C:\` is `C:` in all that we say, as in Windows' own performance counters. */
function volumeName(root: string): string {
  return root.replace(/\\+$/, "");
}

/** Which volumes are reported: by their names before they are asked, by their types afterwards. */
export interface VolumeChoice {
  isNamed(root: string): boolean;
  /** What is to be inserted first, and discs that are always full, only when named. */
  isReported(root: string, said: VolumeUse | undefined): boolean;
}

export function volumeChoice(options: CollectorsConfig["disk"]): VolumeChoice {
  const named = new Set(options.mount_points.map(volumeName));
  const chosen = nameFilter({ include: [...named], exclude: options.exclude_mount_points.map(volumeName) });
  const chosenType = nameFilter({ include: [], exclude: options.exclude_types });
  return {
    isNamed: (root) => chosen(volumeName(root)),
    isReported(root, said) {
      if (said === undefined) return true;
      const { fileSystem = "", kind, sizeBytes } = said;
      if (!chosenType(fileSystem) || !chosenType(fileSystem.toLowerCase())) return false;
      if (named.has(volumeName(root))) return true;
      return kind !== "cdrom" && kind !== "no_root" && !(kind === "removable" && sizeBytes === undefined);
    },
  };
}

/** What the sample has of a volume, and what the reading's problems have. */
export function mountUse({ volume, answer, said }: AskedVolume): { use: MountUse; problem?: string } {
  const mountPoint = volumeName(volume.root);
  const known: MountUse = {
    mountPoint,
    device: volume.device ?? volume.root,
    type: said?.fileSystem ?? UNKNOWN_TYPE,
    readOnly: said?.readOnly ?? false,
    label: said?.label,
    facts: said && {
      kind: said.kind,
      ...(said.serialNumber !== undefined && { serial_number: said.serialNumber }),
    },
  };
  if (answer?.use === undefined) {
    const { error, cause } = answer ?? { error: "not asked", cause: "it was not asked" };
    return { use: { ...known, error }, problem: cause };
  }
  if (answer.use.sizeBytes === undefined) {
    return { use: { ...known, error: NOT_READY }, problem: `drive ${mountPoint.replace(/:$/, "")}: ${NOT_READY}` };
  }
  return { use: { ...known, ...answer.use } };
}
