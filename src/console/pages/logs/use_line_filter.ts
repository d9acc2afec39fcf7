import type { Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { t } from "../../kit/i18n/i18n.ts";
import { type QueryParam, queryParam } from "../../kit/router.tsx";
import { type Level, LEVELS, type LineBook, type LinePattern, linePattern } from "../../lines/mod.ts";

/** What of the lines is wanted; it stands in the address. */
export interface LineFilter {
  readonly text: QueryParam;
  readonly regex: QueryParam;
  readonly caseSensitive: QueryParam;
  readonly level: QueryParam;
  readonly pattern: LinePattern | null;
  /** What is wrong with it, in words. */
  readonly problem: string | null;
}

export function useLineFilter(book: LineBook, version: Signal<number>): LineFilter {
  const [text, regex, caseSensitive, level] = ["q", "re", "cs", "level"].map(queryParam) as [
    QueryParam,
    QueryParam,
    QueryParam,
    QueryParam,
  ];
  const [wanted, isRegex, isCaseSensitive] = [text.value, regex.value !== "", caseSensitive.value !== ""];
  const made = useMemo(() => wanted === "" ? null : linePattern(wanted, { isRegex, isCaseSensitive }), [
    wanted,
    isRegex,
    isCaseSensitive,
  ]);
  const pattern = typeof made === "string" ? null : made;
  const minLevel = LEVELS.find((each) => each === level.value) ?? null;
  useEffect(() => {
    book.setFilter({ pattern, minLevel });
    version.value += 1;
  }, [book, pattern, minLevel]);
  return { text, regex, caseSensitive, level, pattern, problem: problemOf(made, book) };
}

function problemOf(made: ReturnType<typeof linePattern> | null, book: LineBook): string | null {
  if (typeof made === "string") return t(made === "pattern" ? "logs.bad_pattern" : "logs.bad_repetition");
  return book.isTooSlow ? t("logs.too_slow") : null;
}

export const LEVEL_CHOICES: readonly ("" | Level)[] = ["", ...LEVELS];
