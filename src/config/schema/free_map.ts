import * as z from "zod/mini";
import { Secret } from "../../core/mod.ts";
import { patternOf } from "../watch_target.ts";

/*
 * Mappings whose names the user chooses. Their values may be written as numbers and words of YAML too, and are taken as
 * the text that stands there. Each kind says what a name and a value may look like.
 */

export const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A token of HTTP. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/;
/** What can stand in a header: no control characters but the tab, and bytes only. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LABEL_NAME = /^[^\s=,\p{Cc}]{1,63}$/u;
const LABEL_VALUE = /^[^=,\p{Cc}]{0,63}$/u;

interface Form {
  readonly fits: (text: string) => boolean;
  /** The clause that follows the key in a message. */
  readonly error: string;
}

/** Environment variables: their values are shown to nobody. */
export function envMap(description: string) {
  const name = "must have a name of letters, digits and underscores, the first of them no digit";
  return secretMap(
    { fits: (text) => ENV_NAME.test(text), error: name },
    { fits: (text) => !text.includes("\0"), error: "must not contain a NUL character" },
    description,
  );
}

/** Headers of a request: they may hold passwords, so they are shown to nobody either. */
export function headerMap(description: string) {
  const value = "must not contain line breaks or other characters that a header cannot have";
  return secretMap(headerName(), { fits: (text) => HEADER_VALUE.test(text), error: value }, description);
}

/** Headers of an answer, each with the regular expression that it must match. */
export function headerPatterns(description: string) {
  return plainMap(
    headerName(),
    { fits: (text) => patternOf(text) !== null, error: "must be a regular expression" },
    description,
  );
}

export function labelMap(description: string) {
  return plainMap(
    {
      fits: (text) => LABEL_NAME.test(text),
      error: "must have a name of at most 63 characters without spaces, = and commas",
    },
    { fits: (text) => LABEL_VALUE.test(text), error: "must have at most 63 characters, none of them = or a comma" },
    description,
  );
}

function headerName(): Form {
  return { fits: (text) => HEADER_NAME.test(text), error: "must have the name of an HTTP header" };
}

function plainMap(name: Form, value: Form, description: string) {
  return z.prefault(freeMap(name, value), {}).check(z.describe(description));
}

function secretMap(name: Form, value: Form, description: string) {
  const schema = z.pipe(
    freeMap(name, value).check(z.meta({ writeOnly: true })),
    z.transform((values: Record<string, string>): Record<string, Secret> =>
      Object.fromEntries(Object.entries(values).map(([name, text]) => [name, new Secret(text)]))
    ),
  );
  return z.prefault(schema, {}).check(z.describe(description));
}

function freeMap(name: Form, value: Form) {
  const text = z.string().check(z.refine(value.fits, value.error));
  const written = z.union([text, z.number(), z.boolean()], { error: "must be text" });
  const names = z.string().check(z.refine(name.fits, name.error));
  const record = z.record(names, written.check(z.meta({ format: "as-written" })), {
    error: (issue) => issue.code === "invalid_key" ? name.error : "must be a mapping of names to texts",
  });
  return z.pipe(
    record,
    z.transform((values: Record<string, string | number | boolean>): Record<string, string> =>
      Object.fromEntries(Object.entries(values).map(([name, text]) => [name, String(text)]))
    ),
  );
}
