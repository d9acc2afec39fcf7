/** The import law over the real module graph. */
import assert from "node:assert/strict";
import { violations } from "./import_law.ts";
import { LAW } from "./law.ts";
import { moduleGraph, repositoryFiles } from "./repository.ts";

Deno.test("the program keeps the import law", async () => {
  const files = (await repositoryFiles()).filter((path) => path === "main.ts" || /^src\/.*\.tsx?$/.test(path));
  const graph = await moduleGraph(files);
  for (const file of files) assert.ok(graph.has(file), `${file} cannot be loaded, so its imports cannot be checked`);
  const program = new Map([...graph].filter(([path]) => files.includes(path)));
  const broken = violations(program, LAW);
  assert.equal(broken.length, 0, `\n${broken.join("\n")}`);
});
