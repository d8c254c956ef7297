import { texts } from "../../texts/language";

export const t = texts({
  zh: {
    title: "登录",
    claim: "让每一笔订单都付得出去",
    user: "用户名",
    password: "密码",
    totp: "动态验证码",
    totpHint: "6 位数字；未开启两步验证则留空",
    enter: "登录",
    help: "没有账号？由店主在控制台添加，或在服务器上运行 payswitch user add。",
    switchLanguage: "English",
    byLink: "正在用一次性链接登录…",
    linkFailed: "链接无法使用",
    toLogin: "用密码登录",
  },
  en: {
    title: "Sign in",
    claim: "Every order finds a way to be paid",
    user: "User name",
    password: "Password",
    totp: "One-time code",
    totpHint: "6 digits; leave empty without two-step sign-in",
    enter: "Sign in",
    help: "No account? The owner adds one here, or run payswitch user add on the server.",
    switchLanguage: "中文",
    byLink: "Signing in with your link…",
    linkFailed: "This link cannot be used",
    toLogin: "Sign in with a password",
  },
});
