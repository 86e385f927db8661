/** Elements made by hand: user data reaches the page only as text or as an attribute's value. */

export type Attribute = string | number | boolean | null | undefined;
export type Attributes = Record<string, Attribute>;
export type Child = Node | string | null;

const SVG = "http://www.w3.org/2000/svg";

/** Set or remove attributes, touching the page only where a value changes. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    // ARIA states are words: aria-pressed="false" is not the same as no aria-pressed.
    const word = typeof value === "boolean" && name.startsWith("aria-") ? String(value) : value;
    if (word === null || word === undefined || word === false) {
      if (element.hasAttribute(name)) element.removeAttribute(name);
    } else {
      const text = word === true ? "" : String(word);
      if (element.getAttribute(name) !== text) element.setAttribute(name, text);
    }
  }
}

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  setAttributes(element, attributes);
  for (const child of children) if (child !== null) element.append(child);
  return element;
}

const CONTROLS = new Set(["button", "input", "select"]);

/**
 * An HTML element; strings among the children become text nodes. What takes the keyboard keeps its
 * keys: JupyterLab's shortcuts match the focused element, and would answer Enter and the arrows first.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Child | Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (CONTROLS.has(tag) || "tabindex" in attributes) element.dataset.lmSuppressShortcuts = "true";
  return fill(element, attributes, children.flat());
}

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Child | Child[])[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag), attributes, children.flat());
}

/** Replace the text of an element when it differs. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Show or hide by the `hidden` attribute. */
export function setShown(element: HTMLElement, shown: boolean): void {
  if (element.hidden === shown) element.hidden = !shown;
}

/** Counted by the page: widgets of two versions, or of a bundle that was loaded again, share it. */
const MADE = Symbol.for("embwidget ids");

/** An id that no other element of the page has, for ARIA references. */
export function uniqueId(stem: string): string {
  const page = globalThis as { [MADE]?: number };
  page[MADE] = (page[MADE] ?? 0) + 1;
  return `ew-${stem}-${page[MADE]}`;
}

/** Keep `parent` filled with exactly `count` children, made by `create` or dropped from the end. */
export function resizeChildren(parent: Element, count: number, create: (index: number) => Element) {
  while (parent.childElementCount > count) parent.lastElementChild?.remove();
  while (parent.childElementCount < count) parent.append(create(parent.childElementCount));
}
