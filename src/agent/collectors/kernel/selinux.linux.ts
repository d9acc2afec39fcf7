import type { KernelSample } from "../../../protocol/mod.ts";
import type { HeldFile, TreeReader } from "../reading/tree_reader.ts";

type Selinux = NonNullable<KernelSample["selinux"]>;

interface Found {
  /** Null where SELinux is off. */
  readonly enforce: HeldFile | null;
  readonly configured: Selinux["configured"];
}

const MODES = ["enforcing", "permissive", "disabled"] as const;

/** SELinux cannot be turned on without a new start of the system, so that it is looked for once. */
export class SelinuxReader {
  readonly #tree: TreeReader;
  #found: Found | null = null;

  constructor(tree: TreeReader) {
    this.#tree = tree;
  }

  read(): Selinux | undefined {
    this.#found ??= this.#look();
    if (this.#found === null) return undefined;
    const { enforce, configured } = this.#found;
    if (enforce === null) return { enabled: false };
    const mode = enforce.text()?.trim();
    return { enabled: true, enforcing: mode === "1" ? true : mode === "0" ? false : undefined, configured };
  }

  close(): void {
    this.#found?.enforce?.close();
    this.#found = null;
  }

  /** Null where /sys is not to be seen, and so nothing is known. */
  #look(): Found | null {
    const tree = this.#tree;
    const fileSystems = tree.list(tree.sys("fs"));
    if (fileSystems.length === 0) return null;
    const path = tree.sys("fs/selinux/enforce");
    if (!fileSystems.includes("selinux") || tree.line(path) === null) return { enforce: null, configured: undefined };
    return {
      enforce: tree.hold(path),
      configured: parseSelinuxConfig(tree.text(tree.root("etc/selinux/config")) ?? ""),
    };
  }
}

/** https://man7.org/linux/man-pages/man5/selinux_config.5.html */
export function parseSelinuxConfig(text: string): Selinux["configured"] {
  for (const line of text.split("\n")) {
    const [name = "", value = ""] = line.split("=", 2);
    if (name.trim() !== "SELINUX") continue;
    return MODES.find((mode) => mode === value.trim().toLowerCase());
  }
  return undefined;
}
