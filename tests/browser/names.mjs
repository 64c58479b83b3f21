// Looks at the work list in a real Chromium, as page.mjs does at the figures.
import { join } from 'node:path';
import { asked, browser, check, finish, noise, violations } from './chromium.mjs';

const url = `${asked.url}/worklist`;
const card = `${asked.url}/card`;

/** A window of who is signed in. All that it asks of anybody is gathered in `page.sent`. */
async function open(options = {}) {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 900 }, locale: 'nl-NL', ...options });
	context.setDefaultTimeout(30000);
	const [name, value] = asked.cookie.split('=');
	await context.addCookies([{ name, value, url: asked.url }]);
	const page = await context.newPage();
	page.sent = [];
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) {
			noise.push(message.text());
		}
	});
	page.on('pageerror', (error) => noise.push(error.message));
	page.on('request', (request) => page.sent.push(request.url()));
	page.on('websocket', (socket) => page.sent.push(socket.url()));
	return page;
}

/** Chooses a file of these bytes, and waits for what the page says of it. */
async function choose(page, content) {
	await page.evaluate(() => { document.getElementById('found').textContent = ''; });
	await page.setInputFiles('#table', { name: 'people.csv', mimeType: 'text/csv',
		buffer: Buffer.from(content) });
	await page.locator('#found').filter({ hasText: /./ }).waitFor();
	return page.locator('#found').innerText();
}

const who = (page) => page.locator('tbody tr:not([hidden]) .who').allInnerTexts();
const people = 'subject;voornaam;achternaam\np-0;Ana;Šarić\np-1;"Bo; ""B""";d\'Ó\np-2;;\np-99;No;One\n';
const page = await open();

await check('names come from a chosen file, and nothing is asked of anybody', async () => {
	await page.goto(url);
	const before = page.sent.length;
	const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
	const said = await choose(page, people);
	const names = await who(page);
	await page.waitForLoadState('networkidle');
	const after = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
	if (page.sent.length !== before || String(kept) !== String(after)) {
		return `${page.sent.slice(before)} ${after}`;
	}
	return said === 'Bij 2 van de 60 regels staat nu een naam.' && names.length === 60
		&& names[0].startsWith('p-') && names.some((one) => /^Ana Šarić\s+p-0$/.test(one))
		&& names.some((one) => /^Bo; "B" d'Ó\s+p-1$/.test(one))
		? '' : `${said} ${names.slice(-4)}`;
});

await check('what cannot be a table of names is said, and no name stays', async () => {
	for (const wrong of ['name;id\nAna;p-0\n', '', 'subject;name\np-0;"Ana\n',
		Buffer.from([0xEF, 0xBB, 0xBF, 0x73, 0xFF, 0x3B])]) {
		await choose(page, people);
		const said = await choose(page, wrong);
		if (!said.startsWith('Deze tabel is niet te lezen.')
			|| (await who(page)).some((one) => one.includes('Ana'))) {
			return `${JSON.stringify(String(wrong))}: ${said}`;
		}
	}
	const nobody = await choose(page, 'subject,name\nq,Somebody\n');
	return nobody.startsWith('In deze tabel staat niemand') ? '' : nobody;
});

await check('names are chosen from by municipality without leaving the page', async () => {
	await page.goto(url);
	await choose(page, people);
	const before = page.sent.length;
	await page.selectOption('select[name=municipality]', 'GM0757');
	await page.getByRole('button', { name: 'Tonen' }).click();
	const there = await who(page);
	await page.selectOption('select[name=silent]', 'no');
	await page.getByRole('button', { name: 'Tonen' }).click();
	const coming = await who(page);
	return there.length === 20 && there.some((one) => one.includes('Ana')) && coming.length > 2
		&& coming.length < 20 && page.sent.length === before
		? '' : `${there.length} ${coming.length} ${page.sent.slice(before)}`;
});

await check('names go with the page', async () => {
	await page.goto(url);
	await choose(page, people);
	await page.getByRole('button', { name: 'Namen weghalen' }).click();
	const gone = await who(page);
	await choose(page, people);
	await page.getByRole('link', { name: 'English' }).click();
	await page.waitForURL(/lang=en/);
	const other = await who(page);
	await page.goBack();
	const back = await who(page);
	return [...gone, ...other, ...back].some((one) => one.includes('Ana')) || back.length !== 60
		? 'a name is still there' : '';
});

await check('every encoding and delimiter of a spreadsheet is read', async () => {
	await page.goto(url);
	for (const delimiter of [';', '\t']) {
		const table = ['naam', 'Pseudoniem'].join(delimiter) + '\r\n' + ['Žoë Ünal', 'p-5'].join(delimiter) + '\r\n';
		const utf16 = Buffer.from(`\ufeff${table}`, 'utf16le');
		for (const [name, bytes] of [['utf-8', table], ['mark', `\ufeff${table}`], ['utf-16', utf16],
			['utf-16be', Buffer.from(utf16).swap16()],
			['windows-1252', Buffer.from(table.replace('Ž', '\x8e'), 'latin1')],
			['sep=', `sep=${delimiter}\r\n${table}`]]) {
			await choose(page, bytes);
			if (!(await who(page)).some((one) => /^Žoë Ünal\s+p-5$/.test(one))) {
				return `${name} ${JSON.stringify(delimiter)}`;
			}
		}
	}
	return '';
});

await check('a name is text, whatever it looks like', async () => {
	await page.goto(url);
	await choose(page, 'subject;name\np-0;<img src=x onerror=alert(1)>\np-1;\'=1+1\n');
	const names = await who(page);
	return await page.locator('tbody img').count() === 0 && names.some((one) => one.startsWith('<img'))
		&& names.some((one) => one.startsWith('=1+1')) ? '' : names.slice(-2);
});

await check('without a script the list is whole', async () => {
	const plain = await open({ javaScriptEnabled: false });
	await plain.goto(url);
	const rows = await who(plain);
	const chooser = await plain.locator('#table').isVisible();
	const says = await plain.locator('noscript').innerText();
	await plain.selectOption('select[name=municipality]', 'GM0757');
	await plain.getByRole('button', { name: 'Tonen' }).click();
	await plain.waitForURL(/municipality=GM0757/);
	const there = await who(plain);
	await plain.context().close();
	return rows.length === 60 && there.length === 20 && !chooser && says.includes('JavaScript')
		? '' : `${rows.length} ${there.length} ${chooser} ${says}`;
});

await check('axe-core finds nothing, in light and in dark, with names', async () => {
	const wrong = [];
	for (const [name, address] of [['worklist', url],
		['worklist-notice', `${url}?municipality=x`], ['sign-in-partner', `${asked.url}/sign-in`],
		['card', card]]) {
		for (const colorScheme of name === 'worklist' || name === 'card' ? ['light', 'dark'] : ['light']) {
			await page.emulateMedia({ colorScheme });
			const known = noise.length;
			await page.goto(address);
			noise.length = known; // a notice is a 400, and Chromium says so
			if (name === 'worklist') {
				await choose(page, people);
			}
			const found = await violations(page);
			if (found !== '') {
				wrong.push(`${name} ${colorScheme}: ${found}`);
			}
			await page.screenshot({ path: join(asked.pictures, `${name}-${colorScheme}.png`) });
		}
	}
	await page.emulateMedia({ colorScheme: 'light' });
	return wrong.join('\n');
});

await check('it fits 320 pixels without scrolling sideways', async () => {
	await page.setViewportSize({ width: 320, height: 800 });
	const wrong = [];
	for (const [name, address] of [['worklist', url], ['card', card]]) {
		await page.goto(address);
		if (name === 'worklist') {
			await choose(page, people);
		}
		const [wide, outside] = await page.evaluate(() => [document.scrollingElement.scrollWidth,
			[...document.querySelectorAll('body *')].filter((one) => !one.closest('.wide, .skip')
				&& one.getBoundingClientRect().right > window.innerWidth + 1)
				.slice(0, 3).map((one) => one.outerHTML.slice(0, 100)).join(' | ')]);
		await page.screenshot({ path: join(asked.pictures, `${name}-320.png`) });
		if (wide > 320 || outside !== '') {
			wrong.push(`${name} ${wide} wide: ${outside}`);
		}
	}
	await page.setViewportSize({ width: 1280, height: 900 });
	return wrong.join('\n');
});

await check('each printed sheet is marked', async () => {
	await page.goto(url);
	await choose(page, people);
	const pdf = await page.pdf({ path: join(asked.pictures, 'worklist.pdf'), preferCSSPageSize: true });
	const sheets = (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length;
	await page.emulateMedia({ media: 'print' });
	const state = await page.evaluate(() => ({
		mark: document.querySelector('thead .mark').innerText,
		head: getComputedStyle(document.querySelector('thead')).display,
		tools: [...document.querySelectorAll('form, .names, .tools, .account')]
			.filter((one) => one.getClientRects().length > 0).length,
	}));
	await page.emulateMedia({ media: null });
	return sheets >= 2 && state.head === 'table-header-group' && state.tools === 0
		&& /^Werklijst van isd · Alle gemeenten · \d+ \w+ \d{4} · vertrouwelijk/.test(state.mark)
		? '' : `${sheets} ${JSON.stringify(state)}`;
});

await check('the browser has nothing to complain of', async () => noise.join('\n'));

await finish();
