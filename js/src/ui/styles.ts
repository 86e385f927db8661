/** One style sheet for all widgets of a page, also of those that a host puts into a shadow tree. */

let sheet: CSSStyleSheet | null = null;

/**
 * Gives the tree that holds `el`, now or at the next frame, the styles.
 *
 * @returns stops waiting for that frame
 */
export function adopt(el: Element, css: string): () => void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  const all = sheet;
  const give = (root: DocumentOrShadowRoot) => {
    if (!root.adoptedStyleSheets.includes(all)) root.adoptedStyleSheets.push(all);
  };
  give(document);
  const frame = requestAnimationFrame(() => {
    const root = el.getRootNode();
    if (root instanceof ShadowRoot) give(root);
  });
  return () => cancelAnimationFrame(frame);
}
