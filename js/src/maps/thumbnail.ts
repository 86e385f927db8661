/** A map as small as a stamp. */

export function drawThumbnail(
  canvas: HTMLCanvasElement,
  frame: Uint16Array,
  nComponents: number,
  codes: Uint8Array,
  palette: Uint8Array,
): void {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = context.createImageData(width, height);
  for (let item = 0; item < codes.length; item++) {
    const x = Math.round((frame[nComponents * item] / 65535) * (width - 1));
    const y = Math.round((1 - frame[nComponents * item + 1] / 65535) * (height - 1));
    image.data.set(palette.subarray(4 * codes[item], 4 * codes[item] + 4), 4 * (y * width + x));
  }
  context.putImageData(image, 0, 0);
}
