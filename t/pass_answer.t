#!/usr/bin/perl

# What comes of an answer of a service: JSON, text, bytes, nothing, errors;
# redirects inside of nginx.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

use MIME::Base64 qw(encode_base64);

my $png = "\x89PNG\r\n\x1a\n\0\1\2\xff";


sub of {
    my ($type, $body, @more) = @_;
    return { type => $type, body => $body, @more };
}


my $accel = 'X-Accel-Redirect';

my $service = MCPTest::Backend->start(
    '/object'   => of('application/json', qq({ "n": 1.10, "s": "\xc3\xa9" })),
    '/problem'  => of('application/vnd.x+json; v=1', '{"a":[{"b":"deep"}]}'),
    '/array'    => of('application/json', '[1, 2]'),
    '/string'   => of('application/json', '"just\ntext"'),
    '/twice'    => of('application/json', '{"a":1,"a":2}'),
    '/lie'      => of('application/json', '<h1>Log in</h1>'),
    '/untyped'  => of(undef, '{"a":1}'),
    '/sum'      => of('text/plain', '{"sum":3}'),
    '/nosum'    => of('application/json', '{"sum":"3"}'),
    '/latin'    => of('text/plain; charset=ISO-8859-1', "caf\xe9"),
    '/koi'      => of('text/plain; charset=koi8-r', "\xc1"),
    '/xml'      => of('application/xml', '<a/>'),
    '/png'      => of('image/png', $png),
    '/wav'      => of('audio/wav', "\0\1"),
    '/pdf'      => of('application/pdf', "%PDF\0"),
    '/nothing'  => of('application/json', ''),
    '/deleted'  => { status => 204, type => undef },
    '/lines'    => of('text/plain', "0123456789\n" x 20),
    '/rows'     => of('application/json', '[' . "1,\n" x 100 . '2]'),
    '/moved'    => of('text/html', 'x', status => 302,
                      headers => [Location => 'https://else.example/a?b']),
    '/refused'  => of('application/json', '{"error":{"message":"No stock"}}',
                      status => 409),
    '/oops'     => of('text/html', '<title>Oops</title><script>x</script>'
                      . "<p>\x1b[1mat &lt;line&gt; 1\xe2\x80\xae",
                      status => 500),
    '/toolong'  => of('text/plain', 'x' x 5000, status => 400),
    '/blob500'  => of('image/png', $png, status => 500),

    '/file'     => of('application/json', 'not this', headers =>
                      [$accel => '/_files/report.json']),
    '/proxied'  => of('text/plain', 'not this', headers =>
                      [$accel => '/_api/array']),
    '/named'    => of('text/plain', 'not this', headers =>
                      [$accel => '@kept']),
    '/packed'   => of('text/html', 'not this', gzip => 1, headers =>
                      [$accel => '/_files/report.json']),
    '/nofile'   => of('text/plain', 'not this', headers =>
                      [$accel => '/_files/none']),
    '/endpoint' => of('text/plain', 'not this', headers => [$accel => '/mcp']),
    '/circle'   => of('text/plain', 'not this', headers =>
                      [$accel => '/_api/circle']),
    '/ignored'  => of('text/plain', 'this', headers =>
                      [$accel => '/_files/report.json']),
    '/cached'   => of('application/json', '{"cached":true}', headers =>
                      ['Cache-Control' => 'max-age=100']),
);

my $port = $service->port;


sub tool {
    my ($name, $words) = @_;
    return "mcp_tool $name { description \"Does $name.\"; $words }\n";
}


my $tools = join '', (
    (map { tool($_, "pass GET /_api/$_;") }
        qw(object problem array string twice lie untyped latin koi xml png wav
           pdf nothing moved refused oops toolong blob500 file proxied named
           packed nofile endpoint circle)),
    tool('deleted', 'pass DELETE /_api/deleted;'),
    tool('selected', 'pass GET /_api/problem; select /a/0/b;'),
    tool('part', 'pass GET /_api/problem; select /a/0;'),
    tool('lacking', 'pass GET /_api/problem; select /a/1;'),
    tool('asjson', 'pass GET /_api/string; result json;'),
    tool('astext', 'pass GET /_api/object; result text;'),
    tool('asblob', 'pass GET /_api/png; result blob;'),
    tool('strict', 'pass GET /_api/twice; result json;'),
    tool('promised', 'pass GET /_api/sum; output sum.json;'),
    tool('broken', 'pass GET /_api/nosum; output sum.json;'),
    tool('worded', 'pass GET /_api/refused; '
                   . 'error "{status}: {error/message}";'),
    tool('unworded', 'pass GET /_api/toolong; error "{error/message}";'),
    tool('cut', 'pass GET /_api/lines; max_response 100; over cut;'),
    tool('cutjson', 'pass GET /_api/rows; max_response 100; over cut;'),
    tool('long', 'pass GET /_api/lines; max_response 100;'),
    tool('three', 'pass a GET /_api/object; pass b GET /_api/latin;'
                  . 'pass c GET /_api/png; pass d DELETE /_api/deleted;'),
    tool('ignored', 'pass GET /_plain/ignored;'),
    tool('cached', 'pass GET /_cached/cached;'),
    tool('static', 'pass GET /_files/report.json;'),
    tool('page', 'pass GET /_page/refused;'),
    tool('returned', 'pass GET /_return;'),
);

my $t = MCPTest->new(
    http     => 'proxy_cache_path %%DIR%%/cache keys_zone=cache:1m;',
    location => "mcp;\n$tools",
    server   => <<"EOC",
    location /_api/   { internal; proxy_pass http://127.0.0.1:$port/; }
    location /_plain/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_ignore_headers X-Accel-Redirect;
    }
    location /_cached/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_cache cache;
    }
    location /_files/ {
        internal;
        alias %%DIR%%/;
        types { application/json json; }
        gzip on;
        gzip_types *;
        gzip_min_length 1;
        etag off;
    }
    location /_page/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_intercept_errors on;
        error_page 409 = /_sorry;
    }
    location /_sorry  { internal; return 503 "Sorry, closed"; }
    location /_return { internal; default_type application/json;
                        return 200 '{"by":"nginx"}'; }
    location \@kept { internal; return 200 "from a named location"; }
EOC
    files => {
        'report.json' => '{"report":[1,2]}',
        'sum.json' => '{"type":"object","properties":{"sum":'
                      . '{"type":"number"}},"required":["sum"]}',
    },
    expect => [
        qr/rewrite or internal redirection cycle/,
        qr/tool "broken": result at \/sum must be a number, got string/,
        qr/tool "broken" broke its output schema/,
    ],
)->start;


sub structured {
    my ($tool, $value, $name) = @_;

    my $r = $t->call($tool, {});

    ok_result($r, "$tool: $name");
    is_deeply($r->result->{structuredContent}, $value, 'structured');
    return $r;
}


sub text_is {
    my ($tool, $text, $name) = @_;

    my $r = $t->call($tool, {});

    ok_result($r, "$tool: $name");
    ok(!exists $r->result->{structuredContent}, 'not structured');
    is($r->text, $text, 'what it says');
    return $r;
}


sub content_is {
    my ($tool, $item, $name, %options) = @_;

    my $r = $options{version} ? $t->legacy_call($tool, {}, %options)
                              : $t->call($tool, {});

    ok_result($r, "$tool: $name");
    is_deeply($r->result->{content}, [$item], 'the content');
    return $r;
}


sub failed {
    my ($tool, $text, $name) = @_;

    my $r = $t->call($tool, {});

    ok_tool_error($r, ref $text ? $text : qr/^\Q$text\E$/, "$tool: $name");
    return $r;
}


# JSON

my $r = structured('object', { n => 1.1, s => 'é' }, 'an object');
is($r->text, '{"n":1.10,"s":"é"}', 'and its text, with the same numbers');

structured('problem', { a => [{ b => 'deep' }] }, 'a type that ends so');
structured('array', [1, 2], 'an array');
structured('untyped', { a => 1 }, 'of no type');
structured('part', { b => 'deep' }, 'a part');
structured('asjson', "just\ntext", 'a string, if it is said so');
structured('promised', { sum => 3 }, 'whatever the type, for the schema');
structured('static', { report => [1, 2] }, 'a file');
structured('returned', { by => 'nginx' }, 'of nginx itself');

text_is('string', "just\ntext", 'a string is text');
text_is('selected', 'deep', 'a part that is a string');
text_is('twice', '{"a":1,"a":2}', 'two members of a name');
text_is('astext', '{ "n": 1.10, "s": "é" }', 'as it came');

for my $version (qw(2025-11-25 2025-06-18 2025-03-26 2024-11-05)) {
    my %legacy = (version => $version);

    $r = $t->legacy_call('array', {}, %legacy);
    ok(!exists $r->result->{structuredContent}, "$version: no array");
    is($r->text, '[1,2]', 'but its text');

    $r = $t->legacy_call('object', {}, %legacy);
    is(exists $r->result->{structuredContent} ? 1 : 0,
       $version ge '2025-06-18' ? 1 : 0, 'an object where there is a word');
    is($r->text, '{"n":1.10,"s":"é"}', 'and its text');
}

failed('lie', 'The answer of the service (HTTP 200) cannot be read as JSON, '
       . 'syntax error at byte 0: <h1>Log in</h1>', 'no JSON');
failed('strict', qr/cannot be read as JSON, duplicate member name/,
       'two members of a name where it has to be JSON');
failed('lacking', qr{^The answer of the service has no "/a/1": \{"a":},
       'no such part');
failed('broken', qr{output schema .* /sum must be a number}, 'a promise');


# text and bytes

text_is('latin', 'café', 'another charset');
text_is('xml', '<a/>', 'XML');
failed('koi', qr/is in a charset that is not known here/, 'an unknown charset');

my $base64 = encode_base64($png, '');

content_is('png', { type => 'image', data => $base64,
                    mimeType => 'image/png' }, 'an image');
content_is('wav', { type => 'audio', data => 'AAE=',
                    mimeType => 'audio/wav' }, 'sound');
content_is('asblob', { type => 'resource', resource => {
                       uri => 'content:0', mimeType => 'image/png',
                       blob => $base64 } }, 'an image as a blob');
content_is('pdf', { type => 'resource', resource => {
                    uri => 'content:0', mimeType => 'application/pdf',
                    blob => encode_base64("%PDF\0", '') } }, 'other types');
content_is('wav', { type => 'resource', resource => {
                    uri => 'content:0', mimeType => 'audio/wav',
                    blob => 'AAE=' } }, 'sound, for 2024-11-05',
           version => '2024-11-05');

text_is('nothing', 'The service answered with HTTP 200 and no body.',
        'no body');
text_is('deleted', 'The service answered with HTTP 204 and no body.', '204');

structured('three', { a => { n => 1.1, s => 'é' }, b => 'café',
                      c => { mimeType => 'image/png', blob => $base64 },
                      d => undef }, 'several of them');


# long ones

my $note = '[The answer is longer than 100 bytes and was cut here.]';

text_is('cut', "0123456789\n" x 9 . $note, 'cut at a line');
text_is('cutjson', '[' . "1,\n" x 33 . $note, 'cut JSON is text');
failed('long', 'The answer of the service (HTTP 200) is longer than 100 '
       . 'bytes.', 'or not at all');


# errors

failed('moved', 'HTTP 302 Found: a redirect to "https://else.example/a?b", '
       . 'which is not followed', 'a redirect');
failed('refused', 'HTTP 409 Conflict: {"error":{"message":"No stock"}}',
       'what is said');
failed('worded', '409: No stock', 'in the words of the operator');
failed('unworded', qr/^HTTP 400 Bad Request: x{1021}\.\.\.$/,
       'which do not fit');
failed('oops', 'HTTP 500 Internal Server Error: Oops [1mat <line> 1',
       'a page, without what nobody should read');
failed('toolong', qr/^HTTP 400 Bad Request: x{1021}\.\.\.$/, 'bounded');
failed('blob500', 'HTTP 500 Internal Server Error (image/png, 12 bytes)',
       'bytes');
failed('page', 'HTTP 503 Service Unavailable: Sorry, closed',
       'error_page of the location');


# X-Accel-Redirect

structured('file', { report => [1, 2] }, 'a file takes the place');
structured('proxied', [1, 2], 'another service does');
text_is('named', 'from a named location', 'a named location does');
text_is('packed', '{"report":[1,2]}',
        'of the type of the answer, which was compressed');
text_is('ignored', 'this', 'ignored if nginx ignores it');

failed('nofile', 'HTTP 404 Not Found', 'a file that is missing');
failed('endpoint', 'HTTP 405 Method Not Allowed',
       'the endpoint itself is no service');
failed('circle', qr/^HTTP 500/, 'round and round');


# a cache

$service->requests;

structured('cached', { cached => JSON::PP::true() }, 'for the cache');
structured('cached', { cached => JSON::PP::true() }, 'of the cache');
is(scalar $service->requests, 1, 'with one request');

finish();
