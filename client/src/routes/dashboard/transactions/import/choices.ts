import type { ImportSymbolFieldsFragment, SymbolChoiceInput } from '#lib/graphql/generated/graphql.ts';

/** What is chosen for an instrument of a file: the id of one that is there, CREATE, SKIP, or OTHER and '' while it is open. */
export interface Choice {
  what: string;
  symbol: string;
  name: string;
  currency: string;
  assetClass: string;
  readonly isin: string | null;
}

/** The choice to begin with: the likeliest instrument is not chosen for anybody. */
export function choiceFor({ suggestion }: Pick<ImportSymbolFieldsFragment, 'suggestion'>): Choice {
  return {
    what: '',
    symbol: suggestion?.symbol ?? '',
    name: suggestion?.name ?? '',
    currency: suggestion?.currency ?? 'USD',
    assetClass: suggestion?.assetClass ?? 'EQUITY',
    isin: suggestion?.isin ?? null,
  };
}

/** Choices as the server takes them; those that are open are left out. */
export function choiceInputs(choices: Readonly<Record<string, Choice>>): SymbolChoiceInput[] {
  return Object.entries(choices).flatMap(([key, { what, ...instrument }]): SymbolChoiceInput[] => {
    if (what === '' || what === 'OTHER') return [];
    if (what === 'SKIP') return [{ key, action: 'SKIP' }];
    if (what !== 'CREATE') return [{ key, action: 'MAP', instrumentId: what }];
    return [
      {
        key,
        action: 'CREATE',
        instrument: { ...instrument, assetClass: instrument.assetClass as 'EQUITY' },
      },
    ];
  });
}
