import { afterAll, beforeAll, describe, expect } from 'vitest';
import { linearModel } from '../compute/train/onnx-file.ts';
import { type Installation, itInBrowser, startInstallation } from './browser.ts';

let product: Installation;
beforeAll(async () => {
  product = (await startInstallation())!;
});
afterAll(() => product?.stop());

describe('the page of models', () => {
  itInBrowser('sends a model, says why one does not fit, and removes it again', async () => {
    const { page, problems } = await product.open(`${product.urls.web}/models`);
    await page.getByText('No model yet.').waitFor();
    const file = { mimeType: 'application/octet-stream', buffer: linearModel([1, -1], 0) };
    await page.locator('input[type=file]').setInputFiles({ ...file, name: 'rise of a bar.onnx' });
    await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('rise-of-a-bar');

    await page.getByLabel('Contract').fill('{ "inputs": ["close"], "window": 3 }');
    await page.getByRole('button', { name: 'Add the model' }).click();
    await page.getByText('input x: expected the shape [rows, 3] or [rows, 3, 1]').waitFor();

    await page.getByLabel('Contract').fill('{ "inputs": ["close", "close[1"] }');
    await page.getByRole('button', { name: 'Add the model' }).click();
    await page.getByText('contract: inputs[1], column 6: expected ] that closes this bracket').waitFor();

    await page.getByLabel('Contract').fill('{ "inputs": ["close", "close[1]"] }');
    await page.getByRole('button', { name: 'Add the model' }).click();
    await page.getByText('Strategies can now ask model("rise-of-a-bar").').waitFor();
    await page.getByRole('cell', { name: 'x: float64[rows, 2]' }).waitFor();

    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByRole('button', { name: 'Remove rise-of-a-bar' }).click();
    await page.getByText('No model yet.').waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });
});
