/** Pure checks of single files; each gives what is wrong, or nothing. packages_test.ts and repository_test.ts apply them. */

/** What a folder's mod.ts must tell: the name and layer, the lifecycle, how to add one more, what it may import. */
export function moduleCommentProblems(text: string, name: string, level: number): string[] {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1];
  if (comment === undefined) return ["does not begin with a module comment"];
  const plain = comment.replace(/^\s*\* ?/gm, "");
  const expected: readonly (readonly [RegExp, string])[] = [
    [/@module\s*$/, "does not end its comment with @module"],
    [new RegExp(`^\\s*${name} \\(L${level}\\b`), `does not begin with "${name} (L${level}): what it is for"`],
    [/lifecycle/i, "does not tell its lifecycle"],
    [/\bTo add one more\b/, 'does not say how "To add one more"'],
    [/\bMay import:/, 'does not say what it "May import:"'],
    [/^[\s\S]{200}/, "says too little: 200 characters at least"],
  ];
  return expected.flatMap(([pattern, problem]) => pattern.test(plain) ? [] : [problem]);
}

/** The file that a unit test beside it is about, or undefined for a file that is no unit test. */
export function testedFile(path: string): string | undefined {
  return /_(test|bench)\.tsx?$/.test(path) ? path.replace(/_(test|bench)(\.tsx?)$/, "$2") : undefined;
}

interface ForbiddenText {
  readonly pattern: RegExp;
  readonly reason: string;
}

/** Texts that no tracked file may hold; written so that this list does not find itself. */
export const FORBIDDEN_TEXTS: readonly ForbiddenText[] = [
  { pattern: /(?<![\w.~-])\/wor[k]\/\w/, reason: "an absolute path of the machine it was written on" },
  { pattern: /\/tm[p]\/(iss|brief|bash_jobs)/, reason: "a path of the machine it was written on" },
  {
    pattern: /registry\.npmj[s]|npmmirro[r]|artifactor[y]|verdacci[o]|codeartifac[t]|npm\.pkg\.githu[b]/i,
    reason: "a registry's host; which one is used is the machine's business",
  },
  { pattern: /https?:\/\/[^/\s]+:[^/\s]+@[a-z]/i, reason: "credentials in an address" },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KE[Y]-----/, reason: "a private key" },
  {
    pattern: /deno-lint-ignor[e](-file)?\s+house\//,
    reason: "house rules have one list of exceptions, in scripts/lint",
  },
  { pattern: /deno-lint-ignore-fil[e]/, reason: "ignore one line and say why, not a whole file" },
];

export function forbiddenTexts(text: string): string[] {
  return FORBIDDEN_TEXTS.flatMap(({ pattern, reason }) => {
    const found = pattern.exec(text);
    if (found === null) return [];
    return [`line ${text.slice(0, found.index).split("\n").length}: ${JSON.stringify(found[0])} is ${reason}`];
  });
}

const TOP_LEVEL = [
  "deno.json",
  "deno.lock",
  "main.ts",
  "src",
  "configs",
  "scripts",
  "tests",
  "README.md",
  "README.zh-CN.md",
  "CONTRIBUTING.md",
  "LICENSE",
  ".gitignore",
  ".gitattributes",
  ".ci",
  ".github",
];

/** Entries at the top of the repository that have no business there. */
export function strayEntries(paths: readonly string[]): string[] {
  const entries = new Set(paths.map((path) => path.split("/")[0] ?? path));
  return [...entries].filter((entry) => !TOP_LEVEL.includes(entry));
}
