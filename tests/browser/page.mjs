// Looks at the page in a real Chromium.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asked, browser, check, finish, misfits, noise, textWithin, violations } from './chromium.mjs';

const published = `${asked.url}/?municipality=GM0823`;

/** A window of its own: cookies, language, size. What it complains of is gathered. */
async function open(options = {}) {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 900 }, locale: 'nl-NL', ...options });
	context.setDefaultTimeout(10000);
	const page = await context.newPage();
	const say = (what) => noise.push(`${page.url()}: ${what}`);
	page.on('console', (message) => {
		// A page that is not there is a 404, and Chromium says so.
		const wanted = page.url().includes('GM0999') && message.text().includes('404');
		if (['error', 'warning'].includes(message.type()) && !wanted) {
			say(message.text());
		}
	});
	page.on('pageerror', (error) => say(error.message));
	page.on('requestfailed', (request) => {
		if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
			say(`${request.url()} failed`);
		}
	});
	return page;
}

async function shoot(page, name) {
	await page.screenshot({ path: join(asked.pictures, `${name}.png`), fullPage: true });
}

/** Signs in with the keyboard alone, from the page. */
async function signIn(page) {
	await page.goto(published);
	for (let i = 0; i < 12; i++) {
		await page.keyboard.press('Tab');
		if (await page.evaluate(() => document.activeElement.getAttribute('href')?.startsWith('/sign-in'))) {
			break;
		}
	}
	await page.keyboard.press('Enter');
	await page.waitForURL(/sign-in/);
	for (let i = 0; i < 6; i++) {
		await page.keyboard.press('Tab');
		if (await page.evaluate(() => document.activeElement.id === 'token')) {
			break;
		}
	}
	await page.keyboard.type(asked.token);
	await page.keyboard.press('Enter');
	await page.waitForURL(/\/\?.*lang=nl/);
}

const anybody = await open();
const analyst = await open();

await check('signs in and out by keyboard alone', async () => {
	await signIn(analyst);
	if (!await analyst.getByText('Interne cijfers').first().isVisible()) {
		return 'no internal figures after signing in';
	}
	const before = await analyst.context().cookies();
	await analyst.getByRole('button', { name: 'Uitloggen' }).focus();
	await analyst.keyboard.press('Enter');
	await analyst.getByRole('link', { name: 'Inloggen' }).waitFor();
	if ((await analyst.context().cookies()).length !== 0 || before.length !== 1) {
		return 'the cookie is not gone';
	}
	await signIn(analyst);
	return '';
});

const places = [
	['published', anybody, published],
	['english', anybody, `${published}&lang=en`],
	['notice', anybody, `${asked.url}/?municipality=GM0999`],
	['sign-in', anybody, `${asked.url}/sign-in`],
	['internal', analyst, `${asked.url}/?municipality=GM0823`],
	['few', analyst, `${asked.url}/?municipality=GM0757`],
	['compare', analyst, `${asked.url}/compare`],
	['definitions', anybody, `${asked.url}/definitions`],
	['report', anybody, `file://${asked.report}`],
];

await check('axe-core finds nothing, in light and in dark', async () => {
	const wrong = [];
	for (const [name, page, url] of places) {
		for (const colorScheme of name === 'internal' ? ['light', 'dark'] : ['light']) {
			await page.emulateMedia({ colorScheme });
			await page.goto(url);
			await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
			wrong.push(await violations(page));
			if (['published', 'internal', 'sign-in', 'notice', 'few', 'compare'].includes(name)) {
				await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = false; }));
				await shoot(page, `${name}-${colorScheme}`);
			}
		}
		await page.emulateMedia({ colorScheme: 'light' });
	}
	return wrong.filter((one) => one !== '').join('\n');
});

await check('fits 320 pixels without scrolling sideways, and 768', async () => {
	const wrong = [];
	for (const width of [320, 768]) {
		for (const [name, page, url] of places) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto(url);
			for (const open of [false, true]) {
				const [wide, outside] = await page.evaluate((state) => {
					document.querySelectorAll('details').forEach((one) => { one.open = state; });
					const over = [...document.querySelectorAll('body *')].filter((one) =>
						!one.closest('.wide, .unseen, .skip, svg')
						&& one.getBoundingClientRect().right > window.innerWidth + 1);
					return [document.scrollingElement.scrollWidth,
						over.slice(0, 3).map((one) => one.outerHTML.slice(0, 100))];
				}, open);
				if (wide > width || outside.length > 0) {
					wrong.push(`${name} at ${width}: ${wide} wide; ${outside.join(' | ')}`);
				}
			}
			if (name === 'published') {
				await page.goto(url);
				await shoot(page, `published-${width}`);
			}
			await page.setViewportSize({ width: 1280, height: 900 });
		}
	}
	return wrong.join('\n');
});

await check('long names fit at every 40 pixels from 320 to 1920', async () => [
	await misfits(anybody, published),
	await misfits(analyst, `${asked.url}/?municipality=GM0823`),
	await misfits(analyst, `${asked.url}/compare`),
].filter((one) => one !== '').join('\n'));

await check('five questions are answered on the first screen, and on two of a phone', async () => {
	const wrong = [];
	for (const [width, height, pixels] of [[1280, 800, 800], [375, 812, 1624]]) {
		await analyst.setViewportSize({ width, height });
		await analyst.goto(`${asked.url}/?municipality=GM0823&lang=nl`);
		const text = await textWithin(analyst, pixels);
		for (const [question, answers] of Object.entries(asked.questions)) {
			for (const answer of answers) {
				if (!new RegExp(answer).test(text)) {
					wrong.push(`${width}: ${question}: ${answer} is not in ${text}`);
				}
			}
		}
	}
	await analyst.setViewportSize({ width: 1280, height: 900 });
	return wrong.join('\n');
});

await check('no figure of a curve stands upon another', async () => {
	const wrong = [];
	for (const [name, page, url] of places) {
		await page.goto(url);
		const met = await page.evaluate(() => [...document.querySelectorAll('svg')].flatMap((chart) => {
			// A box is higher than its figures.
			const boxes = [...chart.querySelectorAll('text.mark')].map((one) => one.getBoundingClientRect());
			return boxes.flatMap((one, i) => boxes.slice(i + 1).filter((other) =>
				one.left < other.right && other.left < one.right
				&& Math.abs(one.top - other.top) < one.height - 4));
		}).length);
		if (met > 0) {
			wrong.push(`${name}: ${met}`);
		}
	}
	return wrong.join('\n');
});

await check('the keyboard reaches everything, and shows where it is', async () => {
	await analyst.goto(published);
	const wanted = await analyst.evaluate(() =>
		document.querySelectorAll('a[href], button, select, input:not([type=hidden]), summary').length
		- document.querySelectorAll('details:not([open]) a[href]').length);
	const seen = new Set();
	for (let i = 0; i < wanted + 30; i++) {
		await analyst.keyboard.press('Tab');
		const place = await analyst.evaluate(() => {
			const one = document.activeElement;
			if (one === document.body) {
				return null;
			}
			const style = getComputedStyle(one);
			const all = [...document.querySelectorAll('a[href], button, select, input, summary')];
			return { at: all.indexOf(one), what: one.outerHTML.slice(0, 80), outline: `${style.outlineStyle} ${style.outlineWidth}` };
		});
		if (place === null) {
			break;
		}
		if (/^none|^\S+ 0px/.test(place.outline)) {
			return `no outline at ${JSON.stringify(place)}`;
		}
		seen.add(place.at);
	}
	return seen.size >= wanted ? '' : `only ${seen.size} of ${wanted}`;
});

await check('the first stop is a way past the frame to the figures', async () => {
	await anybody.goto(published);
	await anybody.keyboard.press('Tab');
	await anybody.keyboard.press('Enter');
	const at = await anybody.evaluate(() => document.activeElement.id);
	return at === 'figures' ? '' : `it leads to ${at}`;
});

await check('a table opens by keyboard and its CSV comes down', async () => {
	await anybody.goto(published);
	await anybody.locator('#step summary').focus();
	await anybody.keyboard.press('Enter');
	if (!await anybody.locator('#step table').isVisible()) {
		return 'the table does not open';
	}
	const coming = anybody.waitForEvent('download');
	await anybody.locator('#step a.csv').click();
	const text = readFileSync(await (await coming).path(), 'utf8');
	return text.startsWith('as_of,') && text.includes(',ladder_step,') ? '' : text.slice(0, 200);
});

await check('the report of a file has its CSV in it', async () => {
	await anybody.goto(`file://${asked.report}`);
	await anybody.locator('#step summary').click();
	const coming = anybody.waitForEvent('download');
	await anybody.locator('#step a.csv').click();
	const text = readFileSync(await (await coming).path(), 'utf8');
	return text.startsWith('as_of,') && text.includes(',ladder_step,') ? '' : text.slice(0, 200);
});

await check('without a script nothing is missing', async () => {
	const plain = await open({ javaScriptEnabled: false });
	await plain.goto(published);
	await anybody.goto(published);
	const numbers = [];
	for (const page of [plain, anybody]) {
		numbers.push([await page.locator('svg.chart').count(), await page.locator('h2').count(),
			await page.locator('body').innerText()].join('/'));
	}
	await plain.context().close();
	return numbers[0] === numbers[1] ? '' : numbers.join('\n');
});

await check('one quarter is shown in all charts of the trend at once', async () => {
	await anybody.goto(published);
	const chart = anybody.locator('svg.trend').first();
	await chart.scrollIntoViewIfNeeded();
	const box = await chart.boundingBox();
	await anybody.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
	const on = await anybody.evaluate(() => [...document.querySelectorAll('svg.trend')].map((one) =>
		[...one.querySelectorAll('.at.on')].map((at) => at.dataset.at).join('+')));
	await anybody.keyboard.press('Escape');
	const left = await anybody.locator('.at.on').count();
	return on.length === 8 && on[0] !== '' && new Set(on).size === 1 && left === 0
		? '' : `${on} then ${left}`;
});

await check('the choice of another quarter keeps the language', async () => {
	await anybody.goto(`${published}&lang=en`);
	const options = await anybody.locator('select[name=as_of] option').count();
	await anybody.selectOption('select[name=as_of]', { index: options - 1 });
	await anybody.getByRole('button', { name: 'Show' }).click();
	await anybody.waitForURL(/as_of=/);
	const chosen = await anybody.locator('select[name=as_of]').inputValue();
	const language = await anybody.locator('html').getAttribute('lang');
	return language === 'en' && anybody.url().includes(chosen) && options > 2 ? '' : anybody.url();
});

await check('the language of the browser is that of the page', async () => {
	const english = await open({ locale: 'en-GB' });
	await english.goto(published);
	const language = await english.locator('html').getAttribute('lang');
	await english.getByRole('link', { name: 'Nederlands' }).click();
	const other = await english.locator('html').getAttribute('lang');
	await english.context().close();
	return language === 'en' && other === 'nl' ? '' : `${language}, then ${other}`;
});

await check('it prints on a few sheets, without what a sheet has no use for', async () => {
	await anybody.goto(published);
	await anybody.emulateMedia({ media: 'print' });
	const hidden = await anybody.evaluate(() => [...document.querySelectorAll('form, summary, .account, .skip')]
		.filter((one) => getComputedStyle(one).display !== 'none' && one.getClientRects().length > 0).length);
	await anybody.emulateMedia({ media: null });
	const pdf = await anybody.pdf({ path: join(asked.pictures, 'published.pdf'), preferCSSPageSize: true });
	const sheets = (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length;
	return hidden === 0 && sheets >= 1 && sheets <= 3 ? '' : `${hidden} to hide, ${sheets} sheets`;
});

await check('the browser has nothing to complain of', async () => noise.join('\n'));

await check('a script that is not of the page does not run', async () => {
	const page = await open();
	await page.goto(published);
	const ran = await page.evaluate(() => {
		const made = document.createElement('script');
		made.textContent = 'window.foreign = true;';
		document.head.append(made);
		return window.foreign === true;
	});
	return ran || noise.length === 0 ? 'it ran' : '';
});

await finish();
