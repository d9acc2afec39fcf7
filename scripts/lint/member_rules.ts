/** Rules that forbid a member of the runtime's API in a part of the repository. */
import { dottedName, isProgram, type Node, repositoryPath } from "./syntax.ts";

interface Ban {
  readonly members: readonly string[];
  readonly appliesTo: (path: string) => boolean;
  readonly message: string;
}

/** Reports `a.b` and `const { b } = a` for each banned `a.b`. A member `a.*` bans all of a. */
function banMembers({ members, appliesTo, message }: Ban): Deno.lint.Rule {
  return {
    create(context) {
      if (!appliesTo(repositoryPath(context.filename))) return {};
      const check = (node: Node, name: string | undefined) => {
        if (name === undefined) return;
        if (members.includes(name) || members.includes(name.replace(/\.[^.]*$/, ".*"))) {
          context.report({ range: node.range, message });
        }
      };
      return {
        MemberExpression: (node) => check(node, dottedName(node)),
        VariableDeclarator(node) {
          const owner = node.init === null ? undefined : dottedName(node.init);
          if (owner === undefined || node.id.type !== "ObjectPattern") return;
          for (const property of node.id.properties) {
            if (property.type === "Property" && property.key.type === "Identifier") {
              check(property, `${owner}.${property.key.name}`);
            }
          }
        },
      };
    },
  };
}

const inside = (path: string, folder: string) => path.startsWith(`${folder}/`);

export const memberRules = {
  "no-exit": banMembers({
    members: ["Deno.exit", "process.exit"],
    appliesTo: (path) => path !== "main.ts",
    message: "Only main.ts ends the process. Throw an AppError or return an exit code; a script sets Deno.exitCode.",
  }),
  "no-build-os": banMembers({
    members: ["Deno.build.os", "process.platform"],
    appliesTo: (path) => isProgram(path) && !inside(path, "src/platform"),
    message:
      "The operating system is looked up in src/platform only. Put the difference behind a function there, with a half per system.",
  }),
  "no-console": banMembers({
    members: ["console.*"],
    appliesTo: (path) => isProgram(path) && !inside(path, "src/cli"),
    message: "Only src/cli prints. Log through the Logger that was handed to you.",
  }),
  "no-env": banMembers({
    members: ["Deno.env", "process.env"],
    appliesTo: (path) => isProgram(path) && !inside(path, "src/cli"),
    message: "Only main.ts and src/cli read the environment. Take what you need as an option.",
  }),
} satisfies Record<string, Deno.lint.Rule>;
