import assert from "node:assert/strict";
import { en } from "./en.ts";
import { setDictionary, t, type TextKey } from "./i18n.ts";
import { zh } from "./zh.ts";

type Plain = Record<string, Record<string, string>>;
const LANGUAGES: Readonly<Record<string, Plain>> = { en, zh };

/** What a text names in braces, each once. */
function namesIn(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name ?? ""))].sort();
}

Deno.test("each language has each text, and none is empty", () => {
  for (const [language, sections] of Object.entries(LANGUAGES)) {
    assert.deepEqual(Object.keys(sections).sort(), Object.keys(en).sort(), language);
    for (const [section, texts] of Object.entries(sections)) {
      assert.deepEqual(Object.keys(texts).sort(), Object.keys((en as Plain)[section] ?? {}).sort(), section);
      for (const [key, text] of Object.entries(texts)) {
        assert.notEqual(text.trim(), "", `${language} ${section}.${key}`);
      }
    }
  }
});

Deno.test("a text names in each language what it names in English", () => {
  for (const [section, texts] of Object.entries(zh as Plain)) {
    for (const [key, text] of Object.entries(texts)) {
      const english = (en as Plain)[section]?.[key] ?? "";
      for (const name of namesIn(text)) assert.ok(namesIn(english).includes(name), `${section}.${key} names ${name}`);
      for (const name of namesIn(english)) {
        assert.ok(namesIn(text).includes(name), `${section}.${key} does not name ${name} in Chinese`);
      }
    }
  }
});

Deno.test("one has another form than several, in the languages that have it", () => {
  setDictionary(en, "en");
  assert.deepEqual([t("common.hosts", { n: 1 }), t("common.hosts", { n: 2 })], ["1 host", "2 hosts"]);
  setDictionary(zh, "zh");
  assert.deepEqual([t("common.hosts", { n: 1 }), t("common.hosts", { n: 2 })], ["1 台主机", "2 台主机"]);
  setDictionary(en, "en");
});

Deno.test("values are put in as they are, names in them are not looked for, unknown keys stay", () => {
  setDictionary(en, "en");
  assert.equal(t("common.of", { n: "{total}", total: "$& <b>" }), "{total} of $& <b>");
  assert.equal(t("common.of", { n: 1 }), "1 of {total}");
  assert.equal(t("nothing.here" as TextKey), "nothing.here");
});
