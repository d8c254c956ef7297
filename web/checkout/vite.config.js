// Builds the checkout into the Python package, under names that do not change: the service puts a hash of the content
// into the addresses by itself. One script, one style sheet, no chunks: the first view is three requests.
import { copyFileSync } from "node:fs";
import { defineConfig } from "vite";

const OUT = process.env.PAYSWITCH_WEB_OUT ?? "../../src/payswitch/entry/checkout/static";

/** The page without script is written by the service, in the same words. */
const words = { name: "words", writeBundle: () => copyFileSync("src/words.json", `${OUT}/words.json`) };

export default defineConfig(({ mode }) => {
  const embed = mode === "embed";
  return {
    plugins: embed ? [] : [words],
    publicDir: false,
    build: {
      outDir: OUT,
      emptyOutDir: !embed,
      target: ["es2019", "chrome79", "safari13"], // what WeChat's and Alipay's browsers have been for years
      modulePreload: false,
      cssCodeSplit: false, // else an iife carries its style along and writes it into the page, which our CSP forbids
      reportCompressedSize: false,
      rollupOptions: {
        input: embed ? "src/payswitch.ts" : "src/main.tsx",
        output: {
          format: "iife",
          entryFileNames: embed ? "payswitch.js" : "checkout.js",
          assetFileNames: "checkout.[ext]",
        },
      },
    },
  };
});
