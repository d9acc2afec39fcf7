/** The console's entry: reads what the browser keeps, asks who is logged in, shows the page of the address. */
import { render } from "preact";
import { App } from "./app.tsx";
import { StartProblem } from "./frame/start_problem.tsx";
import { startClock } from "./kit/clock.ts";
import { startLanguage } from "./kit/i18n/i18n.ts";
import { startKeys } from "./kit/keys.ts";
import { startLive } from "./kit/live.ts";
import { route, startRouter } from "./kit/router.tsx";
import { loadMe } from "./kit/session.ts";
import { startTheme } from "./kit/theme.ts";
import { isPageVisible, watchVisibility } from "./kit/visible.ts";
import { PAGES } from "./pages.ts";

async function start(root: Element): Promise<void> {
  startTheme();
  startRouter();
  startKeys();
  watchVisibility();
  startClock(isPageVisible);
  const known = loadMe();
  // Both take a way to the manager, so the page is fetched meanwhile; page_view.tsx says what is wrong with it.
  PAGES[route.peek().page]().catch(() => {/* told there */});
  // Its failure is looked at below, after the language is there to tell of it in.
  known.catch(() => {/* told below */});
  await startLanguage();
  try {
    await known;
  } catch (error) {
    render(<StartProblem problem={error} />, root);
    return;
  }
  startLive();
  render(<App />, root);
}

const root = document.getElementById("app");
if (root !== null) start(root);
