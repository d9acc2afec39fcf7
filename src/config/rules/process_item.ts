import { joinPath, type MapNode, type Node, nodeAt, type Path, textAt } from "../node.ts";
import { MAX_REPLICAS } from "../schema/processes.ts";
import { type Replica, replicaOf, type ReplicaSource } from "../template.ts";

/**
 * One process of the tree, read with the schema's defaults and in spite of whatever is wrong with it. What the schema
 * refuses is read as if it were not there, so that a mistake is reported once.
 */
export class ProcessItem {
  readonly node: MapNode;
  readonly id: string;
  readonly #shared: Node | undefined;

  /** `shared` is the section with the keys that processes take from it. */
  constructor(node: MapNode, shared: Node | undefined) {
    this.node = node;
    this.id = this.text("id");
    this.#shared = shared;
  }

  at(...path: Path): Node | undefined {
    return nodeAt(this.node, path);
  }

  /** The key as a message names it, whether it is given or not. */
  name(...path: Path): string {
    return path.reduce<string>(joinPath, this.node.path);
  }

  text(...path: Path): string {
    return textAt(this.node, path) ?? "";
  }

  word(path: Path, fallback: string): string {
    return textAt(this.node, path) ?? fallback;
  }

  number(path: Path, fallback: number): number {
    const node = nodeAt(this.node, path);
    return node?.kind === "scalar" && Number.isSafeInteger(node.value) ? Number(node.value) : fallback;
  }

  isOn(...path: Path): boolean {
    const node = nodeAt(this.node, path);
    return node?.kind === "scalar" && [true, "on", "yes", "true"].some((word) => word === node.value);
  }

  /** The key's value if something is given there; empty ones are as good as none. */
  given(...path: Path): Node | undefined {
    const node = nodeAt(this.node, path);
    if (node?.kind === "scalar") return node.value === "" || node.value === null || node.value === 0 ? undefined : node;
    if (node?.kind === "list") return node.items.length > 0 ? node : undefined;
    return node?.kind === "map" && node.entries.size > 0 ? node : undefined;
  }

  /** The same, unless it comes from `process_defaults`: those are for all, so not each of them fits each process. */
  own(...path: Path): Node | undefined {
    const node = this.given(...path);
    return node !== undefined && nodeAt(this.#shared, path)?.origin === node.origin ? undefined : node;
  }

  get replicas(): number {
    return Math.min(Math.max(this.number(["replicas"], 1), 1), MAX_REPLICAS);
  }

  get portBase(): number {
    return this.number(["port_base"], 0);
  }

  replica(index: number, agentWorkDir: string): Replica {
    const source: ReplicaSource = {
      id: this.id,
      name: this.text("name"),
      replicas: this.replicas,
      port_base: this.portBase,
      work_dir: this.text("work_dir"),
      config_file: this.text("config_file"),
    };
    return replicaOf(source, index, agentWorkDir);
  }
}
