import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";

export interface PageProps {
  /** Of the browser's tab, and the heading unless `heading` is another one. */
  readonly title: string;
  readonly heading?: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
  /** Takes the height of the window, for a table or a terminal that scrolls by itself. */
  readonly isFull?: boolean | undefined;
}

/** What each page is in: its title, what can be done on it, its content. */
export function Page({ title, heading, actions, children, isFull }: PageProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Farhand`;
  }, [title]);
  return (
    <div class={isFull === true ? "page full" : "page"}>
      <header class="page-head">
        <h1 class="grow cut">{heading ?? title}</h1>
        {actions !== undefined && <div class="row wrap">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** The line of filters and actions above a table. */
export function Toolbar(
  { children, label }: { readonly children: ComponentChildren; readonly label: string },
): JSX.Element {
  return <div class="toolbar" role="group" aria-label={label}>{children}</div>;
}

/** A part of a page with a heading of its own. */
export function Section({ title, actions, children }: {
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="section">
      <div class="row wrap section-head">
        <h2 class="grow">{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
