/** The folders of src and the packages of deno.json. */
import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import consoleJson from "../../src/console/deno.json" with { type: "json" };
import { VERSION } from "../../src/core/mod.ts";
import { LAW } from "./law.ts";
import { moduleGraph, readText, repositoryFiles } from "./repository.ts";
import { moduleCommentProblems, testedFile } from "./rules.ts";

const files = await repositoryFiles();
/** Of the program, its tests and the console. */
const PACKAGES: Readonly<Record<string, string>> = { ...denoJson.imports, ...consoleJson.imports };

/** Each folder that a row of the law stands for, with its layer. */
function units(): { folder: string; level: number }[] {
  return LAW.layers.flatMap(({ folder, level }) => {
    if (folder === "main.ts") return [];
    if (!folder.endsWith("/*")) return [{ folder, level }];
    const depth = folder.split("/").length;
    const inside = files.filter((path) => path.startsWith(folder.slice(0, -1)) && path.split("/").length > depth);
    return [...new Set(inside.map((path) => path.split("/").slice(0, depth).join("/")))].map((found) => ({
      folder: found,
      level,
    }));
  });
}

Deno.test("each folder's mod.ts says what it is for, its lifecycle, how to add one more, what it may import", async () => {
  const problems: string[] = [];
  for (const { folder, level } of units()) {
    if (!files.includes(`${folder}/mod.ts`)) problems.push(`${folder} has no mod.ts`);
    else {
      const text = await readText(`${folder}/mod.ts`);
      const found = moduleCommentProblems(text, folder.replace(/^src\//, ""), level);
      problems.push(...found.map((problem) => `${folder}/mod.ts ${problem}`));
    }
  }
  assert.equal(problems.length, 0, `\n${problems.join("\n")}`);
});

Deno.test("each unit test stands beside the file that it is named after", () => {
  const homeless = files.filter((path) => {
    const tested = path.startsWith("src/") ? testedFile(path) : undefined;
    return tested !== undefined && !files.includes(tested);
  });
  assert.deepEqual(homeless, []);
});

Deno.test("deno.json and src/core say the same version", () => {
  assert.equal(denoJson.version, VERSION);
});

Deno.test("packages are pinned to one version, from npm, and locked", async () => {
  assert.equal(denoJson.lock.frozen, true);
  const lock: { specifiers: Record<string, string> } = JSON.parse(await readText("deno.lock"));
  for (const [name, specifier] of Object.entries(PACKAGES)) {
    assert.match(specifier, new RegExp(`^npm:${name}@\\d+\\.\\d+\\.\\d+$`));
    assert.ok(specifier in lock.specifiers, `${specifier} is not in deno.lock`);
  }
});

Deno.test("each package of deno.json is imported somewhere and named in the README", async () => {
  const graph = await moduleGraph(files.filter((path) => /\.tsx?$/.test(path) && !path.startsWith("tests/fixtures/")));
  const imported = new Set([...graph.values()].flatMap((module) => module.packages));
  const readme = await readText("README.md");
  for (const name of Object.keys(PACKAGES)) {
    const isImported = [...imported].some((entry) => entry === name || entry.startsWith(`${name}/`));
    assert.ok(isImported, `nothing imports ${name}: remove it from deno.json`);
    assert.ok(readme.includes(name), `README.md does not say why ${name} is there`);
  }
});
