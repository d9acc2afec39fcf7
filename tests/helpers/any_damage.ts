import fc from "fast-check";
import { type Damage, DAMAGES } from "./fixture_host.ts";

/** For properties of parsers: anything that can be done to a text by `damaged`. */
export function anyDamage(): fc.Arbitrary<Damage> {
  return fc.record({
    kind: fc.constantFrom(...DAMAGES),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    text: fc.string({ unit: "binary" }),
  });
}
