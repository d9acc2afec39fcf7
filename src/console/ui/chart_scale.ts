/** 1, 2, 2.5 and 5 in each of these powers of ten are what a scale may count by. */
const POWERS = Array.from({ length: 28 }, (_, at) => at - 9);
const FACTORS = [1, 2, 2.5, 5];
const TICKS = 4;

/** What a scale can count by so that no two of its ticks read the same: 0.05 % would, where 0.1 % is the finest word. */
export function incrementsFor(format: (value: number) => string): number[] {
  const all = POWERS.flatMap((power) => FACTORS.map((factor) => Number(`${factor}e${power}`)));
  return all.filter((increment) => {
    const texts = Array.from({ length: TICKS }, (_, at) => format(increment * at));
    return new Set(texts).size === TICKS;
  });
}
