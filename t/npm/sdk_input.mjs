// What handlers ask the client, answered by the official clients:
// sdk_input.mjs URL HASTY-URL, where the second does not wait long
//
// Copyright (C) the ngx_http_mcp_module authors

import { kinds, connected, expected, seen } from './clients.mjs';
import { ok, is, rejected, done } from './tap.mjs';

const [url, hastyUrl] = process.argv.slice(2);

const everything = {
    elicitation: { form: {}, url: {} },
    sampling: {},
    roots: { listChanged: true },
};

const schema = {
    type: 'object',
    properties: {
        name: { type: 'string', minLength: 2, title: 'Name' },
        age: { type: 'integer', minimum: 0 },
        size: { type: 'string', enum: ['s', 'm'] },
        sure: { type: 'boolean', default: true },
    },
    required: ['name'],
};

const form = (key, message = 'Who?') => ({ kind: 'form', key, message,
                                           schema });
const page = (key) => ({ kind: 'url', key, message: 'Log in',
                         url: 'https://example.com/login?a=b&c=d' });
const roots = (key) => ({ kind: 'roots', key });
const sample = (key, text) => ({
    kind: 'sample', key,
    params: {
        messages: [{ role: 'user', content: { type: 'text', text } }],
        maxTokens: 50,
        systemPrompt: 'Be brief.',
        modelPreferences: { intelligencePriority: 0.5 },
    },
});

// a client that answers what it is asked with what "answers" has: a value or
// a function of the params

async function asked(kind, capabilities = everything, to = url, more = {}) {
    const answers = {};
    const heard = [];

    const it = await connected(kind, to, { capabilities, ...more }, (one) => {
        for (const [method, name] of [
            ['elicitation/create', 'elicitation'],
            ['sampling/createMessage', 'sampling'],
            ['roots/list', 'roots'],
        ]) {
            if (!capabilities[name]) {
                continue;
            }

            one.answer(method, (params, signal) => {
                heard.push({ method, params });

                return typeof answers[name] === 'function'
                       ? answers[name](params, signal) : answers[name];
            });
        }
    });

    return { ...it, answers, heard,
             ask: async (rounds, options, name = 'ask') =>
                 (await it.call(name, { rounds }, options)) };
}

async function forms(kind) {
    const { who, ask, answers, heard, client, faults }
        = await asked(kind);

    const content = { name: 'Zoë \u{1f44b} "x"', age: 7, size: 'm',
                      sure: false };

    for (const name of ['ask', 'ask_blocking']) {
        for (const answer of [{ action: 'accept', content },
                              { action: 'decline' }, { action: 'cancel' }])
        {
            answers.elicitation = answer;
            heard.length = 0;

            const result = await ask([[form('who')]], {}, name);

            is(result.structuredContent?.who, answer,
               `${who}: a form, ${answer.action}, of "${name}"`);
            is(result.structuredContent?.runs, 2, `${who}: two runs`);
            is(heard.length, 1, `${who}: asked once`);
        }
    }

    is([heard[0].params.message, heard[0].params.requestedSchema],
       ['Who?', schema], `${who}: the client gets text and schema`);
    is(faults, [], `${who}: no faults`);
    await client.close();
}

async function others(kind) {
    const { who, ask, answers, heard, client, faults }
        = await asked(kind);

    answers.elicitation = { action: 'accept' };

    let result = await ask([[page('login')]]);

    is(result.structuredContent?.login, { action: 'accept' },
       `${who}: a URL`);
    is([heard[0].params.mode, heard[0].params.url],
       ['url', page('').url], `${who}: which the client gets`);

    const message = {
        role: 'assistant', model: 'm-1', stopReason: 'endTurn',
        content: { type: 'text', text: 'Paris \u2028' },
    };

    heard.length = 0;
    answers.sampling = message;
    result = await ask([[sample('city', 'Which city?')]]);

    is(result.structuredContent?.city, message, `${who}: sampling`);
    is(heard[0].params, sample('', 'Which city?').params,
       `${who}: with all its params`);

    const list = [{ uri: 'file:///a', name: 'A' }, { uri: 'file:///b%20c' }];

    answers.roots = { roots: list };
    result = await ask([[roots('where')]]);
    is(result.structuredContent?.where, list, `${who}: roots`);

    answers.roots = { roots: [] };
    result = await ask([[roots('where')]]);
    is(result.structuredContent?.where, [], `${who}: no roots`);

    is(faults, [], `${who}: no faults`);
    await client.close();
}

// several at once, several rounds, several calls

async function many(kind) {
    const { who, ask, answers, heard, client, faults }
        = await asked(kind);
    let n = 0;

    answers.elicitation = ({ message, mode }) => ({
        action: 'accept',
        ...mode !== 'url' && { content: { name: `${message}${++n}` } },
    });
    answers.sampling = ({ messages }) => ({
        role: 'assistant', model: 'm',
        content: { type: 'text', text: messages[0].content.text + '!' },
    });
    answers.roots = { roots: [{ uri: 'file:///' }] };

    let result = await ask([[form('a', 'first'), sample('b', 'B'), roots('c'),
                             form('d', 'other'), page('e')]]);
    const it = result.structuredContent;

    is([it?.a.content.name.slice(0, 5), it?.b.content.text, it?.c[0].uri,
        it?.d.content.name.slice(0, 5), it?.e.action, it?.runs],
       ['first', 'B!', 'file:///', 'other', 'accept', 2],
       `${who}: five at once`);
    is(heard.length, 5, `${who}: each asked once`);

    n = 0;
    heard.length = 0;
    result = await ask([[form('a', 'a')], [form('b', 'b'), roots('c')],
                        [sample('d', 'D')], [form('e', 'e')]]);

    is([result.structuredContent?.runs,
        result.structuredContent?.a.content.name,
        result.structuredContent?.b.content.name,
        result.structuredContent?.e.content.name],
       [5, 'a1', 'b2', 'e3'], `${who}: four rounds, nothing is lost`);
    is(heard.length, 5, `${who}: and nothing asked again`);

    // each call gets its own answers, however they are mixed

    answers.elicitation = async ({ message }) => {
        await new Promise((resolve) => setTimeout(resolve,
                                                  50 * Math.random()));
        return { action: 'accept', content: { name: `${message}!` } };
    };

    const names = Array.from({ length: 20 }, (_, i) => `call ${i}`);
    const all = await Promise.all(names.map((name, i) =>
        ask([[form('x', name)], [form('y', `${name} again`)]], {},
            i % 2 ? 'ask' : 'ask_blocking')));

    is(all.map((one) => [one.structuredContent?.x.content.name,
                         one.structuredContent?.y.content.name]),
       names.map((name) => [`${name}!`, `${name} again!`]),
       `${who}: 20 calls at once, two rounds`);

    is(faults, [], `${who}: no faults`);
    await client.close();
}

// an answer that does not fit is asked for again

async function malformed(kind) {
    const { who, ask, answers, heard, client } = await asked(kind);
    const wrong = [{ name: 'x' }, { age: 3 }, { name: 'xy', age: -1 },
                   { name: 'xy', size: 'xl' }];
    const right = { name: 'xy', age: 1, size: 's' };

    answers.elicitation = () => ({
        action: 'accept',
        content: wrong[heard.length - 1] ?? right,
    });

    const result = await ask([[form('who')]]);

    is([result.structuredContent?.who.content, heard.length],
       [right, wrong.length + 1], `${who}: until the answer fits the form`);
    await client.close();
}

// a client that fails instead of answering

async function failing(kind) {
    const { who, ask, answers, client, modern } = await asked(kind);

    answers.elicitation = () => {
        throw new Error('the window was closed');
    };

    const answer = await ask([[form('who')]]).catch((error) => error);

    if (modern) {
        ok(answer instanceof Error && answer.message.includes('window'),
           `${who}: the client does not go on`, answer);
    } else {
        ok(answer.isError && answer.content[0].text.includes('window'),
           `${who}: the tool says what the client said`, answer);
    }

    answers.elicitation = { action: 'cancel' };
    is((await ask([[form('who')]])).structuredContent?.who.action, 'cancel',
       `${who}: and the next call is asked as if nothing had been`);
    await client.close();
}

async function offers(kind) {
    const { who, answers, client, faults } = await asked(kind);

    answers.elicitation = { action: 'accept', content: { name: 'Ann' } };

    is((await client.getPrompt({ name: 'ask' })).messages[0].content.text,
       'Ann', `${who}: a prompt asks`);
    is((await client.readResource({ uri: 'ask://name/7' })).contents[0].text,
       'Ann', `${who}: a resource asks`);

    answers.elicitation = { action: 'decline' };
    is((await rejected(client.readResource({ uri: 'ask://name/7' })))?.code,
       -32602, `${who}: and is told no`);

    is(faults, [], `${who}: no faults`);
    await client.close();
}

// only what the client has said it can

async function capabilities(kind) {
    let it = await asked(kind, {});
    let error = await rejected(it.ask([[form('who')]]));

    is([error?.code, error?.data?.requiredCapabilities],
       [-32021, { elicitation: {} }],
       `${it.who}: without elicitation there is an error that says so`);
    is((await it.ask([[{ ...form('who'), optional: true }]]))
       .structuredContent, { runs: 1 },
       `${it.who}: or the handler does without`);
    await it.client.close();

    it = await asked(kind, { elicitation: { form: {} } });
    it.answers.elicitation = { action: 'accept', content: { name: 'Ann' } };

    const { structuredContent } = await it.ask([[
        form('who'), { ...page('login'), optional: true },
        { ...sample('s', 'x'), optional: true },
        { ...roots('r'), optional: true },
    ]]);

    is(Object.keys(structuredContent ?? {}).sort(), ['runs', 'who'],
       `${it.who}: forms only`);
    error = await rejected(it.ask([[sample('s', 'x')]]));
    is(error?.code, -32021, `${it.who}: no sampling`);
    error = await rejected(it.ask([[page('p')]]));
    is(error?.code, -32021, `${it.who}: no URLs`);
    await it.client.close();
}

// the user goes away from the question; v2 hears of it by the signal, and waits
// for what asks the user to end

async function cancelled(kind) {
    const { who, ask, answers, client } = await asked(kind);
    const question = expected(`${who}: a question`);
    const abort = new AbortController();

    answers.elicitation = (params, signal) => {
        question.resolve();

        return new Promise((resolve, reject) =>
            signal.addEventListener('abort', () => reject(signal.reason)));
    };

    const call = rejected(ask([[form('who')]], { signal: abort.signal }));

    await question.promise;
    abort.abort('enough');
    ok(await call, `${who}: a call that asks is cancelled`);

    answers.elicitation = { action: 'cancel' };
    is((await ask([[form('who')]])).structuredContent?.who.action, 'cancel',
       `${who}: and another one is not`);
    await client.close();
}

// the client keeps the question for longer than the server wants to wait

async function late(kind) {
    const { who, ask, answers, client, modern, fetch }
        = await asked(kind, everything, hastyUrl);

    answers.elicitation = async () => {
        await new Promise((resolve) => setTimeout(resolve, 2500));
        return { action: 'cancel' };
    };

    const answer = await ask([[form('who')]]).catch((error) => error);

    if (modern) {
        is(answer.code, -32602, `${who}: a state is no good for ever`);
    } else {
        ok(answer.isError, `${who}: the tool does not wait for ever`, answer);

        is(await seen(`${who}: the late answer`, () =>
            fetch.log.find((note) => note.body?.result)?.status), 202,
           `${who}: what comes too late is dropped`);
    }

    await client.close();
}

// the state of a call is good for this call only

async function states(kind) {
    const { who, client, modern } = await asked(kind, everything, url, {
        inputRequired: { autoFulfill: false },
    });

    if (!modern) {
        await client.close();
        return;
    }

    const call = (rounds, more = {}, name = 'ask') => client.callTool({
        name, arguments: { rounds }, ...more,
    }, { allowInputRequired: true });

    const rounds = [[form('who')], [form('other')]];
    const first = await call(rounds);

    is([first.resultType, first.inputRequests?.who.method,
        first.inputRequests?.who.params.requestedSchema],
       ['input_required', 'elicitation/create', schema],
       `${who}: what is asked is in the result`);

    const inputResponses = { who: { action: 'decline' } };
    const { requestState } = first;
    const second = await call(rounds, { inputResponses, requestState });

    is(Object.keys(second.inputRequests ?? {}), ['other'],
       `${who}: the next round`);
    ok(second.requestState !== requestState, `${who}: another state`);

    const flipped = (at) => {
        const i = at < 0 ? requestState.length + at : at;
        const c = requestState[i] === 'A' ? 'B' : 'A';

        return requestState.slice(0, i) + c + requestState.slice(i + 1);
    };

    for (const [name, changed] of [
        ['longer', [rounds, { requestState: requestState + 'x' }]],
        ['shorter', [rounds, { requestState: requestState.slice(0, -1) }]],
        ['changed in front', [rounds, { requestState: flipped(2) }]],
        ['changed in the middle',
         [rounds, { requestState: flipped(requestState.length >> 1) }]],
        ['changed at the end', [rounds, { requestState: flipped(-1) }]],
        ['empty', [rounds, { requestState: '' }]],
        ['of other arguments', [[[form('who')]], { requestState }]],
        ['of another tool', [rounds, { requestState }, 'ask_blocking']],
    ]) {
        const error = await rejected(call(changed[0],
                                          { inputResponses, ...changed[1] },
                                          changed[2]));

        is(error?.code, -32602, `${who}: a state that is ${name}`);
    }

    const again = await call(rounds, { inputResponses, requestState });

    is(Object.keys(again.inputRequests ?? {}), ['other'],
       `${who}: a state is good more than once`);

    const last = await call(rounds, {
        inputResponses: { other: { action: 'cancel' } },
        requestState: second.requestState,
    });

    is([last.structuredContent?.who.action,
        last.structuredContent?.other.action, last.structuredContent?.runs],
       ['decline', 'cancel', 3], `${who}: and the result`);
    await client.close();
}

const parts = [forms, others, many, malformed, failing, offers, capabilities,
               cancelled, late, states];

for (const kind of kinds) {
    for (const part of parts) {
        await part(kind);
    }
}

done();
