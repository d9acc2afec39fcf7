import type { setup as english } from "../en/setup.ts";

export const setup: Record<keyof typeof english, string> = {
  title: "初始设置 Farhand",
  intro: "创建首个用户。该用户是管理员，之后可以添加其他用户。",
  name: "用户名",
  name_hint: "小写字母、数字以及 . _ @ -",
  name_bad: "以小写字母或数字开头，之后只能使用小写字母、数字和 . _ @ -",
  password: "密码",
  password_hint: "至少 12 个字符；几个词组成的短语即可",
  password_short: "还需要 {n} 个字符",
  again: "确认密码",
  again_bad: "两次输入不一致",
  submit: "创建并登录",
  done: "该管理端已完成初始设置。",
  to_login: "登录",
  no_secret: "链接不完整：# 之后的部分是一次性密钥。",
  new_link: "在管理端所在机器上执行以下命令可重新获取链接：",
};
