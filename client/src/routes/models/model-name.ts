/** A name for a model after its file: what no name may have becomes a hyphen. */
export function modelNameOf(fileName: string): string {
  return fileName
    .replace(/\.onnx$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 64);
}
