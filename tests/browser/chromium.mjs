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

/**
 * What does not fit at every 40 pixels from 320 to 1920, a line each: something wider than the
 * window, text that is cut, and a column under the least that can be read. Loads once.
 */
async function misfits(page, url) {
	const wrong = [];
	await page.goto(url);
	for (let width = 320; width <= 1920; width += 40) {
		await page.setViewportSize({ width, height: 800 });
		const found = await page.evaluate(() => {
			const least = { '.card': 230, '.head > div': 280, '.panel': 140,
				'.first th, .first td, .compare th, .compare td': 30 };
			const said = (one) => `${one.outerHTML.slice(0, 90)} (${Math.round(one.getBoundingClientRect().width)})`;
			const seen = (one) => !one.closest('.unseen, .skip, svg, .sheet') && one.getClientRects().length > 0;
			const cut = [...document.querySelectorAll('h1, h2, h3, p, th, td, button, label, li, dt, dd, caption')]
				.filter((one) => seen(one) && getComputedStyle(one).display !== 'inline'
					&& one.scrollWidth > one.clientWidth + 1);
			const narrow = Object.entries(least).flatMap(([what, pixels]) =>
				[...document.querySelectorAll(what)].filter((one) => seen(one)
					&& one.getBoundingClientRect().width < pixels));
			return [document.scrollingElement.scrollWidth, [...cut, ...narrow].slice(0, 3).map(said)];
		});
		if (found[0] > width || found[1].length > 0) {
			wrong.push(`${url} at ${width}: ${found[0]} wide; ${found[1].join(' | ')}`);
		}
	}
	await page.setViewportSize({ width: 1280, height: 900 });
	return wrong.join('\n');
}

/** The text that ends within so many pixels of the top. */
async function textWithin(page, pixels) {
	return page.evaluate((limit) => {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		const words = [];
		while (walker.nextNode()) {
			const range = document.createRange();
			range.selectNodeContents(walker.currentNode);
			const box = range.getBoundingClientRect();
			if (box.width > 0 && box.bottom <= limit
				&& !walker.currentNode.parentElement.closest('script, style, option, .skip, .sheet')) {
				words.push(walker.currentNode.data);
			}
		}
		return words.join(' ').replace(/\s+/g, ' ');
	}, pixels);
}

/** The last thing a look does. */
async function finish() {
	await browser.close();
	writeFileSync(1, JSON.stringify(found));
}

export { asked, browser, check, finish, misfits, noise, textWithin, violations };
