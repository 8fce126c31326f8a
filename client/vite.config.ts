import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

const API_URL = 'http://127.0.0.1:8000';
const proxy = Object.fromEntries(
  ['/graphql', '/uploads', '/health'].map((path) => [path, { target: API_URL, ws: path === '/graphql' }]),
);

export default defineConfig({
  plugins: [
    sveltekit({
      adapter: adapter({ precompress: false }),
      // Scripts are those of the build and those that carry the nonce of the answer, whatever a text on a page may hold.
      csp: {
        directives: {
          'script-src': ['self'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
          'frame-ancestors': ['self'],
        },
      },
    }),
  ],
  server: { proxy },
  build: { chunkSizeWarningLimit: 800 },
});
