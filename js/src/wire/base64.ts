/** Bytes as texts of base64, and back. */

/** A call takes so many arguments at most. */
const BLOCK = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += BLOCK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BLOCK));
  }
  return btoa(binary);
}

/** @throws Error when it is no base64 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  type Native = { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  const native = (Uint8Array as Native).fromBase64;
  if (native) return native(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
