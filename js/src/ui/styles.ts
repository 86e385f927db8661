/** A style sheet, once for all widgets of a page, also of those that a host puts into a shadow tree. */

const sheets = new Map<string, CSSStyleSheet>();

/**
 * Gives the tree that holds `el`, now or at the next frame, the styles.
 *
 * @returns stops waiting for that frame
 */
export function adopt(el: Element, css: string): () => void {
  const sheet = sheets.get(css) ?? new CSSStyleSheet();
  if (!sheets.has(css)) sheet.replaceSync(css);
  sheets.set(css, sheet);
  const give = (root: DocumentOrShadowRoot) => {
    if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  };
  give(document);
  const frame = requestAnimationFrame(() => {
    const root = el.getRootNode();
    if (root instanceof ShadowRoot) give(root);
  });
  return () => cancelAnimationFrame(frame);
}
