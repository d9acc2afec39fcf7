/** The accessibility rules of axe-core, run in a page as it stands. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import { inPage } from "./in_page.ts";

const STILL_FRAMES = 6;
const MAX_FRAMES = 300;

/** What breaks a rule, or one certain rule: one text for each rule. */
export async function axeViolations(page: Page, rule?: string): Promise<string[]> {
  const only = rule === undefined ? "" : `, runOnly: ["${rule}"]`;
  await settled(page);
  if (!await inPage<boolean>(page, "'axe' in globalThis")) await inPage(page, `${axe.source}; 0`);
  return await inPage(
    page,
    `axe.run(document, { resultTypes: ["violations"]${only} }).then(({ violations }) => violations.map(({ id, help, nodes }) =>
      id + " (" + help + "): " + nodes.slice(0, 3).map(({ target, failureSummary, html }) =>
        target.join(" ") + " " + html.slice(0, 160) + " " + failureSummary.replace(/\\s+/g, " ")).join(" | ")))`,
  );
}

/** What fades from one colour to another has neither on its way. */
async function settled(page: Page): Promise<void> {
  await inPage(
    page,
    `(async () => {
      const frame = () => new Promise(requestAnimationFrame);
      const isMoving = () => document.getAnimations().some(({ playState, effect }) =>
        playState !== "finished" && effect?.getTiming().iterations !== Infinity);
      for (let still = 0, all = 0; still < ${STILL_FRAMES} && all < ${MAX_FRAMES}; all++) {
        await frame();
        still = isMoving() ? 0 : still + 1;
      }
    })()`,
  );
}
