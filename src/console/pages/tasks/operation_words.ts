import type { Operation } from "../../../protocol/mod.ts";
import { commandOf } from "./command_line.ts";

/** What a task asks of its host, as people would say it. */
export interface OperationWords {
  readonly kind: "command" | "processes" | "request";
  /** The command, the processes that are meant, or method and path. */
  readonly text: string;
  /** What is done to the processes; "" otherwise. */
  readonly action: string;
  /** Whether a shell reads the text. */
  readonly isScript: boolean;
}

type Json = Readonly<Record<string, unknown>>;

export function wordsOfOperation({ method, path, body }: Operation): OperationWords {
  const given = isObject(body) ? body : {};
  const route = `${method} ${path.split("?")[0]}`;
  if (route === "POST /v1/exec" && isWords(given.argv)) {
    const { interpreter, text } = commandOf(given.argv);
    return { kind: "command", text, action: "", isScript: interpreter !== "program" };
  }
  if (route === "POST /v1/processes/actions" && typeof given.action === "string") {
    return { kind: "processes", text: processesText(given.select), action: given.action, isScript: false };
  }
  return { kind: "request", text: `${method} ${path}`, action: "", isScript: false };
}

/** As processSelector of protocol has it: ids, all, or labels. */
function processesText(select: unknown): string {
  if (!isObject(select)) return "";
  if (select.all === true) return "*";
  if (isWords(select.ids)) return select.ids.join(", ");
  const labels = isObject(select.labels) ? Object.entries(select.labels) : [];
  return labels.map(([key, value]) => `${key}=${String(value)}`).join(",");
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string");
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
