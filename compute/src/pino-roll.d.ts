declare module 'pino-roll' {
  /** Opens a stream to a file that is replaced by time and size. */
  export default function roll(options: Readonly<Record<string, unknown>>): Promise<NodeJS.WritableStream>;
}
