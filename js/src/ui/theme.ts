/** Light or dark, as the host page has it. */

export type Theme = "light" | "dark";

/** What a host page says about its theme. */
export interface ThemeSigns {
  /** `data-jp-theme-light` of JupyterLab and Notebook 7: "true" or "false". */
  jupyter: string | null;
  /** Words on <html> and <body>: classes, `data-theme`, `data-bs-theme`, `theme`, `data-vscode-theme-kind`. */
  words: string[];
  /** Luminance of what the widget stands on, 0..1; null = nothing opaque. */
  ground: number | null;
  /** `prefers-color-scheme: dark`. */
  prefersDark: boolean;
}

const DARK = new Set([
  "dark",
  "dark-theme",
  "theme-dark",
  "vscode-dark",
  "vscode-high-contrast",
  "quarto-dark",
]);
const LIGHT = new Set([
  "light",
  "light-theme",
  "theme-light",
  "vscode-light",
  "vscode-high-contrast-light",
  "quarto-light",
]);
const ATTRIBUTES = ["theme", "data-theme", "data-bs-theme", "data-vscode-theme-kind"];
const WATCHED = ["class", "style", "data-jp-theme-light", ...ATTRIBUTES];
/** Of a ground on which black and white text have the same contrast. */
const MIDDLE = 0.18;

/** The theme that the signs speak for: the notebook's own, a word, the ground, then the system's. */
export function themeOf(signs: ThemeSigns): Theme {
  if (signs.jupyter !== null) return signs.jupyter === "false" ? "dark" : "light";
  // VS Code puts both high-contrast words on a light high-contrast page.
  if (signs.words.some((word) => LIGHT.has(word))) return "light";
  if (signs.words.some((word) => DARK.has(word))) return "dark";
  if (signs.ground !== null) return signs.ground < MIDDLE ? "dark" : "light";
  return signs.prefersDark ? "dark" : "light";
}

/** Relative luminance of a computed colour, 0..1; null where what lies behind shows through. */
export function luminance(color: string): number | null {
  const [r, g, b, alpha = 1] = (/^rgba?\((.*)\)$/.exec(color)?.[1] ?? "")
    .split(/[\s,/]+/)
    .map(Number);
  if (!(alpha > 0.5) || [r, g, b].some((channel) => !(channel >= 0))) return null;
  const [red, green, blue] = [r, g, b].map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Luminance of the first opaque background around an element; null = there is none. */
function groundOf(el: Element): number | null {
  const root = el.getRootNode();
  const around = el.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  return around && (luminance(getComputedStyle(around).backgroundColor) ?? groundOf(around));
}

function readSigns(el: HTMLElement, prefersDark: boolean): ThemeSigns {
  const { documentElement, body } = el.ownerDocument;
  const words = [documentElement, body].flatMap((element) => [
    ...element.classList,
    ...ATTRIBUTES.map((name) => element.getAttribute(name) ?? ""),
  ]);
  const jupyter = body.getAttribute("data-jp-theme-light");
  return { jupyter, words, ground: groundOf(el), prefersDark };
}

/**
 * Follow the host's theme.
 *
 * @param el the widget, whose own colours say nothing
 * @param onChange called at once and at every change
 * @returns stops the watching
 */
export function watchTheme(el: HTMLElement, onChange: (theme: Theme) => void): () => void {
  const document = el.ownerDocument;
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  let current: Theme | null = null;
  const look = () => {
    const theme = themeOf(readSigns(el, media.matches));
    if (theme === current) return;
    current = theme;
    onChange(theme);
  };
  const observer = new MutationObserver(look);
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributes: true, attributeFilter: WATCHED });
  }
  media.addEventListener("change", look);
  look();
  return () => {
    observer.disconnect();
    media.removeEventListener("change", look);
  };
}
