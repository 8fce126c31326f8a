import type { LibraryStrategy } from '../../compute/src/service/contract.ts';
import { libraryStrategies } from '../../compute/src/strategy/library.ts';

/** The strategies of the library that trade one instrument by rules. */
export function instrumentStrategies(): LibraryStrategy[] {
  return libraryStrategies().filter(({ universe }) => universe === null);
}

/** The strategies of the library that hold a universe. */
export function universeStrategies(): LibraryStrategy[] {
  return libraryStrategies().filter(({ universe }) => universe !== null);
}
