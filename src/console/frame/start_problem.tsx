import type { JSX } from "preact";
import { Problem } from "../ui/problem.tsx";
import { Logo } from "./logo.tsx";

/** When the manager cannot even say who is logged in. */
export function StartProblem({ problem }: { readonly problem: unknown }): JSX.Element {
  return (
    <main class="outside">
      <div class="outside-box stack">
        <span class="brand">
          <Logo />Farhand
        </span>
        <Problem problem={problem} onRetry={() => location.reload()} />
      </div>
    </main>
  );
}
