import type { ComponentChildren, JSX, Ref } from "preact";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly onClick?: ((event: MouseEvent) => void) | undefined;
  readonly kind?: "plain" | "primary" | "danger" | "ghost" | undefined;
  readonly icon?: IconName | undefined;
  readonly isSmall?: boolean | undefined;
  readonly type?: "button" | "submit" | undefined;
  readonly isBusy?: boolean | undefined;
  /** Off without a reason: something else has to be filled in first. */
  readonly isDisabled?: boolean | undefined;
  /** Off, and why; null for on. Shown on hover and focus, so it stays in the order of the tab key. */
  readonly whyNot?: string | null | undefined;
  /** Needed where it has an icon alone. */
  readonly label?: string | undefined;
  readonly title?: string | undefined;
  readonly isPressed?: boolean | undefined;
  readonly controls?: { readonly id: string; readonly isOpen: boolean; readonly popup?: "menu" | "dialog" } | undefined;
  readonly buttonRef?: Ref<HTMLButtonElement> | undefined;
  readonly class?: string | undefined;
}

export function Button(props: ButtonProps): JSX.Element {
  const { children, onClick, kind = "plain", icon, isSmall, type = "button", isBusy, whyNot, label, title } = props;
  const isOff = props.isDisabled === true || isBusy === true;
  const isRefused = whyNot !== null && whyNot !== undefined;
  const classes = ["button", kind, isSmall && "tiny", children === undefined && "only-icon", props.class];
  const { controls } = props;
  return (
    <button
      ref={props.buttonRef ?? null}
      type={type}
      class={classes.filter(Boolean).join(" ")}
      disabled={isOff}
      aria-disabled={isRefused ? "true" : undefined}
      aria-busy={isBusy === true ? "true" : undefined}
      aria-label={label}
      aria-pressed={props.isPressed}
      aria-haspopup={controls?.popup}
      aria-expanded={controls?.isOpen}
      aria-controls={controls?.isOpen === true ? controls.id : undefined}
      title={whyNot ?? title ?? (children === undefined ? label : undefined)}
      onClick={(event) => {
        // Rendering may make a submit button of this one before the browser does what a click on such a button does.
        if (isRefused || type === "button") event.preventDefault();
        if (!isRefused) onClick?.(event);
      }}
    >
      {isBusy === true ? <span class="spinner" /> : icon !== undefined && <Icon name={icon} />}
      {children !== undefined && <span class="cut">{children}</span>}
    </button>
  );
}
