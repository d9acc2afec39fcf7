import { isMap, parseDocument } from "yaml";
import { AppError } from "../core/mod.ts";

/** A value for a key path such as `manager.address`; null takes the key out. */
export type Edits = Readonly<Record<string, string | null>>;

/**
 * The text of a config file with these keys set; all else in it stays, comments and order included. What is
 * not valid afterwards the loader says; what is no YAML cannot be edited.
 */
export function editedConfig(text: string, edits: Edits): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw cannotEdit(error.message);
  if (document.contents !== null && !isMap(document.contents)) {
    throw cannotEdit("it is not a mapping of keys to values");
  }
  for (const [key, value] of Object.entries(edits)) {
    const path = key.split(".");
    dropEmptySections(document, path);
    if (value !== null) document.setIn(path, value);
    else if (document.hasIn(path)) document.deleteIn(path);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** `manager:` with nothing under it is a null, in which nothing can be set. */
function dropEmptySections(document: ReturnType<typeof parseDocument>, path: readonly string[]): void {
  for (let depth = 1; depth < path.length; depth++) {
    const section = path.slice(0, depth);
    if (!document.hasIn(section)) return;
    const value = document.getIn(section);
    if (value === null) return void document.deleteIn(section);
    if (!isMap(value)) throw cannotEdit(`${section.join(".")} is not a mapping of keys to values`);
  }
}

function cannotEdit(reason: string): AppError {
  return new AppError("invalid_config", `Cannot change the config file: ${reason}; mend it by hand first`);
}
