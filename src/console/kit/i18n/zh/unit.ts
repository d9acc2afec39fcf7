import type { unit as english } from "../en/unit.ts";

export const unit: Record<keyof typeof english, string> = {
  ms: "{n} 毫秒",
  s: "{n} 秒",
  min: "{n} 分",
  minutes: "{n} 分钟",
  h: "{n} 小时",
  d: "{n} 天",
};
