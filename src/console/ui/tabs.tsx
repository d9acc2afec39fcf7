import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link } from "../kit/router.tsx";

export interface Tab {
  readonly id: string;
  readonly label: ComponentChildren;
  readonly href: string;
}

/** Tabs that are places of their own: each has an address. */
export function Tabs({ tabs, current, label }: {
  readonly tabs: readonly Tab[];
  readonly current: string;
  readonly label: string;
}): JSX.Element {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow screen it may lie beside what is in view.
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return (
    <nav class="tabs" ref={nav} aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.id} href={tab.href} class="tab" current={tab.id === current ? "page" : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}

/** A choice of few within a page: 1 h, 24 h. */
export function Segments<T extends string>({ label, value, options, onChange }: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: ComponentChildren }[];
  readonly onChange: (value: T) => void;
}): JSX.Element {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map((each) => (
        <button
          key={each.value}
          type="button"
          class="segment"
          aria-pressed={each.value === value}
          onClick={() => onChange(each.value)}
        >
          {each.label}
        </button>
      ))}
    </div>
  );
}
