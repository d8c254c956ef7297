// wechatpay-axios-plugin as a merchant of the WeChat Pay v3 stand-in.
import wechatpay from 'wechatpay-axios-plugin';
import { serve } from './harness.mjs';

const { Wechatpay, Rsa, Aes, Formatter } = wechatpay;
let pay;
let keys;

serve({
  open(given) {
    keys = given;
    pay = new Wechatpay({
      baseURL: `${keys.base_url}/`,
      mchid: keys.mchid,
      serial: keys.serial,
      privateKey: Rsa.from(keys.private_key, Rsa.KEY_TYPE_PRIVATE),
      certs: { [keys.platform_serial]: Rsa.from(keys.platform_key, Rsa.KEY_TYPE_PUBLIC) },
      headers: { 'Wechatpay-Serial': keys.platform_serial },
    });
  },
  async create({ product, body }) {
    const { data } = await pay.v3.pay.transactions[product].post({ appid: keys.appid, mchid: keys.mchid, ...body });
    return data;
  },
  async query({ out_trade_no }) {
    const { data } = await pay.v3.pay.transactions.outTradeNo._out_trade_no_.get({
      params: { mchid: keys.mchid }, out_trade_no,
    });
    return data;
  },
  async close({ out_trade_no }) {
    const { status } = await pay.v3.pay.transactions.outTradeNo._out_trade_no_.close.post(
      { mchid: keys.mchid }, { out_trade_no },
    );
    return status;
  },
  async refund({ body }) {
    const { data } = await pay.v3.refund.domestic.refunds.post(body);
    return data;
  },
  async queryRefund({ out_refund_no }) {
    const { data } = await pay.v3.refund.domestic.refunds._out_refund_no_.get({ out_refund_no });
    return data;
  },
  read({ headers, body }) {
    const text = Formatter.response(headers['Wechatpay-Timestamp'], headers['Wechatpay-Nonce'], body);
    if (!Rsa.verify(text, headers['Wechatpay-Signature'], Rsa.from(keys.platform_key, Rsa.KEY_TYPE_PUBLIC))) {
      throw new Error('the notification is not signed by WeChat Pay');
    }
    const message = JSON.parse(body);
    const { ciphertext, nonce, associated_data: aad } = message.resource;
    return { ...message, resource: JSON.parse(Aes.AesGcm.decrypt(ciphertext, keys.api_v3_key, nonce, aad)) };
  },
  pageParams({ prepay_id }) {
    const timeStamp = `${Formatter.timestamp()}`;
    const nonceStr = Formatter.nonce();
    const params = { appId: keys.appid, timeStamp, nonceStr, package: `prepay_id=${prepay_id}`, signType: 'RSA' };
    const text = Formatter.joinedByLineFeed(params.appId, timeStamp, nonceStr, params.package);
    return { ...params, paySign: Rsa.sign(text, Rsa.from(keys.private_key, Rsa.KEY_TYPE_PRIVATE)) };
  },
});
