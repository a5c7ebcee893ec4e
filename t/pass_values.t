#!/usr/bin/perl

# What is sent for arguments, and what becomes of answers: numbers digit by
# digit, defaults, arrays, errors with a body.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my $rows = '[{"id":12345678901234567890,"price":0.1000,"name":"a"},'
           . '{"id":2,"price":1E+2,"name":"\u00e9"}]';

my $b = MCPTest::Backend->start(
    '*' => { body => '{}' },
    '/_api/rows' => { body => $rows },
    '/_api/row/1' => { body => '{"user":{"id":7,"tags":["x","y"]}}' },
    '/_api/text' => { type => 'text/plain; charset=utf-8', body => "one\ntwo" },
    '/_api/bad-text' => { type => 'text/plain', body => "a\xffb" },
    '/_api/not-json' => { body => '<html>not JSON' },
    '/_api/half-json' => { body => '{"a":[1,' },
    '/_api/twice' => { body => '{"a":1,"a":2}' },
    '/_api/image' => { type => 'image/png', body => "\x89PNG\0\xff" },
    '/_api/audio' => { type => 'audio/wav', body => "RIFF\0" },
    '/_api/zip' => { type => 'application/zip', body => "PK\0\x01" },
    '/_api/problem' => { type => 'application/problem+json',
                         body => '{"title":"x"}' },
    '/_api/none' => { status => 204, type => undef, length => undef },
    '/_api/created' => { status => 201, body => '{"id":1}' },
    '/_api/e400' => { status => 400,
                      body => '{"error":{"message":"no such column"}}' },
    '/_api/e401' => { status => 401, headers => ['WWW-Authenticate' =>
                      'Basic realm="backend"'], body => '{"m":"who?"}' },
    '/_api/e404' => { status => 404, type => 'text/html',
                      body => "<h1>not\x00 \x1b[31mhere</h1>" },
    '/_api/e409' => { status => 409, body => 'x' x 5000 },
    '/_api/e422' => { status => 422, body => '{"detail":"bad","code":12}' },
    '/_api/e429' => { status => 429, headers => ['Retry-After' => 3],
                      body => '{}' },
    '/_api/e500' => { status => 500, type => undef, body => '' },
    '/_api/moved' => { status => 302, body => '',
                       headers => [Location => 'http://evil.example/'] },
    '/_api/cookie' => { headers => ['Set-Cookie' => 'a=secret', 'X-Y' => 'z'],
                        body => '{}' },
);

my $t = MCPTest->new(
    server => 'location /_api/ { internal; proxy_pass http://127.0.0.1:'
              . $b->port . '; }',
    files => { 'out.json' => '{"type":"object","required":["title"],'
                             . '"properties":{"title":{"type":"string"}}}',
               'in.json' => '{"type":"object","properties":{"a":{"type":'
                            . '"array","items":{"type":"number"}},'
                            . '"o":{"type":"object"}},'
                            . '"additionalProperties":false}' },
    location => <<'EOC',
mcp;

mcp_tool numbers {
    description "numbers";
    arg n number required;
    arg i integer;
    arg b boolean;
    pass POST "/_api/x{?n,i,b}";
    body '{"n":{n},"s":"{n}","i":{i},"b":{b}}';
    header X-N "{n}";
}
mcp_tool json {
    description "the rest";
    arg id string required;
    arg n number;
    arg s string;
    arg i integer;
    pass PUT "/_api/x/{id}";
}
mcp_tool defaults {
    description "defaults";
    arg limit integer default=20 min=1 max=100;
    arg ratio number default=0.50;
    arg sort string default=up enum=up|down;
    arg deep boolean default=false;
    arg note string "default=a b&c";
    pass GET "/_api/x{?limit,ratio,sort,deep,note}";
}
mcp_tool body_defaults {
    description "defaults";
    arg limit integer default=20;
    arg sort string default=up;
    arg none string;
    pass POST /_api/x;
}
mcp_tool form {
    description "a form";
    arg a string;
    arg n number;
    arg b boolean default=true;
    pass POST /_api/x;
    body form;
}
mcp_tool whole {
    description "arrays and objects";
    input %%DIR%%/in.json;
    pass POST /_api/x;
}
mcp_tool members {
    description "members that are parameters";
    input %%DIR%%/in.json;
    pass GET "/_api/x?tenant=1{&a,o*}";
}
mcp_tool empty { description "none"; arg a string; pass DELETE "/_api/x{?a}"; }
mcp_tool none { description "none"; arg a string; pass POST "/_api/x{?a}";
                body none; }

mcp_tool get {
    description "whatever it is";
    arg what string required;
    pass GET "/_api/{+what}";
}
mcp_tool as_text {
    description "as text";
    arg what string required;
    pass GET "/_api/{what}";
    result text;
}
mcp_tool as_json {
    description "as JSON";
    arg what string required;
    pass GET "/_api/{what}";
    result json;
}
mcp_tool as_blob {
    description "as a blob";
    arg what string required;
    pass GET "/_api/{what}";
    result blob;
}
mcp_tool tag {
    description "a part";
    pass GET /_api/row/1;
    select /user/tags/1;
}
mcp_tool user {
    description "a part";
    pass GET /_api/row/1;
    select /user;
}
mcp_tool nothing {
    description "a part that is not there";
    pass GET /_api/row/1;
    select /user/none;
}
mcp_tool error {
    description "an error";
    arg what string required;
    pass GET "/_api/{what}";
    error "it says {detail} ({code}), {status}";
}
mcp_tool promised {
    description "an output schema";
    arg what string required;
    pass GET "/_api/{what}";
    output %%DIR%%/out.json;
}
EOC
)->start;


sub body_of {
    my ($tool, $arguments) = @_;

    ok_result($t->call($tool, $arguments), "$tool: a result");

    my $request = $b->request or return '';
    return $request->body;
}


sub target_of {
    my ($tool, $arguments) = @_;

    ok_result($t->call($tool, $arguments), "$tool: a result");

    my $request = $b->request or return '';
    return $request->target;
}


sub no_request {
    my ($name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my @got = map { $_->line } $b->requests;
    return is("@got", '', $name);
}


# --- numbers

for my $n (qw(12345678901234567890 0.1000 1e3 -0 -0.0 1E-7 9007199254740993
              123456789012345678901234567890.123456789 1e308))
{
    my $r = $t->call('numbers', { n => raw($n) });
    my $request = $b->request;

    ok_result($r, "$n: a result");
    is($request->target, "/_api/x?n=" . $n =~ s/\+/%2B/r, "$n in a query");
    is($request->body, qq({"n":$n,"s":"$n","i":null,"b":null}), 'in a body');
    is($request->header('X-N'), $n, 'in a header');

    is(body_of('json', { id => 'x', n => raw($n) }), qq({"n":$n}),
       'in the rest');
    is(body_of('form', { n => raw($n) }),
       'n=' . $n =~ s/\+/%2B/r . '&b=true', 'in a form');
}

is(target_of('numbers', { n => 1, i => raw('12345678901234567890'),
                          b => true }),
   '/_api/x?n=1&i=12345678901234567890&b=true', 'an integer and a boolean');
$b->requests;

for my $n (qw(1e400 -1e400 01 1. .5 +1 0x1 NaN Infinity 1e)) {
    my $r = $t->call('numbers', { n => raw($n) });

    ok($r->error || $r->result->{isError}, "$n is refused");
    no_request('without a request');
}


# --- what is left, in order, and what is not there

is(body_of('json', { id => 'a/b', s => "\x{e9}\"\n", n => 1 }),
   qq({"n":1,"s":"\xc3\xa9\\"\\n"}), 'the rest of the arguments')
    or diag('order');
is(body_of('json', { id => 'x' }), '{}', 'there is no rest');
is(body_of('whole', { a => [raw('1.50'), raw('1e2'),
                            raw('12345678901234567890')],
                      o => { x => [{}, [], undef, true] } }),
   '{"a":[1.50,1e2,12345678901234567890],"o":{"x":[{},[],null,true]}}',
   'arrays and objects');

is(target_of('members', { a => [1, 2], o => { b => 'x', c => '&' } }),
   '/_api/x?tenant=1&a=1,2&b=x&c=%26', 'members of an object');

for my $name ('tenant', 'a', 'tenant[]', '') {
    ok_tool_error($t->call('members', { o => { $name => 2 } }), qr/"o" has/,
                  "but none that is \"$name\"");
    is(scalar $b->requests, 0, 'and nothing is sent');
}

for my $tool (qw(empty none)) {
    ok_result($t->call($tool, { a => 'x' }), "$tool: a result");

    my $request = $b->request;

    is($request->target, '/_api/x?a=x', 'a query');
    is($request->body, '', 'no body');
    is($request->header('Content-Type'), undef, 'and no type of it');

    is(target_of($tool, {}), '/_api/x', 'no query');
}


# --- defaults

is(target_of('defaults', {}),
   '/_api/x?limit=20&ratio=0.50&sort=up&deep=false&note=a%20b%26c', 'defaults');
is(target_of('defaults', { limit => 3, sort => 'down', deep => true,
                           note => '' }),
   '/_api/x?limit=3&ratio=0.50&sort=down&deep=true&note=', 'some of them');
ok_tool_error($t->call('defaults', { limit => 101 }), qr{/limit}, 'a limit');
ok_tool_error($t->call('defaults', { sort => 'x' }), qr{/sort}, 'an enum');
ok_tool_error($t->call('defaults', { other => 'x' }), qr{other},
              'an argument that there is not');
no_request('nothing was sent');
is(body_of('body_defaults', {}), '{"limit":20,"sort":"up"}', 'in a body');
is(body_of('body_defaults', { sort => 'x', none => 'y' }),
   '{"limit":20,"sort":"x","none":"y"}', 'in the order of the tool');
is(target_of('defaults', undef),
   '/_api/x?limit=20&ratio=0.50&sort=up&deep=false&note=a%20b%26c',
   'without arguments at all');

my ($listed) = grep { $_->{name} eq 'defaults' }
               @{ $t->rpc('tools/list')->result->{tools} };

is($listed->{inputSchema}{properties}{limit}{default}, 20,
   'the client is told of them');


# --- answers

sub content {
    my ($tool, $what) = @_;

    my $r = $t->call($tool, { what => $what });

    ok_result($r, "$what: a result");
    $b->requests;
    return ($r->result->{content}[0], $r);
}


my ($item, $r) = content('get', 'rows');

(my $written = $rows) =~ s/\\u00e9/\xc3\xa9/;
like($r->body, qr/"structuredContent":\Q$written\E/, 'an array, its numbers');
is($item->{text}, $rows =~ s/\\u00e9/\x{e9}/r, 'and as text');

($item, $r) = content('get', 'row/1');
is($r->result->{structuredContent}{user}{id}, 7, 'an object');

my $legacy = $t->legacy_call('get', { what => 'rows' });

ok_result($legacy, 'an array for a client of old');
ok(!$legacy->result->{structuredContent}
   || ref $legacy->result->{structuredContent} eq 'HASH',
   'which knows of objects only');

($item, $r) = content('get', 'text');
is_deeply($item, { type => 'text', text => "one\ntwo" }, 'text');
is($r->result->{structuredContent}, undef, 'and nothing else');

for my $media ([image => 'image/png', 'iVBORwD/'],
               [audio => 'audio/wav', 'UklGRgA='])
{
    ($item) = content('get', $media->[0]);
    is_deeply($item, { type => $media->[0], mimeType => $media->[1],
                       data => $media->[2] }, $media->[0]);
}

($item) = content('get', 'zip');
is($item->{type}, 'resource', 'what is none of these is a resource');
is($item->{resource}{mimeType}, 'application/zip', 'of a type');
is($item->{resource}{blob}, 'UEsAAQ==', 'a blob');
ok(length $item->{resource}{uri}, 'with an address');

($item, $r) = content('get', 'problem');
is($r->result->{structuredContent}{title}, 'x', 'a type that ends with +json');

ok_result($t->call('get', { what => 'none' }), 'status 204');
($item, $r) = content('get', 'created');
is($r->result->{structuredContent}{id}, 1, 'status 201');

($item, $r) = content('as_text', 'rows');
is($item->{text}, $rows, 'result text: the bytes');
is($r->result->{structuredContent}, undef, 'are text only');

($item) = content('as_blob', 'text');
is($item->{resource}{blob}, 'b25lCnR3bw==', 'result blob');

ok_tool_error($t->call('as_json', { what => 'text' }), qr/JSON/,
              'result json of text');
ok_tool_error($t->call('get', { what => $_ }), qr/JSON/, $_)
    for qw(not-json half-json);
ok_tool_error($t->call('get', { what => 'bad-text' }), qr/UTF-8/, 'not UTF-8');

$r = $t->call('get', { what => 'twice' });
ok($r->result, 'a member that is there twice does no harm');

($item, $r) = content('get', 'cookie');
unlike(join(' ', map { "@$_" } @{ $r->{list} }) . $r->body, qr/secret|x-y/i,
       'headers of the service do not reach the client');


# --- parts

$r = $t->call('tag', {});
ok_result($r, 'select: a string');
like($r->text, qr/\A"?y"?\z/, 'which is the content');
is($t->call('user', {})->result->{structuredContent}{id}, 7,
   'select: an object');
ok_tool_error($t->call('nothing', {}), qr{/user/none},
              'select: what is not there');


# --- errors

for my $e ([400, qr/400.*no such column/s], [401, qr/401.*who\?/s],
           [404, qr/404.*not.*here/s], [409, qr/409.*xxxx/s],
           [422, qr/422.*bad/s], [429, qr/429/], [500, qr/500/])
{
    $r = $t->call('get', { what => "e$e->[0]" });

    ok_tool_error($r, $e->[1], "$e->[0] is an error of the tool");
    ok(length $r->text < 2500, 'of a bounded length');
    unlike($r->text, qr/[\0\x1b]/, 'and readable');
    is($r->header('WWW-Authenticate'), undef, 'not one of this server');
}

ok_tool_error($t->call('get', { what => 'moved' }), qr/302/, 'a redirect');
is(scalar(grep { $_->path =~ /evil/ } $b->requests), 0, 'is not followed');

$r = $t->call('error', { what => 'e422' });
ok_tool_error($r, qr/\Ait says bad \(12\), 422\z/, 'a text of the tool');
ok_tool_error($t->call('error', { what => 'e404' }), qr/it says|404/,
              'where there is no JSON');

ok_result($t->call('as_text', { what => 'text' }), 'and it works on');

# a service that does not keep to the output schema
$b->answer('/_api/good' => { body => '{"title":"x"}' });
ok_result($t->call('promised', { what => 'good' }), 'an output schema');
$r = $t->call('promised', { what => 'created' });
ok($r->error || $r->result->{isError}, 'that is broken');
ok($t->wait_log(qr/promised.*title|title.*promised/), 'the log says how');
ok($t->wait_log(qr/\[info\] .*"error" failed: the answer is an error, status 422/),
   'what a client could do better is no error of the log');

finish();
