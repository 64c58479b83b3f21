// The page of municipalities of every size, at every width and in every dress: what a program can
// say of it, and pictures for people to look at.
import { join } from 'node:path';
import { asked, browser, check, finish, misfits, violations } from '../browser/chromium.mjs';

const context = await browser.newContext({ bypassCSP: true, locale: 'nl-NL',
	extraHTTPHeaders: { Authorization: `Bearer ${asked.token}` } });
context.setDefaultTimeout(60000);
const page = await context.newPage();
const plain = { media: 'screen', colorScheme: 'light', forcedColors: 'none' };
const dresses = [['light', {}], ['dark', { colorScheme: 'dark' }], ['forced', { forcedColors: 'active' }],
	['print', { media: 'print' }]];

for (const [size, code] of Object.entries(asked.sizes)) {
	const url = `${asked.url}/?municipality=${code}&lang=nl`;
	await check(`${size} people fit at every width`, async () => {
		await page.emulateMedia(plain);
		return misfits(page, url);
	});
	await check(`axe-core finds nothing with ${size} people, in light and in dark`, async () => {
		const wrong = [];
		for (const [name, dress] of dresses) {
			await page.emulateMedia({ ...plain, ...dress });
			await page.goto(url);
			// Of paper and of the reader's own colours axe-core knows nothing: look at these.
			wrong.push(['print', 'forced'].includes(name) ? '' : await violations(page));
			for (const width of [375, 768, 1280, 1920]) {
				await page.setViewportSize({ width, height: 900 });
				await page.screenshot({ path: join(asked.pictures, `${size}-${name}-${width}.png`) });
			}
		}
		return wrong.filter((one) => one !== '').join('\n');
	});
}

await finish();
