import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { t } from "../kit/i18n/i18n.ts";
import { visibleLines } from "../kit/safe_text.ts";
import { Button } from "./button.tsx";
import { toastProblem } from "./toast.tsx";

const COPIED_MS = 2_000;

/** A button that copies a text and says so. */
export function CopyButton({ text, label, isSmall = true }: {
  readonly text: string;
  readonly label?: string | undefined;
  readonly isSmall?: boolean | undefined;
}): JSX.Element {
  const isCopied = useSignal(false);
  const copy = async () => {
    try {
      await copyText(text);
      isCopied.value = true;
      setTimeout(() => isCopied.value = false, COPIED_MS);
    } catch {
      // The browser forbids it, and says nothing more about it than that.
      toastProblem(t("common.copy_failed"));
    }
  };
  return (
    <Button isSmall={isSmall} icon={isCopied.value ? "check" : "copy"} onClick={copy}>
      {isCopied.value ? t("common.copied") : label ?? t("common.copy")}
    </Button>
  );
}

/** A command or other text to take along as it is, with a button that copies it. */
export function Code({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={label}>{visibleLines(text, 20_000)}</pre>
      <CopyButton text={text} />
    </div>
  );
}

/** Without https, or where a policy says so, there is no clipboard; the old way still works on a selection. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return await navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "hidden-label";
  const parent = document.querySelector("dialog[open]") ?? document.body;
  const before = document.activeElement;
  parent.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!isCopied) throw new Error("the browser does not copy");
}
