import { chromium } from 'playwright-core';

/** How long is waited for a condition, in ms: machines that build are slow, and have other things to do. */
export const PATIENCE = 180000;

/** Debian's Chromium, without a window. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'], timeout: PATIENCE });
}
