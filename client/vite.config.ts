import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

const API_URL = 'http://127.0.0.1:8000';
const proxy = Object.fromEntries(
  ['/graphql', '/uploads', '/health'].map((path) => [path, { target: API_URL, ws: path === '/graphql' }]),
);

export default defineConfig({
  plugins: [sveltekit({ adapter: adapter({ precompress: false }) })],
  server: { proxy },
  build: { chunkSizeWarningLimit: 800 },
});
