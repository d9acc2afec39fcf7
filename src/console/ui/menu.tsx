import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { navigate } from "../kit/router.tsx";
import { Button, type ButtonProps } from "./button.tsx";
import { Icon, type IconName } from "./icon.tsx";

export interface MenuItem {
  readonly label: ComponentChildren;
  readonly icon?: IconName | undefined;
  readonly onPick?: (() => void) | undefined;
  readonly href?: string | undefined;
  readonly isDanger?: boolean | undefined;
  /** A choice among others: has a mark when it is the one. */
  readonly isChecked?: boolean | undefined;
  /** Off, and why. */
  readonly whyNot?: string | null | undefined;
}

/** `null` is a line between. */
export type MenuEntries = readonly (MenuItem | null)[];

export interface MenuProps
  extends Pick<ButtonProps, "children" | "icon" | "kind" | "isSmall" | "label" | "title" | "class"> {
  readonly items: MenuEntries;
  /** Said of the menu as a whole. */
  readonly name?: string | undefined;
}

/** A button with a menu below it: arrows move, Enter picks, Escape and a click elsewhere close it. */
export function Menu({ items, name, ...button }: MenuProps): JSX.Element {
  const isOpen = useSignal(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const close = (refocus: boolean) => {
    isOpen.value = false;
    if (refocus) root.current?.querySelector("button")?.focus();
  };
  useEffect(() => {
    if (!isOpen.value) return;
    itemsOf(root.current)[0]?.focus();
    const leave = ({ target }: Event) => {
      if (target instanceof Node && root.current?.contains(target) !== true) close(false);
    };
    addEventListener("pointerdown", leave, true);
    return () => removeEventListener("pointerdown", leave, true);
  }, [isOpen.value]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && isOpen.value) close(true);
    else if (event.key === "Tab") return close(false);
    else if (!isOpen.value || !move(itemsOf(root.current), event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pick = (item: MenuItem) => {
    if (item.whyNot !== null && item.whyNot !== undefined) return;
    close(true);
    item.onPick?.();
    if (item.href !== undefined) navigate(item.href);
  };
  return (
    <div class="menu-root" ref={root} onKeyDown={onKey}>
      <Button
        {...button}
        controls={{ id, isOpen: isOpen.value, popup: "menu" }}
        onClick={() => isOpen.value = !isOpen.value}
      />
      {isOpen.value && (
        <div class="menu" role="menu" id={id} aria-label={name ?? button.label}>
          {items.map((item, at) =>
            item === null
              ? <div key={at} class="menu-line" role="separator" />
              : <Item key={at} item={item} onPick={() => pick(item)} />
          )}
        </div>
      )}
    </div>
  );
}

function Item({ item, onPick }: { readonly item: MenuItem; readonly onPick: () => void }): JSX.Element {
  const isOff = item.whyNot !== null && item.whyNot !== undefined;
  const shared = {
    type: "button",
    class: item.isDanger === true ? "menu-item danger" : "menu-item",
    tabIndex: -1,
    title: item.whyNot ?? undefined,
    "aria-disabled": isOff ? "true" : undefined,
    onClick: onPick,
  } as const;
  const inside = (
    <>
      {item.isChecked !== undefined
        ? <span class="menu-mark">{item.isChecked && <Icon name="check" size={14} />}</span>
        : item.icon !== undefined && <Icon name={item.icon} />}
      <span class="cut">{item.label}</span>
    </>
  );
  return item.isChecked === undefined
    ? <button {...shared} role="menuitem">{inside}</button>
    : <button {...shared} role="menuitemradio" aria-checked={item.isChecked}>{inside}</button>;
}

function itemsOf(root: Element | null): HTMLElement[] {
  return Array.from(root?.querySelectorAll<HTMLElement>(".menu-item") ?? []);
}

/** Whether the key has moved the focus among these. */
function move(items: readonly HTMLElement[], key: string): boolean {
  const at = items.findIndex((each) => each === document.activeElement);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: items.length - 1,
  };
  const next = steps[key];
  if (next === undefined || items.length === 0) return false;
  items[(next + items.length) % items.length]?.focus();
  return true;
}
