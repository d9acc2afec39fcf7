/** Rules about names and sizes. */
import { functionName, type FunctionNode, lineCount, repositoryPath } from "./syntax.ts";

export const MAX_FILE_LINES = 400;
export const MAX_FUNCTION_LINES = 80;

const FILE_NAME = /^[a-z0-9]+(_[a-z0-9]+)*(\.(linux|windows|darwin|posix))?(_(test|bench))?\.tsx?$/;

const fileName: Deno.lint.Rule = {
  create: (context) => ({
    Program(node) {
      const name = repositoryPath(context.filename).split("/").at(-1) ?? "";
      if (FILE_NAME.test(name)) return;
      context.report({
        node,
        message: `"${name}" is not a house name. Use <snake_case>[.linux|.windows|.darwin|.posix][_test|_bench].ts.`,
      });
    },
  }),
};

const fileLength: Deno.lint.Rule = {
  create: (context) => ({
    Program(node) {
      const lines = lineCount(context.sourceCode.text);
      if (lines <= MAX_FILE_LINES) return;
      context.report({
        node,
        message:
          `${lines} lines, at most ${MAX_FILE_LINES}. Split the file by idea, or list it with its reason in scripts/lint/exceptions.ts.`,
      });
    },
  }),
};

const functionLength: Deno.lint.Rule = {
  create(context) {
    const check = (node: FunctionNode) => {
      const lines = lineCount(context.sourceCode.getText(node));
      if (lines <= MAX_FUNCTION_LINES) return;
      context.report({
        node,
        message: `${
          functionName(node)
        }: ${lines} lines, at most ${MAX_FUNCTION_LINES}. Give its steps names of their own, or list it with its reason in scripts/lint/exceptions.ts.`,
      });
    };
    return { FunctionDeclaration: check, FunctionExpression: check, ArrowFunctionExpression: check };
  },
};

export const shapeRules = {
  "file-length": fileLength,
  "file-name": fileName,
  "function-length": functionLength,
} satisfies Record<string, Deno.lint.Rule>;
