/** https://en.wikipedia.org/wiki/Linear_congruential_generator, with the numbers of Numerical Recipes. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** A new seed, or that of FARHAND_SEED, with which a run that has printed its seed is repeated. */
export function chosenSeed(): number {
  return Number(Deno.env.get("FARHAND_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
}
