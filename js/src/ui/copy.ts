/** What a person takes along on the clipboard. */

/** Copies a text; an insecure page has no clipboard, and the older way is taken there. */
export async function copyText(text: string, within: Element): Promise<void> {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return;
    } catch {
      // A frame may not be allowed to.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "ew-only-read";
  const before = document.activeElement;
  within.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!isCopied) throw new Error("the browser did not let this page copy: save the CSV instead");
}
