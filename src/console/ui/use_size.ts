import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";

/** The size of an element, as it changes. */
export function useSize(
  ref: RefObject<HTMLElement | null>,
): ReadonlySignal<{ readonly width: number; readonly height: number }> {
  const size = useSignal({ width: 0, height: 0 });
  const measure = () => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = ref.current ?? {};
    const before = size.peek();
    if (width !== before.width || height !== before.height) size.value = { width, height };
  };
  useLayoutEffect(measure, []);
  useEffect(() => {
    if (ref.current === null) return;
    const observer = new ResizeObserver(measure);
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return size;
}
