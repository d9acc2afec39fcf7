export const unit = {
  ms: "{n} ms",
  s: "{n} s",
  min: "{n} min",
  /** With nothing after it. */
  minutes: "{n} min",
  h: "{n} h",
  d: "{n} d",
};
