// easypay-node-sdk as a shop at the epay platform's stand-in.
import Easypay from 'easypay-node-sdk';
import { serve } from './harness.mjs';

let shop;

serve({
  open(keys) {
    shop = new Easypay(keys);
  },
  pay: (order) => shop.pay(order),
  order: async ({ out_trade_no }) => JSON.parse(await shop.order(out_trade_no)),
});
