import type { JSX } from "preact";

/** Line icons on a grid of 24. To add one more: its paths, drawn with a stroke. */
const PATHS = {
  hosts: ["M4 4h16v6H4z", "M4 14h16v6H4z", "M8 7h.01", "M8 17h.01"],
  processes: ["M12 3l8 4.5v9L12 21l-8-4.5v-9z", "M12 12l8-4.5", "M12 12v9", "M12 12L4 7.5"],
  tasks: ["M4 6l2 2 3-3", "M4 13l2 2 3-3", "M12 7h8", "M12 14h8", "M4 20h16"],
  events: ["M3 12h4l3-8 4 16 3-8h4"],
  logs: ["M5 4h14", "M5 9h14", "M5 14h9", "M5 19h6"],
  audit: ["M12 3l7 3v6c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z", "M9 12l2 2 4-4"],
  people: [
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
    "M2 21c0-4 3-6 7-6s7 2 7 6",
    "M16 3.500a4 4 0 0 1 0 7",
    "M18 15.500c2.5.7 4 2.5 4 5.5",
  ],
  settings: ["M4 7h10", "M18 7h2", "M4 17h2", "M10 17h10", "M16 5v4", "M8 15v4"],
  join: ["M15 7a4 4 0 1 1-3.5 6L9 15.500V18H6.500V20.500H3V17l6.5-6.500A4 4 0 0 1 15 7z", "M16.5 9.500h.01"],
  recordings: ["M3 6h18v12H3z", "M10 9.500v5l4.5-2.500z"],
  profile: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z", "M4 21c0-4 3.5-6 8-6s8 2 8 6"],
  terminal: ["M3 5h18v14H3z", "M7 10l3 2.500L7 15", "M12.5 15H17"],
  files: ["M3 6h6l2 2h10v11H3z"],
  search: ["M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z", "M20.5 20.500L16 16"],
  menu: ["M4 6h16", "M4 12h16", "M4 18h16"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  check: ["M5 12.500l4.5 4.500L19 7"],
  plus: ["M12 5v14", "M5 12h14"],
  minus: ["M5 12h14"],
  edit: ["M4 20l1-4L16 5l3 3L8 19z"],
  trash: ["M4 7h16", "M9 7V4h6v3", "M6 7l1 13h10l1-13", "M10 11v5", "M14 11v5"],
  copy: ["M9 9h11v11H9z", "M5 15H4V4h11v1"],
  download: ["M12 4v11", "M7.5 11L12 15.5 16.5 11", "M4 20h16"],
  upload: ["M12 16V5", "M7.5 9L12 4.5 16.5 9", "M4 20h16"],
  reload: ["M20 12a8 8 0 1 1-2.5-5.8", "M20 3v4.500h-4.5"],
  play: ["M7 5l12 7-12 7z"],
  pause: ["M8 5v14", "M16 5v14"],
  stop: ["M6 6h12v12H6z"],
  up: ["M6 15l6-6 6 6"],
  down: ["M6 9l6 6 6-6"],
  left: ["M15 6l-6 6 6 6"],
  right: ["M9 6l6 6-6 6"],
  more: [
    "M5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z",
    "M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z",
    "M19 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z",
  ],
  filter: ["M4 5h16l-6 8v6l-4-2v-4z"],
  label: ["M3 12V4h8l10 10-8 8z", "M7.5 8.500h.01"],
  warning: ["M12 4l9 16H3z", "M12 10v4.5", "M12 17.500h.01"],
  info: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M12 11v5", "M12 8h.01"],
  star: ["M12 4l2.5 5.2 5.7.7-4.2 4 1.1 5.600L12 16.8 6.9 19.5 8 13.900l-4.2-4 5.7-.7z"],
  sun: [
    "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8z",
    "M12 2v2",
    "M12 20v2",
    "M2 12h2",
    "M20 12h2",
    "M5 5l1.5 1.5",
    "M17.5 17.500L19 19",
    "M5 19l1.5-1.5",
    "M17.5 6.500L19 5",
  ],
  external: ["M14 4h6v6", "M20 4l-9 9", "M18 14v6H4V6h6"],
  clock: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z", "M12 7v5l3.5 2"],
  lock: ["M6 11h12v9H6z", "M8.5 11V8a3.5 3.5 0 0 1 7 0v3"],
  eye: ["M2 12c2.5-4.5 6-7 10-7s7.5 2.5 10 7c-2.5 4.5-6 7-10 7s-7.5-2.5-10-7z", "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"],
  drain: ["M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z"],
  help: [
    "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
    "M9.5 9.500a2.5 2.5 0 1 1 3.5 2.300c-.7.3-1 .9-1 1.7",
    "M12 16.500h.01",
  ],
} as const satisfies Record<string, readonly string[]>;

export type IconName = keyof typeof PATHS;

export interface IconProps {
  readonly name: IconName;
  readonly size?: number | undefined;
}

/** Decoration: what it stands for is said by the label of what holds it. */
export function Icon({ name, size = 16 }: IconProps): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {PATHS[name].map((path) => <path key={path} d={path} />)}
    </svg>
  );
}
