import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { t } from "../kit/i18n/i18n.ts";
import { Button } from "./button.tsx";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** The buttons at its foot. */
  readonly actions?: ComponentChildren;
  /** `side`: a drawer at the edge, for details of a row. */
  readonly kind?: "small" | "wide" | "side" | undefined;
  /** What is under way cannot be left by Escape or a click beside it. */
  readonly isBusy?: boolean | undefined;
  /** With Enter in one of its fields; makes its content a form. */
  readonly onSubmit?: (() => void) | undefined;
}

/** A modal dialog: the browser's own, which keeps the focus inside and gives it back afterwards. */
export function Dialog(props: DialogProps): JSX.Element {
  const { title, onClose, children, actions, kind = "small", isBusy = false, onSubmit } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    const before = document.activeElement;
    if (!element.open) element.showModal();
    const find = (selector: string) => element.querySelector<HTMLElement>(selector);
    (find("[data-autofocus]") ?? find(".dialog-body :is(input, select, textarea)") ?? find(".dialog-body"))?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const leave = () => {
    if (!isBusy) onClose();
  };
  const inside = (
    <>
      <header class="dialog-head">
        <h2 id={titleId} class="grow break">{title}</h2>
        <Button kind="ghost" isSmall icon="close" label={t("common.close")} isDisabled={isBusy} onClick={leave} />
      </header>
      <div class="dialog-body" tabIndex={-1}>{children}</div>
      {actions !== undefined && <footer class="dialog-foot">{actions}</footer>}
    </>
  );
  return (
    <dialog
      ref={dialog}
      class={`dialog dialog-${kind}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        leave();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) leave();
      }}
    >
      {onSubmit === undefined ? <div class="dialog-box">{inside}</div> : (
        <form
          class="dialog-box"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!isBusy) onSubmit();
          }}
        >
          {inside}
        </form>
      )}
    </dialog>
  );
}
