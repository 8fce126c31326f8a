import { logarithm, sineCosine, uniform } from './functions.ts';
import { philox } from './philox.ts';

/** Which draws of a path a counter is for: the third word of the counter. */
export const STREAMS = { shocks: 0, mixing: 1, blocks: 2 } as const;

/** Draws of one path: the counter is (path, block, stream, 0), so that no draw depends on another. */
export class PathRandom {
  private readonly counter = new Uint32Array(4);
  private readonly words = new Uint32Array(4);
  private readonly key: readonly [number, number];

  constructor(key: readonly [number, number]) {
    this.key = key;
  }

  /** Four words. */
  draw(path: number, block: number, stream: number): Uint32Array {
    this.counter[0] = path;
    this.counter[1] = block;
    this.counter[2] = stream;
    philox(this.counter, this.key, this.words);
    return this.words;
  }

  /** Standard normals of the path, four for each block (Box and Muller 1958); the length is a multiple of 4. */
  normals(path: number, out: Float64Array): void {
    for (let block = 0; 4 * block < out.length; block += 1) {
      const words = this.draw(path, block, STREAMS.shocks);
      for (let half = 0; half < 4; half += 2) {
        const radius = Math.sqrt(-2 * logarithm(uniform(words[half])));
        const [sine, cosine] = sineCosine(words[half + 1]);
        out[4 * block + half] = radius * cosine;
        out[4 * block + half + 1] = radius * sine;
      }
    }
  }

  /**
   * What the shocks of a path are multiplied by to become Student t of the same covariance: the root of
   * (degrees - 2) / chi-square. The chi-square is -2 times the sum of logarithms of half as many uniforms
   * as there are degrees, and for an odd number the square of a normal besides.
   */
  mixing(path: number, degreesOfFreedom: number): number {
    const uniforms = Math.floor(degreesOfFreedom / 2);
    let logarithms = 0;
    for (let index = 0; index < uniforms; index += 1)
      logarithms += logarithm(uniform(this.draw(path, index >> 2, STREAMS.mixing)[index & 3]));
    let chiSquare = -2 * logarithms;
    if (degreesOfFreedom % 2 === 1) {
      const words = this.draw(path, (uniforms >> 2) + 1, STREAMS.mixing);
      const [, cosine] = sineCosine(words[1]);
      chiSquare += -2 * logarithm(uniform(words[0])) * (cosine * cosine);
    }
    return Math.sqrt((degreesOfFreedom - 2) / chiSquare);
  }
}
