import * as z from "zod/mini";
import { ByteSize, Duration, Secret } from "../../core/mod.ts";
import { parseEndpoint } from "../endpoint.ts";
import { patternOf } from "../watch_target.ts";

/*
 * The kinds of value that a key can hold. Every error here is the clause that follows the key in a message:
 * "agent.stop_timeout" + "must be a duration such as 60s". `format` marks the kind for the rest of config/.
 */

/** setTimeout turns anything longer than this into "at once". */
const LONGEST_DURATION = "24d";
const DURATION_PATTERN = /^(0|(\d+(\.\d+)?(ms|s|m|h|d))+)$/;
const SIZE_PATTERN = /^\d+(\.\d+)?\s*([KkMmGgTt][Ii]?)?[Bb]?$/;
const ON_OFF_WORDS = ["on", "off", "yes", "no", "true", "false"] as const;

/** A key with its default and its description; the default is spelled as a user would write it. */
export function key<S extends z.ZodMiniType>(
  schema: S,
  value: z.core.util.NoUndefined<z.input<S>>,
  description: string,
) {
  return z.prefault(schema, value).check(z.describe(description));
}

/** A mapping with a fixed set of keys, all of which have defaults. */
export function section<Shape extends z.core.$ZodShape>(shape: Shape, description: string) {
  const schema = mapping(shape);
  // Every key has a default, which the compiler cannot see through the type parameter.
  return z.prefault(schema, {} as z.core.util.NoUndefined<z.input<typeof schema>>).check(z.describe(description));
}

export function mapping<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.strictObject(shape, { error: "must be a mapping of keys to values" });
}

export function list<S extends z.ZodMiniType>(item: S) {
  return z.array(item, { error: "must be a list" });
}

/** A mapping that may be written as the value of one of its keys alone: `db` for `{ id: db }`. */
export function shortMapping<Shape extends z.core.$ZodShape>(shape: Shape, shortForm: keyof Shape & string) {
  return mapping(shape).check(z.meta({ shortForm }));
}

export function text(examples: string[] = []) {
  return withExamples(noNul(z.string({ error: "must be text" })), examples);
}

export function nonEmptyText(examples: string[] = []) {
  return withExamples(noNul(z.string({ error: "must be text" })).check(z.minLength(1, "must not be empty")), examples);
}

/** Text that people also write as a number or a word of YAML: it is taken as it stands there, 027 as "027". */
export function writtenText(examples: string[] = []) {
  return written(noNul(z.string({ error: "must be text" })), examples);
}

/** The same of a certain form; "" is allowed besides. */
export function writtenForm(form: RegExp, error: string, examples: string[]) {
  return written(z.string({ error }).check(z.refine((value) => value === "" || form.test(value), error)), examples);
}

function written(plain: z.ZodMiniString, examples: string[]) {
  const union = z.union([plain, z.number(), z.boolean()], { error: "must be text" });
  // The loader gives the text as it was written; what is no text here has come without a file.
  return z.pipe(union.check(z.meta({ format: "as-written", examples })), z.transform(String));
}

export function regularExpression(examples: string[] = []) {
  return text(examples).check(z.refine((value) => patternOf(value) !== null, "must be a regular expression"));
}

/** A file or directory; the loader makes it absolute. */
export function path(examples: string[] = []) {
  return nonEmptyText(examples).check(z.meta({ format: "path", examples }));
}

/** A file or directory that need not be given. */
export function optionalPath(examples: string[] = []) {
  return text(examples).check(z.meta({ format: "path", examples }));
}

export function socketPath(schema: z.ZodMiniString, examples: string[] = []) {
  return schema.check(z.meta({ format: "socket-path", examples }));
}

export function secret() {
  const plain = noNul(z.string({ error: "must be text" })).check(z.meta({ writeOnly: true, format: "password" }));
  return z.pipe(plain, z.transform((value: string) => new Secret(value)));
}

export interface DurationLimits {
  readonly min?: string;
  /** More than a timer can wait, for what is no wait. */
  readonly max?: string;
  /** What `0` means, when it is allowed below `min`. */
  readonly zero?: boolean;
  readonly example?: string;
}

export function duration({ min = "1ms", max = LONGEST_DURATION, zero = false, example = "60s" }: DurationLimits = {}) {
  const form = `must be a duration such as ${example}`;
  const written = z.string({ error: form }).check(
    z.regex(DURATION_PATTERN, { error: form, abort: true }),
    z.meta({ format: "time-span", examples: [...new Set([example, "500ms", "1m30s"])] }),
  );
  const [least, most] = [Duration.parse(min)?.ms ?? 0, Duration.parse(max)?.ms ?? 0];
  return z.pipe(
    written,
    z.transform((value: string, context): Duration => {
      const parsed = Duration.parse(value);
      if (parsed !== null && (parsed.ms >= least || (zero && parsed.ms === 0)) && parsed.ms <= most) return parsed;
      const off = zero ? ", or 0 for off" : "";
      const limits = `must be a duration from ${min} to ${max}${off}`;
      context.issues.push({ code: "custom", message: limits, input: value });
      return z.NEVER;
    }),
  );
}

export interface SizeLimits {
  /** What `0` means, when it is allowed below the least size. */
  readonly zero?: boolean;
  readonly max?: string;
}

export function byteSize(min = "0B", { zero = false, max = "" }: SizeLimits = {}) {
  const form = "must be a size such as 500MB";
  const written = z.union([z.string().check(z.regex(SIZE_PATTERN, form)), z.int().check(z.nonnegative(form))], form);
  return z.pipe(
    written.check(z.meta({ format: "byte-size", examples: ["500MB", "64MiB", 1048576] })),
    z.transform((value: string | number, context): ByteSize => {
      const parsed = ByteSize.parse(String(value));
      const [least, most] = [ByteSize.parse(min)?.bytes ?? 0, ByteSize.parse(max)?.bytes ?? Infinity];
      const isWithin = parsed !== null && parsed.bytes >= least && parsed.bytes <= most;
      if (parsed !== null && (isWithin || (zero && parsed.bytes === 0))) return parsed;
      const limits = max === "" ? `of at least ${min}` : `from ${min} to ${max}`;
      const message = parsed === null ? form : `must be a size ${limits}${zero ? ", or 0 for off" : ""}`;
      context.issues.push({ code: "custom", message, input: value });
      return z.NEVER;
    }),
  );
}

export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).check(z.minimum(min, error), z.maximum(max, error));
}

export function number(min: number, max: number) {
  const error = `must be a number from ${min} to ${max}`;
  return z.number({ error }).check(z.minimum(min, error), z.maximum(max, error));
}

export function choice<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(", ")}` });
}

/** A switch: `on` or `off`, or any of the usual spellings of the same. */
export function onOff() {
  const written = z.union([z.boolean(), z.enum(ON_OFF_WORDS)], { error: "must be on or off" });
  return z.pipe(
    written.check(z.meta({ format: "on-off" })),
    z.transform((value: boolean | (typeof ON_OFF_WORDS)[number]) =>
      value === true || value === "on" || value === "yes" || value === "true"
    ),
  );
}

/** An address to listen on, or "" for none. */
export function listenAddress() {
  return text(["127.0.0.1:8081"]).check(
    z.refine(
      (value) => value === "" || parseEndpoint(value) !== null,
      'must be host:port with a port from 0 to 65535, such as 127.0.0.1:8081, or "" for off',
    ),
    z.meta({ format: "host-port", examples: ["127.0.0.1:8081", "[::1]:8081"] }),
  );
}

function noNul(schema: z.ZodMiniString) {
  return schema.check(z.refine((value) => !value.includes("\0"), "must not contain a NUL character"));
}

function withExamples(schema: z.ZodMiniString, examples: string[]) {
  return examples.length === 0 ? schema : schema.check(z.meta({ examples }));
}
