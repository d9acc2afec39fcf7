/** Makes the value at the first call and keeps it. Libraries are opened this way: nothing is loaded at import. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
