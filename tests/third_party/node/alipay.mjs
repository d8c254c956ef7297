// alipay-sdk (Alipay's own) as an application at the gateway's stand-in, in both key modes.
import { AlipaySdk } from 'alipay-sdk';
import { serve } from './harness.mjs';

let sdk;

serve({
  open({ gateway, app_id, private_key, public_key, certificates }) {
    const config = { gateway, appId: app_id, privateKey: private_key, keyType: 'PKCS8', camelcase: false };
    sdk = new AlipaySdk(certificates
      ? {
        ...config,
        appCertContent: certificates.app,
        alipayPublicCertContent: certificates.alipay,
        alipayRootCertContent: certificates.root,
      }
      : { ...config, alipayPublicKey: public_key });
  },
  call: ({ method, biz, notify_url }) => sdk.exec(
    method, { bizContent: biz, ...(notify_url ? { notifyUrl: notify_url } : {}) }, { validateSign: true },
  ),
  link: ({ method, biz, ...urls }) => sdk.pageExecute(method, 'GET', { bizContent: biz, ...urls }),
  orderString: ({ method, biz, ...urls }) => sdk.sdkExecute(method, { bizContent: biz, ...urls }),
  believes: ({ fields }) => sdk.checkNotifySignV2(fields),
});
