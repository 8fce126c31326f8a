declare global {
  namespace App {
    interface Locals {
      /** Which listener the page came from. */
      surface: 'web' | 'dashboard' | 'visuals';
    }
  }
}

export {};
