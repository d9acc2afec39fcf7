import type { JSX } from "preact";
import { Link } from "../../kit/router.tsx";
import { Icon } from "../../ui/icon.tsx";

/** Up to the list that something is of. */
export function BackLink({ href, children }: { readonly href: string; readonly children: string }): JSX.Element {
  return (
    <div>
      <Link href={href} class="shared-back">
        <Icon name="left" />
        {children}
      </Link>
    </div>
  );
}
