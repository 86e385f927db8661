/** Keys that work anywhere in the widget. */

export interface Shortcuts {
  onBack(): void;
  onForward(): void;
  onEscape(): void;
}

/** Inputs that have no text, and no undo of their own. */
const NO_TEXT = new Set(["button", "checkbox", "radio", "range"]);

/** Listens to keys that nothing inside `root` had a use for; returns the end of it. */
export function listenToKeys(root: HTMLElement, on: Shortcuts): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const act = actionOf(event, on);
    if (!act) return;
    // The notebook would take a cell back, the browser would leave the page.
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  root.addEventListener("keydown", listener);
  return () => root.removeEventListener("keydown", listener);
}

function actionOf(event: KeyboardEvent, on: Shortcuts): (() => void) | null {
  const { altKey, ctrlKey, metaKey, shiftKey } = event;
  const [target] = event.composedPath();
  if (event.key === "Escape") return ctrlKey || metaKey || altKey ? null : on.onEscape;
  if (isTextField(target)) return null;
  const isCommand = (ctrlKey || metaKey) && !altKey;
  const key = event.key.toLowerCase();
  if (isCommand && key === "z") return shiftKey ? on.onForward : on.onBack;
  if (isCommand && key === "y" && !shiftKey) return on.onForward;
  if (!altKey || ctrlKey || metaKey || shiftKey) return null;
  if (key === "arrowleft") return on.onBack;
  return key === "arrowright" ? on.onForward : null;
}

function isTextField(target: EventTarget): boolean {
  if (target instanceof HTMLInputElement) return !NO_TEXT.has(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  );
}
