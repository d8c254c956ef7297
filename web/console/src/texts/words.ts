import { say, type Both } from "./language";

/** The house's words (design: one word per idea) in both languages; a code that nobody named is shown as it is. */
const FAMILIES: Record<string, Both> = {
  wechat: { zh: "微信", en: "WeChat" },
  alipay: { zh: "支付宝", en: "Alipay" },
  huabei: { zh: "花呗", en: "Huabei" },
  unionpay: { zh: "云闪付", en: "UnionPay" },
  ecny: { zh: "数字人民币", en: "e-CNY" },
  quickpay: { zh: "快捷", en: "Quick pay" },
  applepay: { zh: "Apple Pay", en: "Apple Pay" },
  huaweipay: { zh: "华为支付", en: "Huawei Pay" },
  mipay: { zh: "小米支付", en: "Mi Pay" },
  samsungpay: { zh: "三星支付", en: "Samsung Pay" },
  vivopay: { zh: "vivo 支付", en: "vivo Pay" },
};

const KINDS: Record<string, Both> = {
  jsapi: { zh: "公众号", en: "in-app page" },
  native: { zh: "扫码", en: "scan" },
  precreate: { zh: "扫码", en: "scan" },
  qr: { zh: "扫码", en: "scan" },
  h5: { zh: "H5", en: "mobile browser" },
  wap: { zh: "手机网站", en: "mobile page" },
  page: { zh: "电脑网站", en: "desktop page" },
  web: { zh: "网页", en: "web" },
  app: { zh: "APP", en: "app" },
  mini: { zh: "小程序", en: "mini program" },
  code: { zh: "付款码", en: "payment code" },
  card: { zh: "银行卡", en: "bank card" },
};

const METHODS: Record<string, Both> = {
  ...FAMILIES,
  wechat: { zh: "微信支付", en: "WeChat Pay" },
  huabei: { zh: "花呗分期", en: "Huabei" },
  apple_pay: { zh: "Apple Pay", en: "Apple Pay" },
  huawei_pay: { zh: "华为支付", en: "Huawei Pay" },
  mi_pay: { zh: "小米支付", en: "Mi Pay" },
  samsung_pay: { zh: "三星支付", en: "Samsung Pay" },
  vivo_pay: { zh: "vivo 支付", en: "vivo Pay" },
  card: { zh: "银行卡", en: "Bank card" },
};

const CONNECTORS: Record<string, Both> = {
  wechatpay: { zh: "微信支付", en: "WeChat Pay" },
  alipay: { zh: "支付宝", en: "Alipay" },
  unionpay: { zh: "银联", en: "UnionPay" },
  quickpay: { zh: "通联快捷", en: "Allinpay quick pay" },
  huifu: { zh: "汇付", en: "Huifu" },
  applepay: { zh: "Apple Pay", en: "Apple Pay" },
  epay: { zh: "易支付", en: "epay" },
};

const ENVIRONMENTS: Record<string, Both> = {
  wechat: { zh: "微信内", en: "in WeChat" },
  wechat_mini: { zh: "微信小程序", en: "WeChat mini program" },
  alipay: { zh: "支付宝内", en: "in Alipay" },
  unionpay: { zh: "云闪付内", en: "in UnionPay" },
  mobile: { zh: "手机浏览器", en: "mobile browser" },
  desktop: { zh: "电脑", en: "desktop" },
  app: { zh: "商户 APP", en: "the shop's app" },
  counter: { zh: "线下收银", en: "at the counter" },
  restricted: { zh: "其他 APP 内（仅扫码）", en: "another app (code only)" },
};

const named = (table: Record<string, Both>) => (code: string) => {
  const text = table[code];
  return text === undefined ? code : say(text);
};

const kindName = named(KINDS);
const familyName = named(FAMILIES);
export const methodName = named(METHODS);
export const connectorName = named(CONNECTORS);

/** Where the customer's screen is (the service's `Environment`). */
export const environmentName = named(ENVIRONMENTS);

/** `wechat_native` is 微信扫码; of an 易支付 platform it is told whose. */
export function productName(product: string): string {
  const [family = product, kind = ""] = product.split("_");
  if (family === "epay") return `${connectorName("epay")} ${familyName(kind)}`;
  return kind ? `${familyName(family)} ${kindName(kind)}` : familyName(family);
}

/** Whether a word of a sentence is a product's code. */
export function isProduct(word: string): boolean {
  const [family = "", kind = ""] = word.split("_");
  return family === "epay" ? kind in METHODS : family in FAMILIES && kind in KINDS;
}
