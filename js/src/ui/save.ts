/** Files that a person takes along. */

/** Characters of a part; two of them in any script stay below the 255 bytes that disks take. */
const LONGEST = 28;

/** Puts a file where the browser puts downloads. */
export function saveFile(name: string, data: Blob): void {
  const url = URL.createObjectURL(data);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has the bytes by the next task, and keeps them until then only.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A name that every system takes for a file, of texts that may hold anything: "GloVe_vs_MiniLM.png". */
export function fileName(parts: readonly string[], ending: string): string {
  const clean = parts.map((part) => {
    const words = part.normalize("NFC").replace(/[^\p{L}\p{N}_.-]+/gu, "-");
    return Array.from(words)
      .slice(0, LONGEST)
      .join("")
      .replace(/^[.-]+|[.-]+$/g, "");
  });
  return `${clean.filter((part) => part !== "").join("_") || "embwidget"}.${ending}`;
}
