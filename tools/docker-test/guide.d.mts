/** Commands of the guide that no test can run, with the reason. */
export const NOT_RUN: Readonly<Record<string, string>>;
/** The text of the guide in a language. */
export function guideText(language: 'en' | 'fr'): string;
/** Every command of a guide once, in the order of its blocks of shell. */
export function commandsOf(guide: string): string[];
