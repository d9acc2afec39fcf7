/**
 * Stands in for a `<style>` element, which the console's Content-Security-Policy forbids: text that is put into it becomes
 * a constructed style sheet of the document, until it is removed. scripts/console_xterm.ts puts it into xterm.js.
 */
export function sheetElement(document: Document): HTMLElement {
  const element = document.createElement("span");
  element.hidden = true;
  const sheet = new CSSStyleSheet();
  Object.defineProperty(element, "textContent", {
    set(text: string) {
      sheet.replaceSync(text);
      if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
    },
  });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
    element.parentNode?.removeChild(element);
  };
  return element;
}
