import { type Document, isCollection, isScalar, type ParsedNode, visit, type YAMLError } from "yaml";

/** A complaint of the YAML parser in words that help, with the offset in the text that it is about. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

const CHECK_INDENTATION = "check the indentation of this line and of the lines above it";
const QUOTE_IT = "put the value in quotes";

/** The parser's codes that a config's author meets. The parser's own words serve for the rest. */
const WORDS: Readonly<Partial<Record<YAMLError["code"], readonly [message: string, hint: string]>>> = {
  TAB_AS_INDENT: ["a tab is used for indentation", "use spaces"],
  BAD_INDENT: ["the indentation does not match the lines above", CHECK_INDENTATION],
  BLOCK_AS_IMPLICIT_KEY: [
    "a key has both a value and keys of its own",
    "check the indentation, or put a value that contains ': ' in quotes",
  ],
  MULTILINE_IMPLICIT_KEY: ["a key without ':'", "write `key: value`, with a space after the colon"],
  MISSING_CHAR: ["a key without ':'", "write `key: value`, with a space after the colon"],
  BAD_SCALAR_START: ["a value starts with a character that YAML reserves", QUOTE_IT],
  BAD_DQ_ESCAPE: [
    "an unknown backslash escape in double quotes",
    "write paths with backslashes in single quotes or without quotes",
  ],
  MULTIPLE_DOCS: ["a second document begins here, and a config file holds only one", "remove the `---`"],
  TAG_RESOLVE_FAILED: ["an unknown tag (`!…`)", "write the plain value, or put it in quotes"],
  UNEXPECTED_TOKEN: ["this does not continue what stands before it", CHECK_INDENTATION],
  RESOURCE_EXHAUSTION: ["the nesting is too deep", "a config needs no more than 10 levels"],
  KEY_OVER_1024_CHARS: ["a key of more than 1024 characters", "is there a ':' missing?"],
};

/** The first thing that is wrong with the document's syntax; what follows it is usually only its consequence. */
export function firstSyntaxProblem(document: Document.Parsed, text: string): SyntaxProblem | null {
  const complaints = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const first = complaints.find(({ code }) => code === "RESOURCE_EXHAUSTION") ?? complaints[0];
  if (first === undefined) return null;
  const unclosed = first.code === "MISSING_CHAR" || first.code === "BAD_INDENT" ? findUnclosed(document, text) : null;
  if (unclosed !== null) return unclosed;
  const [message, hint] = WORDS[first.code] ?? [`${first.message.split("\n")[0]}`, "see https://yaml.org/spec/1.2.2/"];
  return { offset: first.pos[0], message, hint };
}

/** The parser notices a missing quote or bracket only at the end of the text; the place to show is where it opens. */
function findUnclosed(document: Document.Parsed, text: string): SyntaxProblem | null {
  let offset = -1;
  visit(document, (_key, node) => {
    if (!isScalar(node) && !isCollection(node)) return;
    // The range of a parsed node: start, end of the value, end with what trails it.
    const [start, end] = (node as ParsedNode).range;
    const opening = text[start];
    const quote = isScalar(node) && (opening === '"' || opening === "'");
    const flow = isCollection(node) && node.flow === true;
    if (!quote && !flow) return;
    const closing = opening === "[" ? "]" : opening === "{" ? "}" : opening;
    if (end - start < 2 || text[end - 1] !== closing) offset = start;
  });
  if (offset === -1) return null;
  const opening = text[offset] ?? "";
  const what = opening === "[" || opening === "{" ? "bracket" : "quote";
  return { offset, message: `the ${what} ${opening} opened here is never closed`, hint: `close the ${what}` };
}
