import { darkTheme, type GlobalThemeOverrides } from "naive-ui";
import { computed } from "vue";
import { dark } from "./state/look";

/** Naive UI in the colours of styles/base.css; one table, so that both agree. */
const LIGHT = {
  brand: "#2c5cdd", brandHover: "#456ff0", brandPressed: "#1f49bd",
  good: "#0e6e4e", warn: "#855206", bad: "#bd2b2b",
  ink: "#1b2233", ink2: "#566074", ink3: "#5c6577",
  card: "#ffffff", line: "#e4e7ee", ground: "#f5f6f9", hover: "#f1f3f8",
};
const DARK: typeof LIGHT = {
  brand: "#7d9bff", brandHover: "#98b0ff", brandPressed: "#6484ee",
  good: "#46c08c", warn: "#e2b15c", bad: "#ff7d75",
  ink: "#e6e9f0", ink2: "#aab2c3", ink3: "#8790a2",
  card: "#181c26", line: "#2a303e", ground: "#10131a", hover: "#202532",
};
const FONT =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", ' +
  '"Noto Sans CJK SC", "Noto Sans SC", sans-serif';

function overrides(p: typeof LIGHT): GlobalThemeOverrides {
  return {
    common: {
      primaryColor: p.brand, primaryColorHover: p.brandHover, primaryColorPressed: p.brandPressed,
      primaryColorSuppl: p.brandHover,
      successColor: p.good, warningColor: p.warn, errorColor: p.bad, infoColor: p.brand,
      textColorBase: p.ink, textColor1: p.ink, textColor2: p.ink, textColor3: p.ink3, placeholderColor: p.ink3, placeholderColorDisabled: p.ink3,
      bodyColor: p.ground, cardColor: p.card, modalColor: p.card, popoverColor: p.card, tableColor: p.card,
      borderColor: p.line, dividerColor: p.line, hoverColor: p.hover, tableColorHover: p.hover,
      tableHeaderColor: p.card,
      borderRadius: "8px", borderRadiusSmall: "6px", fontFamily: FONT, fontSize: "14px",
      fontWeightStrong: "600", lineHeight: "1.55",
    },
    Card: { borderRadius: "12px", paddingMedium: "16px 20px" },
    Menu: { itemHeight: "38px", borderRadius: "8px", itemTextColor: p.ink2 },
    DataTable: { thTextColor: p.ink3, thFontWeight: "500", borderRadius: "10px" },
    Tag: { borderRadius: "6px" },
    Button: { fontWeightStrong: "600" },
  };
}

export const theme = computed(() => (dark.value ? darkTheme : null));
export const themeOverrides = computed(() => overrides(dark.value ? DARK : LIGHT));
/** For charts, which draw outside of CSS. */
export const palette = computed(() => (dark.value ? DARK : LIGHT));
