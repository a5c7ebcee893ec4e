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
    '/orders'   => { type => 'application/json',
                     body => '{"items":[{"id":7},{"id":"71"},{"id":"8"}]}' },
    '/names'    => { type => 'application/json', body => '["Ada","Bob","ab"]' },
    '/bad'      => { status => 500 },
    '/ticket/5' => { type => 'application/json',
                     body => '{"title":"No \"light\"","tags":["a",1]}' },
    '/who'      => { type => 'text/plain', body => 'Ada' },
    '*'         => { status => 404, body => 'none' },
);

my $t = MCPTest->new(
    server => "location /_api/ { internal; proxy_pass http://127.0.0.1:"
              . $b->port . "/; }",
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

        mcp_prompt plain {
            description "What the service says.";
            pass GET "/_api/who";
        }
EOC

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
ok_error($t->rpc('resources/read', { uri => 'orders://10' }), 200, -32602,
         'what it cannot say');
like($t->rpc('resources/read', { uri => 'orders://10' })->error->{message},
     qr/500.*broken/s, 'and why');

my @lines = map { $_->line } $b->requests;
is($lines[0], 'GET /orders/7 HTTP/1.0', 'one request for each');


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
