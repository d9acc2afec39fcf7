type Wish<T> = ((item: T) => boolean) | null;

/** Both must hold; null is no wish at all. */
export function both<T>(first: (item: T) => boolean, second: Wish<T>): (item: T) => boolean {
  return second === null ? first : (item) => second(item) && first(item);
}

/** The items of a list that are wanted, one after the other, so that no second list is made. */
export function* only<T>(items: Iterable<T>, isWanted: (item: T) => boolean): Generator<T, void> {
  for (const item of items) if (isWanted(item)) yield item;
}
