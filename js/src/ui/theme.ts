/** Light or dark, as the host page has it. */

export type Theme = "light" | "dark";

/** What a host page says about its theme. */
export interface ThemeSigns {
  /** `data-jp-theme-light` of JupyterLab and Notebook 7: "true" or "false". */
  jupyter: string | null;
  /** Words on <html> and <body>: classes, `data-theme`, `theme`, `data-vscode-theme-kind`. */
  words: string[];
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
const WATCHED = ["class", "theme", "data-theme", "data-jp-theme-light", "data-vscode-theme-kind"];

/** The theme that the signs speak for: the notebook's own, then a word, then the system's. */
export function themeOf(signs: ThemeSigns): Theme {
  if (signs.jupyter !== null) return signs.jupyter === "false" ? "dark" : "light";
  // VS Code puts both high-contrast words on a light high-contrast page.
  if (signs.words.some((word) => LIGHT.has(word))) return "light";
  if (signs.words.some((word) => DARK.has(word))) return "dark";
  return signs.prefersDark ? "dark" : "light";
}

function readSigns(document: Document, prefersDark: boolean): ThemeSigns {
  const { documentElement, body } = document;
  const words = [documentElement, body].flatMap((element) => [
    ...element.classList,
    element.getAttribute("theme") ?? "",
    element.getAttribute("data-theme") ?? "",
    element.getAttribute("data-vscode-theme-kind") ?? "",
  ]);
  return { jupyter: body.getAttribute("data-jp-theme-light"), words, prefersDark };
}

/**
 * Follow the host's theme.
 *
 * @param el any element of the page that is watched
 * @param onChange called at once and at every change
 * @returns stops the watching
 */
export function watchTheme(el: HTMLElement, onChange: (theme: Theme) => void): () => void {
  const document = el.ownerDocument;
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  let current: Theme | null = null;
  const look = () => {
    const theme = themeOf(readSigns(document, media.matches));
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
