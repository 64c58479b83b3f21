// A real Chromium, and what every look at it does. Reads what to look at as JSON from standard input;
// finish() prints as JSON what each check found: null when it holds, else what is wrong.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.env.MODULES, 'package.json'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const asked = JSON.parse(readFileSync(0, 'utf8'));
/* By the name of a check. */
const found = {};
const noise = [];

const browser = await chromium.launch({
	executablePath: asked.chromium,
	headless: true,
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
		'--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

async function check(name, look) {
	try {
		const wrong = await look();
		found[name] = wrong === undefined || wrong === '' ? null : String(wrong);
	} catch (error) {
		found[name] = String(error.stack ?? error);
	}
}

/** What axe-core finds, a line each. */
async function violations(page) {
	await page.evaluate(axe);
	const results = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
	return results.violations.map((one) => `${page.url()}: ${one.id}: ${one.help}: `
		+ one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')).join('\n');
}

/** The last thing a look does. */
async function finish() {
	await browser.close();
	writeFileSync(1, JSON.stringify(found));
}

export { asked, browser, check, finish, noise, violations };
