#!/usr/bin/perl

# Resources and prompts that services behind nginx have: contents, how long
# they stay fresh, what is not there, values that are completed.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my $b = MCPTest::Backend->start(
    '/orders/7' => {
        type => 'application/json', body => '{ "id": 7.0, "n": null }',
        headers => [ETag => '"v1"', 'Cache-Control' => 'max-age=60', Age => 15,
                    'Last-Modified' => 'Sat, 21 Nov 2026 08:00:00 GMT'],
    },
    '/orders/8' => { type => 'text/plain; charset=utf-8', body => "f\xc3\xbcr",
                     headers => ['Cache-Control' => 'private, max-age=5'] },
    '/orders/9' => { type => 'image/png', body => "\x89PNG\0",
                     headers => ['Cache-Control' => 'no-store'] },
    '/orders/10' => { status => 500, body => 'broken' },
    '/orders/11' => { status => 410, body => 'was here' },
    '/orders/12' => { status => 422, body => 'no order' },
    '/orders/13' => { type => 'text/plain', body => "a\xff" },
    '/orders/14' => { type => undef, headers => ['Cache-Control' => 'max-age=60',
                      'Cache-Control' => 'no-store'], body => 'no type' },
    '/orders/15' => { type => 'text/plain', body => 'x' x 70_000 },
    '/orders/16' => { status => 302, body => '',
                      headers => [Location => 'http://evil.example/'] },
    '/orders/17' => { status => 204, type => undef, length => undef },
    '/orders'   => { type => 'application/json',
                     body => '{"items":[{"id":7},{"id":"71"},{"id":"8"}]}' },
    '/names'    => { type => 'application/json', body => '["Ada","Bob","ab"]' },
    '/bad'      => { status => 500 },
    '/ticket/5' => { type => 'application/json',
                     body => '{"title":"No \"light\"","tags":["a",1]}' },
    '/late*'    => { wait => 1 },
    '/who'      => { type => 'text/plain', body => 'Ada' },
    '*'         => { status => 404, body => 'none' },
);

my $t = MCPTest->new(
    server => "location /_api/ { internal; proxy_pass http://127.0.0.1:"
              . $b->port . "/; }
              location /_files/ { internal; alias %%DIR%%/files/; }
              location /_dead/ { internal; proxy_pass http://127.0.0.1:1; }
              location = /patient {
                  mcp;
                  mcp_tool_timeout 100ms;
                  mcp_resource late://x { pass GET /_api/late; timeout 250ms; }
                  mcp_resource late://y { pass GET /_api/late; }
                  mcp_prompt late {
                      description late;
                      pass a GET /_api/who;
                      timeout 1s;
                      pass b GET \"/_api/late/{a}\";
                      timeout 250ms;
                      message user \"{b}\";
                  }
              }",
    location => <<'EOC');
        mcp;

        mcp_resource "orders://{id}" {
            type     application/json;
            ttl      1m public;
            pass     GET "/_api/orders/{id}";
            complete id GET "/_api/orders{?id}" select=/items/*/id;
        }

        mcp_resource "team://{name}/{role}" {
            pass     GET "/_api/none/{name}/{role}";
            complete name GET "/_api/names";
            complete role GET "/_api/bad{?name}";
        }

        mcp_resource "both://{id}" {
            pass order GET "/_api/orders/{id}";
            pass who   GET /_api/who;
        }

        mcp_resource "files://{+path}" { pass GET "/_files/{+path}"; }
        mcp_resource dead://end { pass GET /_dead/x; }
        mcp_resource late://x { pass GET /_api/late; timeout 200ms; }

        mcp_resource docs://ticket { pass GET /_api/ticket/5; select /title; }

        mcp_prompt triage {
            description "Look at a ticket.";
            arg ticket required;
            arg tone;
            pass t GET "/_api/ticket/{ticket}";
            pass who GET "/_api/who";
            message user "{who} has {t/title} {t/tags} ({tone}){t/none}";
            message assistant "Well.";
        }

        mcp_prompt broken {
            description "From a service that fails.";
            pass GET /_api/bad;
        }

        mcp_prompt plain {
            description "What the service says.";
            pass GET "/_api/who";
        }
EOC

mkdir $t->path('files');
$t->write_file('files/a b', 'a file');
$t->expect(qr/connect\(\) failed|no live upstreams/);
$t->start;


sub contents {
    my ($uri, %o) = @_;

    my $r = $t->rpc('resources/read', { uri => $uri });
    ok_result($r, "$uri is read") or return {};

    is($r->result->{$_}, $o{$_}, "$uri: $_") for sort keys %o;
    return $r->result->{contents}[0];
}


is_deeply(contents('orders://7', ttlMs => 45000, cacheScope => 'public'),
          { uri => 'orders://7', mimeType => 'application/json',
            text => '{ "id": 7.0, "n": null }',
            _meta => { etag => '"v1"',
                       lastModified => '2026-11-21T08:00:00Z' } },
          'text, as it is, with what is known of it');
is(join('|', map { $_->line } $b->requests), 'GET /orders/7 HTTP/1.0',
   'one request, of which it is made');
is_deeply(contents('orders://8', ttlMs => 5000, cacheScope => 'private'),
          { uri => 'orders://8', mimeType => 'text/plain',
            text => "f\x{fc}r" }, 'text of the type of the answer');
is_deeply(contents('orders://9', ttlMs => 0, cacheScope => 'public'),
          { uri => 'orders://9', mimeType => 'image/png',
            blob => 'iVBORwA=' }, 'a blob');
is(contents('docs://ticket', ttlMs => 0, cacheScope => 'private')->{text},
   'No "light"', 'a part of it');

ok_error($t->rpc('resources/read', { uri => 'orders://none' }), 200, -32602,
         'what the service does not have');
ok_error($t->rpc('resources/read', { uri => 'orders://11' }), 200, -32602,
         'nor has any more');
is_deeply($t->rpc('resources/read', { uri => 'orders://11' })->error->{data},
          { uri => 'orders://11' }, 'which it is');
is(contents('orders://14', ttlMs => 0)->{text}, 'no type',
   'text that has no type');
is(contents('orders://17')->{text}, '', 'nothing is what it is');

# a client takes -32602 for a resource that there is not

for (['orders://10', -32603, qr/500.*broken/s, 'a service that fails'],
     ['orders://12', -32602, qr/422.*no order/s, 'one that refuses'],
     ['orders://13', -32603, qr/UTF-8/, 'one that makes no sense'],
     ['orders://16', -32603, qr/302/, 'one that says to ask elsewhere'],
     ['orders://..', -32602, qr/"id" would make a dot/, 'another path'],
     ['files://../x', -32602, qr/"path" would make a dot/, 'or another file'],
     ['dead://end', -32603, qr/cannot be reached/, 'nobody is there'],
     ['late://x', -32603, qr/200 ms/, 'nobody answers'])
{
    my ($uri, $code, $re, $name) = @$_;
    my $r = $t->rpc('resources/read', { uri => $uri });

    ok_error($r, 200, $code, $name);
    like($r->error->{message}, $re, 'and says why');
}

# a block may be more patient than "mcp_tool_timeout"

for (['resources/read', { uri => 'late://x' }, qr/\b250 ms/],
     ['prompts/get', { name => 'late', arguments => {} }, qr/b: .*250 ms/],
     ['resources/read', { uri => 'late://y' }, qr/\b100 ms/])
{
    my ($method, $params, $re) = @$_;
    my $r = $t->rpc($method, $params, uri => '/patient');

    ok_error($r, 200, -32603, "$method: nobody answers");
    like($r->error->{message}, $re, 'after the time that was said');
}

is_deeply(JSON::PP->new->decode(contents('both://8')->{text}),
          { order => "f\x{fc}r", who => 'Ada' }, 'two answers are an object');
is(contents('both://8')->{mimeType}, 'application/json', 'of JSON');
ok_error($t->rpc('resources/read', { uri => 'both://none' }), 200, -32602,
         'one of two that there is not');

my $file = contents('files://a%20b');

is($file->{text}, 'a file', 'a file by a location of files');
like($file->{_meta}{etag}, qr/^"/, 'and what nginx knows of it');

for my $uri ('orders://none', 'orders://11') {
    ok_error($t->legacy('resources/read', { uri => $uri }), 200, -32002,
             "$uri is not found, as handshake clients are told");
}
ok_error($t->legacy('resources/read', { uri => 'orders://10' }), 200, -32603,
         'an error is the same');



# --- completion

sub values_of {
    my ($uri, $name, $value, %args) = @_;

    my $r = $t->rpc('completion/complete', {
        ref => { type => 'ref/resource', uri => $uri },
        argument => { name => $name, value => $value },
        %args ? (context => { arguments => \%args }) : (),
    });

    ok_result($r, "$name is completed") or return;
    return join ' ', @{ $r->result->{completion}{values} };
}


is(values_of('orders://{id}', id => '7'), '7 71', 'members of a list');
is(values_of('team://{name}/{role}', name => 'a'), 'Ada ab', 'a list');
is(values_of('team://{name}/{role}', name => ''), 'Ada Bob ab', 'all of it');
$b->requests;
is(values_of('team://{name}/{role}', role => 'x', name => 'a&b'), '',
   'nothing, where the service fails');
is(($b->requests)[0]->target, '/bad?name=a%26b', 'which knows the others');
$t->expect(qr/cannot complete a value/);


# --- prompts

sub messages {
    my ($name, %args) = @_;

    my $r = $t->rpc('prompts/get', { name => $name, arguments => \%args });

    ok_result($r, "$name is got") or return;
    return join '|', map { "$_->{role}: $_->{content}{text}" }
                     @{ $r->result->{messages} };
}


is(messages('triage', ticket => '5', tone => '{who}'),
   'user: Ada has No "light" ["a",1] ({who})|assistant: Well.',
   'messages with answers in them');
is(messages('plain'), 'user: Ada', 'an answer as a message');
ok_error($t->rpc('prompts/get', { name => 'triage',
                                  arguments => { ticket => '6' } }), 200, -32602,
         'a ticket that there is not');
ok_error($t->rpc('prompts/get', { name => 'triage',
                                  arguments => { ticket => '..' } }), 200, -32602,
         'another path');
ok_error($t->rpc('prompts/get', { name => 'broken' }), 200, -32603,
         'a service that fails');


# --- mistakes

sub refused {
    my ($name, $conf, $re) = @_;

    my ($rc, $out) = MCPTest->new(
        server => 'location /_api/ { internal; return 204; }',
        location => "mcp;\n$conf\n")->test_config;

    ok($rc != 0, "refused: $name");
    like($out, $re, "$name, with the reason and the line");
    return;
}


refused('a variable that is not used',
        'mcp_resource "a:{x}{?y}" { pass GET "/_api/{x}"; }',
        qr/"y".*nginx.conf:\d+/);
refused('a variable that there is not',
        'mcp_resource "a:{x}" { pass GET "/_api/{z}"; }',
        qr/"z".*nginx.conf:\d+/);
refused('a location that there is not', 'mcp_resource a:b { pass GET /none; }',
        qr/location.*nginx.conf:\d+/);
refused('a completion of nothing', 'mcp_resource "a:{x}" {
            pass GET "/_api/{x}"; complete y GET /_api/y; }',
        qr/unknown variable "y" in "complete".*nginx.conf:\d+/);
refused('two completions', 'mcp_resource "a:{x}" { pass GET "/_api/{x}";
            complete x GET /_api/; complete x GET /_api/; }',
        qr/"complete" directive is duplicate.*nginx.conf/);
refused('a completion from nowhere', 'mcp_resource "a:{x}" {
            pass GET "/_api/{x}"; complete x GET /none; }',
        qr/location.*nginx.conf:\d+/);
refused('a completion of a text', 'mcp_resource a:b { text x;
            complete x GET /_api/; }', qr/goes with "pass" only.*nginx.conf/);
refused('two sources', 'mcp_resource a:b { text x; pass GET /_api/; }',
        qr/does not go with "text".*nginx.conf/);
refused('a prompt of two answers', 'mcp_prompt p { description d;
            pass a GET /_api/; pass b GET /_api/; }',
        qr/need a "message".*nginx.conf/);
refused('an answer without a name', 'mcp_prompt p { description d;
            pass GET /_api/; message user hi; }',
        qr/without a name.*nginx.conf/);
refused('an argument nobody uses', 'mcp_prompt p { description d; arg x;
            pass GET /_api/; }', qr/"x".*nginx.conf/);
refused('a member of an argument', 'mcp_prompt p { description d; arg x;
            pass a GET "/_api/{x}"; message user "{x/y}"; }',
        qr{unknown argument "x/y"});

finish();
