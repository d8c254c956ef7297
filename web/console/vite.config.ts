// Builds the console into the Python package. Names carry a hash of their content: the service lets browsers keep them
// for ever, and reads only index.html anew.
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const OUT = process.env.PAYSWITCH_WEB_OUT ?? "../../src/payswitch/entry/console/app";

export default defineConfig({
  base: "/console/",
  plugins: [vue()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700, // ECharts, which only pages with a chart load
  },
  server: {
    proxy: { "/v1": process.env.PAYSWITCH_URL ?? "http://127.0.0.1:8080" },
  },
});
