import type { live as english } from "../en/live.ts";

export const live: Record<keyof typeof english, string> = {
  live: "实时",
  connecting: "正在连接…",
  lost: "连接已断开",
  lost_retry: "连接已断开，{n} 秒后重试",
  lost_trying: "连接已断开，正在重试…",
  retry_now: "立即重试",
  stale: "显示的内容可能已过时。",
};
