import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ComponentChildren, JSX, TargetedMouseEvent } from "preact";
import { type Address, type PageName, type Place, placeOf } from "./routes.ts";

/** How long typing into a filter is left alone before the address is written: browsers limit how often that may be. */
const WRITE_MS = 250;

const address = signal<Address>({ path: "/", query: new URLSearchParams() });
const params = new Map<string, QueryParam>();
let writing: ReturnType<typeof setTimeout> | undefined;

/** Where we are. */
export const route: ReadonlySignal<Place> = computed(() => placeOf(address.value));

/** A value in the address's query, which survives a reload and can be shared; "" takes it out. */
export interface QueryParam {
  value: string;
  peek(): string;
}

export function startRouter(): void {
  const read = () => {
    clearTimeout(writing);
    address.value = { path: location.pathname, query: new URLSearchParams(location.search) };
  };
  addEventListener("popstate", read);
  read();
}

/** Goes to an address of the console; with `replace` without leaving the present one in the history. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  flush();
  const url = new URL(to, location.href);
  if (url.origin !== location.origin) return;
  const isSamePlace = url.pathname === location.pathname;
  if (replace || url.href === location.href) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  address.value = { path: url.pathname, query: url.searchParams };
  if (!isSamePlace) scrollTo(0, 0);
}

export function queryParam(name: string): QueryParam {
  let found = params.get(name);
  if (found === undefined) {
    const current = computed(() => address.value.query.get(name) ?? "");
    params.set(
      name,
      found = {
        get value() {
          return current.value;
        },
        set value(next: string) {
          setQuery({ [name]: next });
        },
        peek: () => current.peek(),
      },
    );
  }
  return found;
}

/** Several of them at once. */
export function setQuery(values: Readonly<Record<string, string>>): void {
  const { path, query: before } = address.peek();
  const query = new URLSearchParams(before);
  for (const [name, value] of Object.entries(values)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  if (query.toString() === before.toString()) return;
  address.value = { path, query };
  clearTimeout(writing);
  writing = setTimeout(flush, WRITE_MS);
}

function flush(): void {
  if (writing === undefined) return;
  clearTimeout(writing);
  writing = undefined;
  const { path, query } = address.peek();
  if (path !== location.pathname) return;
  const search = query.toString();
  history.replaceState(null, "", `${path}${search === "" ? "" : `?${search}`}${location.hash}`);
}

export interface LinkProps {
  readonly href: string;
  readonly class?: string | undefined;
  readonly title?: string | undefined;
  /** `page` for the one that leads to where we are. */
  readonly current?: "page" | undefined;
  /** Said instead of the text. */
  readonly label?: string | undefined;
  readonly tabIndex?: number | undefined;
  readonly onFollow?: (() => void) | undefined;
  readonly children?: ComponentChildren;
}

/** A link within the console, which the browser does not need to load anew. */
export function Link({ href, current, label, onFollow, ...rest }: LinkProps): JSX.Element {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onFollow?.();
    navigate(href);
  };
  return <a {...rest} href={href} aria-current={current} aria-label={label} onClick={follow} />;
}

/** The address of a host's page: `hostHref(host.name)`, `hostHref(host.name, "files")`. */
export function hostHref(name: string, tab = ""): string {
  return `/hosts/${encodeURIComponent(name)}${tab === "" ? "" : `/${tab}`}`;
}

export type { PageName, Place };
