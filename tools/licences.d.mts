/** A package as the lock file has it. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly isDevelopment: boolean;
}
export function packagesOf(lock: object): Package[];
export function isAllowed(expression: string): boolean;
export function licenceReport(lockFile: string): string[];
