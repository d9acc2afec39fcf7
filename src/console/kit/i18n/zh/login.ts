import type { login as english } from "../en/login.ts";

export const login: Record<keyof typeof english, string> = {
  title: "登录",
  name: "用户名",
  password: "密码",
  submit: "登录",
  ended: "会话已结束，请重新登录。",
  setup: "目前还没有用户：需要先创建首个管理员。",
  setup_how: "在管理端所在机器上执行以下命令，并打开其输出的链接：",
  no_password: "请输入用户名和密码",
};
