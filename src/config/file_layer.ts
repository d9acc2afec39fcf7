import { dropEmptySections } from "./layers.ts";
import type { ConfigKind, ConfigWords } from "./kind.ts";
import { type MapNode, mapNode, type Origin, printable } from "./node.ts";
import type { Problem } from "./problem.ts";
import { readConfigText } from "./read_file.ts";
import type { SchemaKey } from "./schema_keys.ts";
import { readYaml, shown } from "./yaml_source.ts";

/** What a config file sets, and what is wrong with it. */
export interface FileLayer {
  /** The file that was read, or null when there was none. */
  readonly file: string | null;
  readonly legacy: boolean;
  readonly root: MapNode;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** True when not all of the file could be understood, so that nothing should be concluded from what it lacks. */
  readonly partial: boolean;
}

type Reader = Pick<ConfigKind<never>, "words" | "translate">;

export async function fileLayer(
  file: string | null,
  required: boolean,
  keys: SchemaKey,
  reader: Reader,
): Promise<FileLayer> {
  if (file === null) return layer(null);
  const content = await readConfigText(file, reader.words.program);
  if ("text" in content) {
    const layer = textLayer(content.text, file, keys, reader);
    return content.openToAll ? { ...layer, warnings: [openToAll(file, reader.words), ...layer.warnings] } : layer;
  }
  if ("missing" in content && !required) return layer(null);
  const line = "line" in content ? content.line : null;
  const origin: Origin | null = line === null ? null : { kind: "file", file, line, column: 1 };
  return layer(file, [{ origin, path: "", message: content.message, hint: content.hint }]);
}

function textLayer(text: string, file: string, keys: SchemaKey, { translate }: Reader): FileLayer {
  const { root, problems, partial } = readYaml(text, (line, column) => ({ kind: "file", file, line, column }));
  if (root === null) return layer(file, problems);
  if (root.kind !== "map") {
    if (partial) return layer(file, problems);
    const hint = `its sections are ${[...keys.children.keys()].join(", ")}`;
    return layer(file, [{
      origin: root.origin,
      path: "",
      message: `a config must be a mapping, got ${shown(root)}`,
      hint,
    }]);
  }
  const translated = translate(root, keys);
  if (translated === null) return { ...layer(file, problems), root: dropEmptySections(root, keys), partial };
  return { ...translated, file, legacy: true, problems: [...problems, ...translated.problems], partial };
}

function layer(file: string | null, problems: readonly Problem[] = []): FileLayer {
  const root = mapNode([], { path: "", origin: { kind: "default" } });
  return { file, legacy: false, root, problems, warnings: [], partial: problems.length > 0 };
}

/** The config says what runs on the host, and as whom. */
function openToAll(file: string, { program }: ConfigWords): Problem {
  const message = `every user of this host can change ${printable(file)}, and so what the ${program} does`;
  return { origin: null, path: "", message, hint: `run "chmod o-w ${printable(file)}"` };
}
