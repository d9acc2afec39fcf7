/** Where things stand in every page of the console. */
import type { Locator, Page } from "playwright-core";

/** The row of a table with a cell that says just this. */
export function row(page: Page, name: string): Locator {
  return page.locator(".table-rows .table-row").filter({ has: page.getByText(name, { exact: true }) }).first();
}

/** The dialog on top. */
export function openDialog(page: Page): Locator {
  return page.locator("dialog[open]").last();
}
