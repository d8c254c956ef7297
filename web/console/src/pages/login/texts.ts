import { texts } from "../../texts/language";

export const t = texts({
  zh: {
    claim: "让每一笔订单都付得出去",
    user: "用户名",
    password: "密码",
    totp: "动态验证码",
    totpHint: "验证器上的 6 位数字，或恢复码",
    enter: "登录",
    ended: "登录已过期。重新登录后会回到刚才的页面。",
    help: "没有账号？请负责人在控制台添加，或在服务器上运行 payswitch user add。",
    switchLanguage: "English",
    byLink: "正在用一次性链接登录…",
    toLogin: "用密码登录",
  },
  en: {
    claim: "Every order finds a way to be paid",
    user: "User name",
    password: "Password",
    totp: "One-time code",
    totpHint: "6 digits of the app, or a recovery code",
    enter: "Sign in",
    ended: "Your session has ended. Sign in again and you are back where you were.",
    help: "No account? An owner adds one here, or run payswitch user add on the server.",
    switchLanguage: "中文",
    byLink: "Signing in with your link…",
    toLogin: "Sign in with a password",
  },
});
