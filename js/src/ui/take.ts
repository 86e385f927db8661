/** What a person takes along: the clipboard, and files. */

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

/** Saves a file where the browser puts what it downloads. */
export function saveFile(name: string, parts: BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it when the click is done, but some begin to read later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
