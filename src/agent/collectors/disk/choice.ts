import { nameFilter } from "../name_filter.ts";

/**
 * Which names are reported: those that the patterns choose, and of these none that is pseudo by default, unless it is
 * named exactly. So `sd*` means disks without their partitions, and `sda1` that partition.
 */
export function chooser(
  include: readonly string[],
  exclude: readonly string[],
  isPseudo: (name: string) => boolean,
): (name: string) => boolean {
  const chosen = nameFilter({ include, exclude });
  const exact = new Set(include);
  return (name) => chosen(name) && (exact.has(name) || !isPseudo(name));
}
