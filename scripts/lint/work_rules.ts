/** Rules about when code runs and what becomes of its failures. */
import { dottedName, isFunction, isProgram, type Node, repositoryPath, runsAtImport } from "./syntax.ts";

/** Calls that do work wherever they stand, besides every function of `Deno`. */
const WORKERS = new Set([
  "setTimeout",
  "setInterval",
  "queueMicrotask",
  "addEventListener",
  "fetch",
  "process.on",
  "process.once",
]);
const WORKER_CLASSES = new Set(["Worker", "WebSocket", "BroadcastChannel", "Deno.UnsafeCallback", "Deno.Command"]);

const noImportTimeWork: Deno.lint.Rule = {
  create(context) {
    if (!isProgram(repositoryPath(context.filename))) return {};
    const report = (node: Node, what: string) => {
      if (!runsAtImport(node)) return;
      context.report({
        range: node.range,
        message:
          `${what} runs when the module is imported. Do it in a function that the owner calls, such as a component's start.`,
      });
    };
    return {
      CallExpression(node) {
        const name = dottedName(node.callee);
        if (name !== undefined && (WORKERS.has(name) || name.startsWith("Deno."))) report(node, `${name}()`);
      },
      NewExpression(node) {
        const name = dottedName(node.callee);
        if (name !== undefined && WORKER_CLASSES.has(name)) report(node, `new ${name}`);
      },
      MemberExpression(node) {
        if (dottedName(node) === "Deno.env") report(node, "Reading the environment");
      },
      AwaitExpression: (node) => report(node, "await"),
    };
  },
};

const SILENT =
  "A failure is swallowed here. Handle it, or say in a comment why ignoring it is right, and catch as little as possible.";

const noSilentCatch: Deno.lint.Rule = {
  create: (context) => ({
    CatchClause(node) {
      if (node.body.body.length > 0 || context.sourceCode.getCommentsInside(node.body).length > 0) return;
      context.report({ node, message: SILENT });
    },
    CallExpression(node) {
      if (node.callee.type !== "MemberExpression" || node.callee.property.type !== "Identifier") return;
      const handler = node.arguments[0];
      if (node.callee.property.name !== "catch" || handler === undefined || !doesNothing(handler)) return;
      if (!hasCommentNearby(context.sourceCode, handler)) context.report({ node: handler, message: SILENT });
    },
  }),
};

/** `() => {}`, `() => undefined`, `() => null` and the same as a function expression. */
function doesNothing(node: Node): boolean {
  if (!isFunction(node) || node.body === null) return false;
  if (node.body.type === "BlockStatement") return node.body.body.length === 0;
  return dottedName(node.body) === "undefined" || (node.body.type === "Literal" && node.body.value === null);
}

/** True for a comment on the node's own lines or on the line above them. */
function hasCommentNearby(source: Deno.lint.SourceCode, node: Node): boolean {
  const lineOf = (offset: number) => source.text.slice(0, offset).split("\n").length;
  const [first, last] = [lineOf(node.range[0]) - 1, lineOf(node.range[1])];
  return source.getAllComments().some(({ range }) => lineOf(range[1]) >= first && lineOf(range[0]) <= last);
}

export const workRules = {
  "no-import-time-work": noImportTimeWork,
  "no-silent-catch": noSilentCatch,
} satisfies Record<string, Deno.lint.Rule>;
