/// <reference lib="deno.unstable" />
// Where `Deno.lint` is declared.
/** Questions that the house rules ask about a syntax tree and about the file that it belongs to. */
import { ROOT } from "../support.ts";

// The declared union leaves out a node that its own members have as parent.
export type Node = Deno.lint.Node | Deno.lint.TSParameterProperty;
export type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** The file's path from the repository's root with forward slashes; other paths come back as they are. */
export function repositoryPath(filename: string): string {
  const path = filename.replaceAll("\\", "/");
  const root = decodeURIComponent(ROOT.pathname).replace(/^\/(?=[A-Za-z]:)/, "");
  return path.startsWith(root) ? path.slice(root.length) : path;
}

/** True for files that run as tests, benchmarks or support of them; they may look at the world as they like. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/") || /_(test|bench)\.tsx?$/.test(path);
}

/** True for the program's own files, tests not included. */
export function isProgram(path: string): boolean {
  return path.startsWith("src/") && !isTest(path);
}

/** `Deno.env` for that member expression, whichever way it is written; undefined for what is not a chain of names. */
export function dottedName(node: Node): string | undefined {
  if (node.type === "ChainExpression") return dottedName(node.expression);
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return undefined;
  const owner = dottedName(node.object);
  const name = propertyName(node);
  if (owner === undefined || name === undefined) return undefined;
  return owner === "globalThis" ? name : `${owner}.${name}`;
}

function propertyName(node: Deno.lint.MemberExpression): string | undefined {
  if (!node.computed) return node.property.type === "Identifier" ? node.property.name : undefined;
  return node.property.type === "Literal" && typeof node.property.value === "string" ? node.property.value : undefined;
}

export function isFunction(node: Node): node is FunctionNode {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression";
}

export function parentOf(node: Node): Node | undefined {
  return "parent" in node && node.parent !== null ? node.parent : undefined;
}

/**
 * True where code runs while the module is imported: outside of any function (one that is called on the spot does not
 * count as one) and of any property of instances.
 */
export function runsAtImport(node: Node): boolean {
  for (let at: Node = node, parent = parentOf(at); parent !== undefined; at = parent, parent = parentOf(at)) {
    if (isFunction(at) && !isCallee(at, parent)) return false;
    if (at.type === "PropertyDefinition" && !at.static) return false;
  }
  return true;
}

function isCallee(node: Node, parent: Node): boolean {
  return parent.type === "CallExpression" && parent.callee.range[0] === node.range[0] &&
    parent.callee.range[1] === node.range[1];
}

/** The name that a function was given by its declaration, variable, property or method; "(anonymous)" without one. */
export function functionName(node: FunctionNode): string {
  if (node.type !== "ArrowFunctionExpression" && node.id) return node.id.name;
  const parent = parentOf(node);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") return parent.id.name;
  if (parent?.type === "Property" || parent?.type === "MethodDefinition" || parent?.type === "PropertyDefinition") {
    if (parent.key.type === "Identifier" || parent.key.type === "PrivateIdentifier") return parent.key.name;
  }
  return "(anonymous)";
}

/** Lines that a piece of text covers; a line break at its end does not start another. */
export function lineCount(text: string): number {
  return text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
}
