import type { time as english } from "../en/time.ts";

export const time: Record<keyof typeof english, string> = {
  now: "刚刚",
  ago: "{span}前",
  in: "{span}后",
};
