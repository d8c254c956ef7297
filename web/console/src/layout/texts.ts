import { texts } from "../texts/language";

export const t = texts({
  zh: {
    menu: "菜单",
    more: "更多",
    signOut: "退出登录",
    language: "English",
    look: { auto: "跟随系统", light: "浅色", dark: "深色" },
    noPermission: "没有权限",
    noPermissionText: "您的角色不能打开此页面，请联系店主。",
    notFound: "页面不存在",
    notFoundText: "地址可能已更改。",
    toLive: "回到实时页",
    unreachable: "服务没有应答",
    unreachableText: "请检查网络，或稍候片刻：服务可能正在重启。",
  },
  en: {
    menu: "Menu",
    more: "More",
    signOut: "Sign out",
    language: "中文",
    look: { auto: "As the device", light: "Light", dark: "Dark" },
    noPermission: "Not permitted",
    noPermissionText: "Your role cannot open this page; ask the owner.",
    notFound: "No such page",
    notFoundText: "Its address may have changed.",
    toLive: "Back to the live board",
    unreachable: "The service does not answer",
    unreachableText: "Check the network, or wait a moment: it may be restarting.",
  },
});
