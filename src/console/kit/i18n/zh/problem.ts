import type { problem as english } from "../en/problem.ts";

export const problem: Record<keyof typeof english, string> = {
  timeout: "响应超时。管理端或主机可能繁忙或离线，请重试",
  unreachable: "无法连接管理端，请检查网络后重试",
  unreadable: "无法读取 {path} 的响应；中间是否有代理在应答？",
  status: "{path} 返回状态 {status}",
  page: "无法显示此页面",
  page_why: "页面本身出错：{message}",
  load_page: "页面无法加载；管理端可能离线或已更新",
  reload_console: "重新加载控制台",
  missing: "页面不存在",
  missing_why: "地址 {path} 不存在。",
  to_hosts: "返回主机列表",
  code: "错误 {code}",
  unknown: "发生错误：{message}",
};
