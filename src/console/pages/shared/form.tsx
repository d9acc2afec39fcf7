import type { ComponentChildren, JSX } from "preact";
import { t } from "../../kit/i18n/i18n.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog, type DialogProps } from "../../ui/dialog.tsx";
import type { IconName } from "../../ui/icon.tsx";
import { Problem } from "../../ui/problem.tsx";
import type { Submit } from "./submit.ts";

/** A form within a page. */
export function Form({ form, class: name = "stack", children }: {
  readonly form: Submit;
  readonly class?: string | undefined;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <form
      class={name}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void form.send();
      }}
    >
      {children}
    </form>
  );
}

export interface FormDialogProps extends Pick<DialogProps, "title" | "kind" | "onClose" | "children"> {
  readonly form: Submit;
  /** On the button that sends it. */
  readonly verb: string;
  readonly isDanger?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly whyNot?: string | null | undefined;
}

/** A form in a dialog of its own, which stays with what was typed and why it was not taken until it is. */
export function FormDialog({ title, kind, form, onClose, children, ...button }: FormDialogProps): JSX.Element {
  const isBusy = form.isBusy.value;
  return (
    <Dialog
      title={title}
      kind={kind}
      onClose={onClose}
      isBusy={isBusy}
      onSubmit={() => void form.send()}
      actions={<FormButtons {...button} onClose={onClose} isBusy={isBusy} />}
    >
      {form.problem.value !== undefined && <Problem problem={form.problem.value} />}
      {children}
    </Dialog>
  );
}

/** At the foot of a dialog that is a form. */
export function FormButtons({ verb, icon, onClose, isBusy = false, isDanger = false, isDisabled, whyNot }: {
  readonly verb: string;
  readonly icon?: IconName | undefined;
  readonly onClose: () => void;
  readonly isBusy?: boolean | undefined;
  readonly isDanger?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly whyNot?: string | null | undefined;
}): JSX.Element {
  return (
    <>
      <Button isDisabled={isBusy} onClick={onClose}>{t("common.cancel")}</Button>
      <Button
        kind={isDanger ? "danger" : "primary"}
        type="submit"
        icon={icon}
        isBusy={isBusy}
        isDisabled={isDisabled}
        whyNot={whyNot}
      >
        {verb}
      </Button>
    </>
  );
}
