#!/usr/bin/perl

# mcp_tool: what lists say of it, where it is inherited, what its words send.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

plan(skip_all => 'no module') unless -e MCPTest::module();

my $b = MCPTest::Backend->start(
    '*' => { body => '{}' },
    '/_api/slow' => { wait => 1, body => '{}' },
    '/_api/user' => { body => '{"id":"u1"}' },
);

my $t = MCPTest->new(
    http => 'map $http_x_tenant $tenant { default none; acme "A $mcp_tool"; }
        mcp_tool base { description "of http"; pass GET /_api/base; }',
    server => '
        location /_api/ { internal;
            proxy_pass http://127.0.0.1:' . $b->port . '; }
        location = /inherits { mcp; mcp_tools demo; }
        location = /replaces { mcp; mcp_tools demo;
            mcp_tool own { description a; pass GET /_api/own; } }
        location = /named { mcp; mcp_tool_timeout 150ms late;
            mcp_tool late { description a; pass GET /_api/slow; timeout 1h; } }
        location = /patient { mcp; mcp_tool_timeout 1ms;
            mcp_tool late { description a; pass GET /_api/slow; timeout 9s; } }
        location = /general { mcp; mcp_tool_timeout 150ms;
            mcp_tool late { description a; pass GET /_api/slow; } }
        location = /block { mcp;
            mcp_tool late { description a; timeout 150ms;
                            pass GET /_api/slow; } }
        location = /own { mcp; if ($http_x) { set $x 1; }
            mcp_tool late { description a; pass GET /_api/base; } }
    ',
    files => { 'in.json' => <<'EOC', 'more.conf' => "title More;\n" },
{
  "type": "object",
  "properties": { "a": { "type": "integer", "default": 7 }, "b": {} }
}
EOC
    location => <<'EOC',
mcp;
mcp_tool full {
    description "Does \"it\".";
    icon https://example.com/a.png;
    annotations read_only open_world;
    arg id integer required min=1 max=1e6 "which one";
    arg sort string "enum=up|down" default=up mcp_header=Sort;
    arg tags string[] max_length=9;
    pass GET "/_api/full/{id}{?sort}" tags*;
    include %%DIR%%/more.conf;
}
mcp_tool from_file {
    description a;
    input  %%DIR%%/in.json;
    output %%DIR%%/in.json;
    pass POST /_api/file;
}
mcp_tool bare { description a; pass GET /_api/bare; }
mcp_tool nothing { description a; arg id integer; pass POST "/_api/n/{id}"; }
mcp_tool object { description a; pass POST /_api/object; body json; }
mcp_tool two_bodies {
    description a;
    arg id string required; arg x number; arg y string;
    header X-All "all {id}";
    header X-Other other;
    body form;
    pass one POST "/_api/one/{id}";
    header x-all "one";
    body json;
    pass two PUT /_api/two;
    pass three GET /_api/three;
}
mcp_tool variables {
    description a;
    arg v string;
    arg w string;
    pass GET /_api/v;
    header X-V "{v}:$tenant:${http_x_tenant}{v}:$arg_none";
    header X-W "{w}";
    header Content-Language $http_content_language;
}
mcp_tool template {
    description a;
    arg v string required; arg n number required;
    pass POST /_api/t;
    body '{"v":"a {v}","n":[{n}],"o":{}}';
}
mcp_tool text {
    description a;
    arg v string required;
    pass POST /_api/t;
    body "{{{v}}}";
}
mcp_tool typed {
    description a;
    arg v string required;
    header Content-Type application/vnd.api+json;
    pass POST /_api/t;
    body '{v}';
}
mcp_tool query {
    description a;
    arg a string; arg b string; arg c string[];
    pass DELETE "/_api/q?x=1" a b c*;
}
mcp_tool chain {
    description a;
    pass user GET /_api/user;
    pass POST_it POST "/_api/chain/{user/id}";
    body '{"all":{user}}';
}
EOC
)->start;


sub tool_of {
    my ($name, $uri) = @_;
    my ($tool) = grep { $_->{name} eq $name }
        @{ $t->rpc('tools/list', {}, uri => $uri // '/mcp')->result->{tools} };
    return $tool;
}

sub names {
    my ($uri) = @_;
    return join ' ', sort map { $_->{name} }
        @{ $t->rpc('tools/list', {}, uri => $uri)->result->{tools} };
}

sub sent {
    my ($tool, $arguments, %o) = @_;
    ok_result($t->call($tool, $arguments // {}, %o), "$tool: a result");
    return $b->request;
}


# --- the list

is_deeply(tool_of('full'), {
    name        => 'full',
    title       => 'More',
    description => 'Does "it".',
    icons       => [{ src => 'https://example.com/a.png' }],
    annotations => { readOnlyHint => true(), destructiveHint => false(),
                     idempotentHint => false(), openWorldHint => true() },
    inputSchema => {
        type => 'object',
        properties => {
            id => { type => 'integer', minimum => 1, maximum => 1e6,
                    description => 'which one' },
            sort => { type => 'string', enum => ['up', 'down'],
                      default => 'up', 'x-mcp-header' => 'Sort' },
            tags => { type => 'array', items => { type => 'string',
                                                  maxLength => 9 } },
        },
        required => ['id'],
        additionalProperties => false(),
    },
}, 'a tool in a list');

is_deeply(tool_of('bare'), { name => 'bare', description => 'a',
    inputSchema => { type => 'object', properties => {},
                     additionalProperties => false() } }, 'the least');
is_deeply(tool_of('from_file')->{outputSchema},
          { type => 'object', properties => { a => { type => 'integer',
            default => 7 }, b => {} } }, 'a schema of a file');


# --- levels

is(names('/inherits'), 'add base echo', 'inherited, with packs');
is(names('/replaces'), 'add echo own', 'not if there is one of its own');
is(names('/own'), 'late', 'and once only');


# --- requests

my $r = sent('full', { id => 5, tags => ['a', 'b c'] },
             headers => { 'Mcp-Param-Sort' => undef });

is($r->target, '/_api/full/5?sort=up&tags=a&tags=b%20c', 'a URI');
is($r->header('Content-Length'), undef, 'without a body');

like($t->call('full', { id => 0 })->text, qr/id/, 'an argument that is none');
like($t->call('bare', { id => 0 })->text, qr/id/, 'one that was not declared');
is(scalar($b->requests), 0, 'nothing was sent');

$r = sent('from_file', { b => [1] });
is_deeply($r->json, { a => 7, b => [1] }, 'a default of a schema');

$r = sent('nothing', { id => 1 });
is($r->line, 'POST /_api/n/1 HTTP/1.0', 'a POST of nothing');
is($r->body, '', 'has no body');

$r = sent('object');
is($r->body, '{}', 'unless it is asked for');

ok_result($t->call('two_bodies', { id => 'a', x => raw('1.0'), y => 'z' }),
          'two bodies');

my %of = map { $_->target => $_ } map { $b->request } 1 .. 3;

is($of{'/_api/one/a'}->body, '{"x":1.0,"y":"z"}', 'what is left is the body');
is($of{'/_api/one/a'}->header('X-All'), 'one', 'a header of its own');
is($of{'/_api/one/a'}->header('X-Other'), 'other', 'and of all');
is($of{'/_api/two'}->body, 'x=1.0&y=z', 'a body of all');
is($of{'/_api/two'}->header('X-All'), 'all a', 'a header of all');
is($of{'/_api/three'}->body, '', 'a GET has none');

$r = sent('variables', { v => '$tenant' }, headers => {
    'X-Tenant' => 'acme', 'Content-Language' => undef });
is($r->header('X-V'), '$tenant:A variables:acme$tenant:',
   'variables of the client, and no others');
is($r->header('X-W'), undef, 'no argument, no header');

$r = sent('template', { v => "\"\n", n => raw('0.10') });
is($r->body, '{"v":"a \"\n","n":[0.10],"o":{}}', 'a template of JSON');
is($r->header('Content-Type'), 'application/json', 'and its type');

$r = sent('text', { v => '"{x}"' });
is($r->body, '{"{x}"}', 'a template of text');
like($r->header('Content-Type'), qr{^text/plain}, 'and its type');

$r = sent('typed', { v => '"' });
is($r->body, '"\\""', 'JSON by its type');
is($r->header('Content-Type'), 'application/vnd.api+json', 'which is sent');

is(sent('query', { b => '&', c => ['1', '2'] })->target,
   '/_api/q?x=1&b=%26&c=1&c=2', 'arguments after the URI');

ok_result($t->call('chain', {}), 'a chain');
is($b->request->target, '/_api/user', 'the first');
$r = $b->request;
is($r->line, 'POST /_api/chain/u1 HTTP/1.0', 'the second');
is($r->body, '{"all":{"id":"u1"}}', 'with the first answer');


# --- time

for my $uri ('/named', '/general', '/block') {
    $r = $t->call('late', {}, uri => $uri);
    ok($r->result->{isError}, "$uri: too late");
    like($r->text, qr/\btime|150/, "$uri: says so");
}

$b->requests;

my $c = $t->connect;
$c->send($t->request_bytes('tools/call', { name => 'late', arguments => {} },
                           uri => '/patient'));
ok($b->request, 'a block that is patient: asked');
$b->go('/_api/slow', 4);
ok_result($c->response, 'and answered');

$b->stop;
$t->stop;
finish();
