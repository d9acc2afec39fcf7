/** What is known of a log file when it is asked whether something must be taken off it. Offsets are within the file. */
export interface FileExtent {
  readonly sizeBytes: number;
  /** Where the part begins that was not taken off yet. */
  readonly from: number;
  readonly blockBytes: number;
  /** False where the file can only be emptied as a whole. */
  readonly cutsHeads: boolean;
}

export interface RotationLimits {
  readonly maxBytes: number;
  /** The current one included. */
  readonly maxFiles: number;
}

export type RotationStep =
  /** Nobody keeps what is before this place. */
  | { readonly kind: "drop"; readonly to: number }
  /** What is before this place becomes the newest rotated file. */
  | { readonly kind: "copy"; readonly to: number }
  /** All of it becomes the newest rotated file, or is dropped where none is kept, and the file is emptied. */
  | { readonly kind: "copy-all" }
  | { readonly kind: "drop-all" };

/** The next thing to do so that a file is no longer than its limits say; null when it need not be touched. */
export function nextStep(extent: FileExtent, limits: RotationLimits, isDue: boolean): RotationStep | null {
  const live = extent.sizeBytes - extent.from;
  // Where all of it is in rotated files already, or some, the rest follows at once, so that it can be emptied.
  const isHalfDone = !extent.cutsHeads && extent.from > 0;
  if (!isHalfDone && (live <= 0 || (live <= limits.maxBytes && !isDue))) return null;
  return extent.cutsHeads ? stepOfCut(extent, limits) : stepOfEmptying(extent, limits);
}

function stepOfCut(
  { sizeBytes, from, blockBytes }: FileExtent,
  { maxBytes, maxFiles }: RotationLimits,
): RotationStep | null {
  const aligned = (bytes: number) => bytes - bytes % blockBytes;
  const keep = maxFiles - 1;
  if (keep === 0) {
    // The one file is all that there is, so half of it stays instead of nothing.
    const to = aligned(sizeBytes - Math.floor(Math.min(maxBytes, sizeBytes - from) / 2));
    return to > from && to < sizeBytes ? { kind: "drop", to } : null;
  }
  // File systems refuse to take off all that a file has.
  const end = aligned(sizeBytes - 1);
  if (end <= from) return null;
  const piece = Math.max(blockBytes, aligned(maxBytes));
  // The last of these pieces stays in the file.
  const surplus = Math.ceil((sizeBytes - from) / piece) - 1 - keep;
  if (surplus > 0) return { kind: "drop", to: from + surplus * piece };
  return { kind: "copy", to: Math.min(end, from + piece) };
}

function stepOfEmptying({ sizeBytes, from }: FileExtent, { maxBytes, maxFiles }: RotationLimits): RotationStep {
  const keep = maxFiles - 1;
  if (keep === 0) return { kind: "drop-all" };
  // What is somewhat too long was written since the last look, and is not worth a file of its own.
  const surplus = Math.ceil((sizeBytes - from) / maxBytes) - 1 - keep;
  if (surplus > 0) return { kind: "drop", to: from + surplus * maxBytes };
  return sizeBytes - from > 2 * maxBytes ? { kind: "copy", to: from + maxBytes } : { kind: "copy-all" };
}
