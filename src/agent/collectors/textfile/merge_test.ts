import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePrometheusText } from "../user_metrics/prometheus_text.ts";
import { mergeFiles } from "./merge.ts";

const file = (path: string, text: string) => ({ path, families: parsePrometheusText(text).families });

Deno.test("what would be too much for one scrape is left out, the smaller files after it are not", () => {
  const many = Array.from({ length: 4 }, (_, i) => `many{i="${i}"} 1\n`).join("");
  const { families, conflicts } = mergeFiles([file("/1", "a 1\n"), file("/2", many), file("/3", "b 1\n")], 3);
  assert.deepEqual(families.map(({ name }) => name), ["a", "b"]);
  assert.deepEqual(conflicts, ["/2: many is left out: there are more than 3 series in all files together"]);
});

Deno.test("a HELP that only a later file has is taken; a long list of files is cut", () => {
  const help = (files: ReturnType<typeof file>[]) => mergeFiles(files).families[0]?.help;
  assert.equal(help([file("/1", "a 1\n"), file("/2", '# HELP a Good.\na{x="1"} 1\n')]), "Good.");
  const five = [1, 2, 3, 4, 5].map((i) => file(`/${i}`, `a{i="${i}"} 1\n`));
  assert.equal(help(five), "Read from /1, /2, /3 and 2 more files.");
});

Deno.test("merging leaves what each file held as it was", () => {
  const [one, two] = [file("/1", "a 1\n"), file("/2", 'a{x="1"} 1\n')];
  const before = JSON.stringify([one, two]);
  assert.equal(mergeFiles([one, two]).families[0]?.values.length, 2);
  assert.equal(JSON.stringify([one, two]), before);
});

Deno.test("property: no series is there twice, and each is there or its family is reported", () => {
  const line = fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2", "3"));
  const texts = fc.array(fc.uniqueArray(line, { selector: String, maxLength: 6 }), { maxLength: 5 });
  fc.assert(fc.property(texts, (files) => {
    const inputs = files.map((lines, i) => file(`/${i}`, lines.map(([name, x]) => `${name}{x="${x}"} 1\n`).join("")));
    const { families, conflicts } = mergeFiles(inputs);
    const series = families.flatMap(({ name, values }) => values.map(({ labels }) => `${name} ${labels.x}`));
    assert.equal(new Set(series).size, series.length);
    for (const { path, families } of inputs) {
      for (const { name, values } of families) {
        const all = values.every(({ labels }) => series.includes(`${name} ${labels.x}`));
        assert.ok(all || conflicts.some((text) => text.startsWith(`${path}: ${name} is left out`)));
      }
    }
  }));
});
