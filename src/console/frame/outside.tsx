import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Logo } from "./logo.tsx";
import { language, LANGUAGE_NAMES, LANGUAGES, setLanguage } from "../kit/i18n/i18n.ts";
import { toastProblem } from "../ui/toast.tsx";

/** What pages for who is not logged in stand in. */
export function Outside({ title, children }: {
  readonly title: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Farhand`;
  }, [title]);
  return (
    <main class="outside">
      <div class="outside-box stack loose">
        <div class="row">
          <span class="brand grow">
            <Logo />
            Farhand
          </span>
          {LANGUAGES.filter((each) => each !== language.value).map((each) => (
            <button
              key={each}
              type="button"
              class="button ghost tiny"
              lang={each}
              onClick={() => void setLanguage(each).catch(toastProblem)}
            >
              {LANGUAGE_NAMES[each]}
            </button>
          ))}
        </div>
        <div class="card stack outside-card">
          <h1>{title}</h1>
          {children}
        </div>
      </div>
    </main>
  );
}
