import { AppError } from "./errors.ts";

/** What a selector looks at. */
export interface Selectable {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Term {
  readonly key: string;
  readonly isNegated: boolean;
  /** The value, split at its stars; null asks only whether there is such a label. */
  readonly parts: readonly string[] | null;
}

const MAX_TERMS = 32;
const TERM = /^(!)?\s*([A-Za-z0-9][A-Za-z0-9_./-]*)\s*(?:(!?=)\s*([^=!]*))?$/;

/**
 * Which hosts are meant: terms separated by commas that must all hold. `env=prod` and `env!=prod` compare a label,
 * where `*` stands for any text; `env` and `!env` ask whether it is there; `name=web-*` looks at the host's name.
 * The empty text means all hosts.
 */
export class HostSelector {
  readonly #terms: readonly Term[];

  private constructor(readonly text: string, terms: readonly Term[]) {
    this.#terms = terms;
  }

  /** Throws `invalid_input` for what is no selector. */
  static parse(text: string): HostSelector {
    const parts = text.split(",").map((part) => part.trim());
    if (text.trim() === "") return new HostSelector("", []);
    if (parts.length > MAX_TERMS) throw new AppError("invalid_input", `A selector has at most ${MAX_TERMS} terms`);
    return new HostSelector(parts.join(","), parts.map(parseTerm));
  }

  get isEverything(): boolean {
    return this.#terms.length === 0;
  }

  matches(host: Selectable): boolean {
    return this.#terms.every(({ key, isNegated, parts }) => {
      const given = key === "name" ? host.name : Object.hasOwn(host.labels, key) ? host.labels[key] : undefined;
      const holds = given !== undefined && (parts === null || fits(parts, given));
      return holds !== isNegated;
    });
  }
}

function parseTerm(text: string): Term {
  const match = TERM.exec(text);
  const [, bang, key = "", operator, value = ""] = match ?? [];
  if (match === null || (bang !== undefined && operator !== undefined)) {
    throw new AppError(
      "invalid_input",
      `A selector is made of terms such as env=prod, team!=db, gpu, !old or name=web-*, separated by commas; got "${text}"`,
    );
  }
  if (operator === undefined) return { key, isNegated: bang !== undefined, parts: null };
  return { key, isNegated: operator === "!=", parts: value.trim().split("*") };
}

/** Each part is found where it first stands after the one before, so that no name makes matching slow. */
function fits(parts: readonly string[], text: string): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  const end = text.length - last.length;
  let position = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found === -1 || found + part.length > end) return false;
    position = found + part.length;
  }
  return text.endsWith(last);
}
