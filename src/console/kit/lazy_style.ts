/** Of each `NAME.lazy.css` the address of its sheet; put in when the console is built. */
declare const __LAZY_STYLES__: Readonly<Record<string, string>>;

const loads = new Map<string, Promise<void>>();

/** Loads a sheet that is not with the page: `loadStyle("terminal")` for `terminal.lazy.css`. Once, unless it fails. */
export function loadStyle(name: string): Promise<void> {
  const found = loads.get(name) ?? new Promise<void>((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = __LAZY_STYLES__[name] ?? "";
    link.onload = () => resolve();
    link.onerror = () => {
      loads.delete(name);
      link.remove();
      reject(new Error(`the styles of ${name} could not be loaded`));
    };
    document.head.append(link);
  });
  loads.set(name, found);
  return found;
}
