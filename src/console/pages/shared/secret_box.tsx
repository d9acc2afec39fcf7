import type { JSX } from "preact";
import { Code } from "../../ui/code.tsx";
import { Note } from "../../ui/problem.tsx";

/** Something that is shown this once. It is nowhere but here: not in the address, nor in what the browser keeps. */
export function SecretBox({ secret, label, warning }: {
  readonly secret: string;
  readonly label: string;
  readonly warning: string;
}): JSX.Element {
  return (
    <>
      <Note tone="warn">{warning}</Note>
      <Code text={secret} label={label} />
    </>
  );
}
