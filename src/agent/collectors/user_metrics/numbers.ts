/** Numbers as Prometheus' text has them. */

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WORDS: ReadonlyMap<string, number> = new Map([["nan", NaN], ["inf", Infinity], ["infinity", Infinity]]);
/** From this power of ten on, Go writes a float with an exponent; below, and from 0.0001 on, it does not. */
const EXPONENT_FROM = 6;
const EXPONENT_BELOW = -4;

/** The number that a token means, NaN and the infinities included; undefined for what is none. */
export function prometheusNumber(token: string): number | undefined {
  if (DECIMAL.test(token)) {
    const value = Number(token);
    return Number.isFinite(value) ? value : undefined; // 1e999 says less than it seems to
  }
  const sign = token.startsWith("-") ? -1 : 1;
  const word = WORDS.get(token.replace(/^[+-]/, "").toLowerCase());
  return word === undefined ? undefined : sign * word;
}

/**
 * The one spelling of a bucket's or quantile's bound, which is node_exporter's: `1.0` becomes `1`, `1000000` becomes
 * `1e+06`. With the user's own spelling a series would change its name when a host changes from one to the other.
 */
export function boundText(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (value === 0 || (power >= EXPONENT_BELOW && power < EXPONENT_FROM)) return String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
