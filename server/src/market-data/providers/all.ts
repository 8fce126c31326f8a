import { ecb } from './ecb.ts';
import { exchange } from './exchange.ts';
import type { PriceProvider } from './provider.ts';
import { yahoo } from './yahoo.ts';

/** Every provider that there is; which of them may be asked is a setting. */
export const ALL_PROVIDERS: readonly PriceProvider[] = [yahoo(), exchange(), ecb()];
