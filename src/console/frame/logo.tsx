import type { JSX } from "preact";

/** A hand that reaches from a point to many. */
export function Logo(): JSX.Element {
  return (
    <svg class="logo" width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M4 12h6M10 12l6-7M10 12h8M10 12l6 7" />
      <circle cx="4" cy="12" r="2.6" />
      <circle cx="17.5" cy="4.5" r="2" />
      <circle cx="19.5" cy="12" r="2" />
      <circle cx="17.5" cy="19.5" r="2" />
    </svg>
  );
}
