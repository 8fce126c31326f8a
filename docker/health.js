// Docker's health check: whether the surface that this container serves answers that it works.
const { PORT = '8000' } = process.env;

fetch(`http://127.0.0.1:${PORT}/health`).then(
  ({ ok }) => process.exit(ok ? 0 : 1),
  () => process.exit(1),
);
