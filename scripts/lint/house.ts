/**
 * The house rules as a plugin of `deno lint`; each message says what to do instead. To add one more: its name in
 * rule_names.ts, the rule in one of the `*_rules.ts`, and in house_test.ts a sample that passes and one that fails.
 */
import { type Exception, EXCEPTIONS } from "./exceptions.ts";
import { memberRules } from "./member_rules.ts";
import { RULE_NAMES, type RuleName } from "./rule_names.ts";
import { shapeRules } from "./shape_rules.ts";
import { repositoryPath } from "./syntax.ts";
import { workRules } from "./work_rules.ts";

const RULES: Record<RuleName, Deno.lint.Rule> = { ...memberRules, ...shapeRules, ...workRules };

/** The plugin with a given list of exceptions. */
export function houseRules(exceptions: readonly Exception[]): Deno.lint.Plugin {
  const rules: Record<string, Deno.lint.Rule> = {};
  for (const name of RULE_NAMES) {
    rules[name] = withExceptions(RULES[name], exceptions.filter((exception) => exception.rule === name));
  }
  return { name: "house", rules };
}

/** Exceptions silence a rule in a whole file, or where its message starts with the excepted function's name. */
function withExceptions(rule: Deno.lint.Rule, exceptions: readonly Exception[]): Deno.lint.Rule {
  return {
    create(context) {
      const here = exceptions.filter((exception) => exception.file === repositoryPath(context.filename));
      if (here.length === 0) return rule.create(context);
      if (here.some((exception) => exception.function === undefined)) return {};
      const isExcepted = (message: string) => here.some((entry) => message.startsWith(`${entry.function}: `));
      return rule.create({
        id: context.id,
        filename: context.filename,
        sourceCode: context.sourceCode,
        getFilename: () => context.filename,
        getSourceCode: () => context.sourceCode,
        report: (data) => isExcepted(data.message) || context.report(data),
      });
    },
  };
}

export default houseRules(EXCEPTIONS);
