/** What is looked at from within a page, past its Content-Security-Policy: by the debugger, which no policy binds. */
import type { Page } from "playwright-core";

interface Evaluated<T> {
  readonly result: { readonly value?: T };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}

/** The value of an expression, awaited. */
export async function inPage<T>(page: Page, expression: string): Promise<T> {
  const session = await page.context().newCDPSession(page);
  try {
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
      allowUnsafeEvalBlockedByCSP: true,
    }) as Evaluated<T>;
    if (exceptionDetails !== undefined) {
      throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value as T;
  } finally {
    await session.detach();
  }
}

/** By how much the page is wider than its window. */
export async function overflowPixels(page: Page): Promise<number> {
  return await inPage(page, "document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
