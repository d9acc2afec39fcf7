import { useSignal } from "@preact/signals";
import { Component, type ComponentChildren, type FunctionComponent, type JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../kit/i18n/i18n.ts";
import { type PageName, route } from "../kit/router.tsx";
import { PAGES } from "../pages.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/problem.tsx";
import { Loading } from "../ui/resource.tsx";

interface Shown {
  readonly name: PageName;
  readonly page: FunctionComponent;
}

/** The page of the address. The one before stays until the next is there, so nothing flickers. */
export function PageView(): JSX.Element {
  const shown = useSignal<Shown | null>(null);
  const problem = useSignal<unknown>(undefined);
  const round = useSignal(0);
  const { page: name } = route.value;
  useEffect(() => {
    let isLeft = false;
    problem.value = undefined;
    PAGES[name]().then((module) => {
      if (!isLeft) shown.value = { name, page: module.default };
    }, (error) => {
      if (!isLeft) problem.value = error;
    });
    return () => isLeft = true;
  }, [name, round.value]);
  if (problem.value !== undefined) {
    return (
      <div class="page">
        <Problem title={t("problem.load_page")} problem={problem.value} onRetry={() => round.value++} />
        <div>
          <Button icon="reload" onClick={() => location.reload()}>{t("problem.reload_console")}</Button>
        </div>
      </div>
    );
  }
  if (shown.value === null) return <Loading />;
  const { page: PageOf } = shown.value;
  return (
    <Boundary key={shown.value.name}>
      <PageOf />
    </Boundary>
  );
}

/** A page that fails takes nothing else with it. */
class Boundary extends Component<{ readonly children: ComponentChildren }, { readonly error: unknown }> {
  override state: { readonly error: unknown } = { error: undefined };

  static override getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div class="page">
        <Problem title={t("problem.page")} problem={error} onRetry={() => this.setState({ error: undefined })} />
      </div>
    );
  }
}
