import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { fillTemplate, replicaOf, TEMPLATE_WORDS } from "./template.ts";

const SHOP = { id: "shop", name: "shop", replicas: 1, port_base: 0, work_dir: "", config_file: "" };

Deno.test("known words are filled in, and those of programs are left alone", () => {
  const words = { index: "2", id: "shop-2", port: "8082" };
  assert.equal(fillTemplate("{{id}}:{{port}}/{{index}}{{index}}", words), "shop-2:8082/22");
  for (
    const text of ["{{ id }}", "{{name}}", "{id}", "{{.Env}}", "{{ID}}", "{{", "}}", "{{{id}", "{{constructor}}", ""]
  ) {
    assert.equal(fillTemplate(text, words), text);
  }
});

Deno.test("one process keeps its id, several are numbered from 0, each with a port and a directory of its own", () => {
  assert.deepEqual(replicaOf(SHOP, 0, "/w").words, {
    index: "0",
    id: "shop",
    name: "shop",
    work_dir: join("/w", "processes", "shop"),
    config_file: "",
  });
  const source = { ...SHOP, replicas: 3, port_base: 8080, config_file: "{{work_dir}}/{{id}}.yml" };
  const second = replicaOf(source, 1, "/w");
  const workDir = join("/w", "processes", "shop-1");
  assert.deepEqual([second.id, second.name, second.words.port, second.workDir], ["shop-1", "shop-1", "8081", workDir]);
  assert.equal(second.words.config_file, `${workDir}/shop-1.yml`);
  assert.equal(replicaOf({ ...source, name: "Shop {{index}}" }, 1, "/w").name, "Shop 1");
  assert.equal(replicaOf({ ...source, work_dir: "/srv/{{name}}" }, 2, "/w").workDir, "/srv/shop-2");
});

Deno.test("filling in is done once: what is filled in is not looked at again, and all else stays", () => {
  const piece = fc.oneof(
    fc.constantFrom(...TEMPLATE_WORDS.map((word) => `{{${word}}}`), "{{", "}}", "{{other}}", "$&", "$1"),
    fc.string({ maxLength: 4 }),
  );
  const words = fc.record(Object.fromEntries(TEMPLATE_WORDS.map((word) => [word, fc.string({ maxLength: 9 })])));
  fc.assert(fc.property(fc.array(piece, { maxLength: 8 }), words, (pieces, filled) => {
    const text = pieces.join("|");
    const known = /\{\{(index|port|id|name|work_dir|config_file)\}\}/;
    const expected = text.split(known).map((part, at) => at % 2 === 0 ? part : filled[part as "id"]).join("");
    assert.equal(fillTemplate(text, filled), expected);
    assert.equal(fillTemplate(text, {}), text);
  }));
});

Deno.test("replicas of one process have nothing in common that must be apart", () => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 1, max: 60_000 }), (replicas, port_base) => {
    const all = Array.from(
      { length: replicas },
      (_, index) => replicaOf({ ...SHOP, replicas, port_base }, index, "/w"),
    );
    for (const key of ["id", "workDir"] as const) assert.equal(new Set(all.map((one) => one[key])).size, replicas);
    assert.deepEqual(all.map(({ words }) => Number(words.port)), all.map((_, index) => port_base + index));
  }));
});
