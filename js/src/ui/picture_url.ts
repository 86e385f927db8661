/** Addresses of pictures for an <img>: short ones, or the pictures themselves where a page allows no others. */

/** The smallest there is: one transparent pixel. */
const PIXEL = "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

let allowed: Promise<boolean> | null = null;

/** A `blob:` URL, or a `data:` one where the policy of the page forbids those. */
export async function pictureUrl(type: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const blob = new Blob([bytes], { type });
  allowed ??= isBlobAllowed();
  return (await allowed) ? URL.createObjectURL(blob) : dataUrl(blob);
}

export function releasePicture(url: string): void {
  if (url.startsWith("blob:")) URL.revokeObjectURL(url);
}

/** No script can ask for the policy, so that a picture is tried. */
function isBlobAllowed(): Promise<boolean> {
  const bytes = Uint8Array.from(atob(PIXEL), (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/gif" }));
  return new Promise<boolean>((done) => {
    const image = new Image();
    image.onload = () => done(true);
    image.onerror = () => done(false);
    image.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(new Error("a picture cannot be read"));
    reader.readAsDataURL(blob);
  });
}
