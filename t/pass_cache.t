#!/usr/bin/perl

# proxy_cache and proxy_next_upstream with tools: what may be kept, for whom,
# and what may be asked twice.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my $b = MCPTest::Backend->start(
    '*' => sub { return { body => "{\"n\":$_[0]{number}}" } },
    '/late/*' => { wait => 1, gate => 'late', body => '{"n":"late"}' },
);
my $second = MCPTest::Backend->start('*' => { body => '{"n":"second"}' });

my $t = MCPTest->new(
    http => <<'EOC' =~ s/%A/$b->port/ger =~ s/%B/$second->port/ger,
proxy_cache_path %%DIR%%/cache keys_zone=c:1m;
upstream both {
    server 127.0.0.1:%A max_fails=0;
    server 127.0.0.1:%B backup;
}
EOC
    server => <<'EOC' =~ s/%A/$b->port/ger,
location /_cache/ {
    internal;
    proxy_pass http://127.0.0.1:%A/;
    proxy_cache c;
    proxy_cache_key $mcp_cache_key;
    proxy_cache_valid 200 1h;
    proxy_cache_methods GET HEAD POST;
    proxy_cache_lock on;
}
location /_both/ {
    internal;
    proxy_pass http://both/;
    proxy_next_upstream error timeout http_500 http_503;
}
EOC
    location => <<'EOC',
mcp;
mcp_consumer $http_x_consumer;
mcp_tool get {
    description "GET"; arg a number; arg b string; arg c integer default=3;
    pass GET "/_cache/x{?a,b,c}";
}
mcp_tool other {
    description "the same address"; arg a number; arg b string;
    arg c integer default=3;
    pass GET "/_cache/x{?a,b,c}";
}
mcp_tool read_post {
    description "a POST that reads"; annotations read_only;
    arg a number;
    pass POST /_cache/post;
}
mcp_tool two {
    description "two passes"; arg a number;
    pass one GET "/_cache/one{?a}";
    pass two GET "/_cache/two{?a}";
}
mcp_tool late { description "GET"; arg a number; pass GET "/_cache/late/x{?a}"; }
mcp_tool once { description "POST"; arg v string required;
                pass POST "/_both/{v}"; }
mcp_tool again { description "POST"; arg v string required;
                 annotations idempotent; pass POST "/_both/{v}"; }
mcp_tool put { description "PUT"; arg v string required;
               pass PUT "/_both/{v}"; }
mcp_tool delete { description "DELETE"; arg v string required;
                  pass DELETE "/_both/{v}"; }
mcp_tool patch { description "PATCH"; arg v string required;
                 annotations idempotent; pass PATCH "/_both/{v}"; }
EOC
)->start;


sub n {
    my ($tool, $arguments, $consumer) = @_;

    my $r = $t->call($tool, $arguments,
                     headers => { 'X-Consumer' => $consumer // 'alice' });

    return $r->result && !$r->result->{isError}
           ? $r->result->{structuredContent}{n} : $r->body;
}


# --- kept

my $n = n('get', { a => 1, b => 'x' });

is(n('get', { a => 1, b => 'x' }), $n, 'an answer is kept');
is(n('get', raw('{"b":"x","a":1}')), $n, 'whatever the order of arguments');
is(n('get', raw('{ "b": "\u0078", "a" :1 }')), $n, 'and their spelling');

isnt(n('get', { a => 1, b => 'x', c => 4 }), $n, 'another value');
isnt(n('get', { a => 2, b => 'x' }), $n, 'another number');
isnt(n('get', { a => 1, b => 'x' }, 'bob'), $n, 'another consumer');
isnt(n('other', { a => 1, b => 'x' }), $n, 'another tool');
isnt(n('get', { a => 1 }), n('get', { a => 1, b => '' }), 'none and an empty one');
isnt(n('get', { a => raw('12345678901234567890') }),
     n('get', { a => raw('12345678901234567891') }), 'large numbers');
isnt(n('get', { b => 'x","a":1' }), $n, 'no argument makes another');
isnt(n('get', { b => "alice\n" }, ''), n('get', { b => '' }, "alice"),
     'nor a consumer');

$n = n('read_post', { a => 1 });
is(n('read_post', { a => 1 }), $n, 'a POST that only reads');
isnt(n('read_post', { a => 2 }), $n, 'with other arguments');

my $two = $t->call('two', { a => 1 })->result->{structuredContent};

isnt($two->{one}{n}, $two->{two}{n}, 'two passes of a tool are two things');
is_deeply($t->call('two', { a => 1 })->result->{structuredContent}, $two,
          'that are kept');

$b->requests;

my @c = map {
    my $c = $t->connect;
    $c->send($t->request_bytes('tools/call', { name => 'late',
             arguments => { a => 1 } }));
    $c
} 1 .. 3;

$b->request;
$b->go('late');
is(join(' ', map { $_->response->result->{structuredContent}{n} } @c),
   'late late late', 'three at once');
is(scalar(my @more = $b->requests), 0, 'ask once');


# --- asked twice

for my $how (['/fails' => { status => 500, body => '{}' }],
             ['/closes' => { close => 1 }])
{
    my ($path, $answer) = @$how;

    $b->answer($path => $answer);

    my $v = substr $path, 1;

    for my $tool (qw(again put delete patch)) {
        is(n($tool, { v => $v }), 'second', "$tool of $v may be repeated");

        my ($one) = $b->requests;
        my ($other) = $second->requests;

        is($other->line, $one->line, 'as it was');
        is($other->body, $one->body, 'with its body');
        is($one->method, $tool eq 'again' ? 'POST' : uc $tool, 'the method');
    }

    ok_tool_error($t->call('once', { v => $v }), qr/500|broke off/,
                  "a POST of $v is not");
    is(scalar(my @posts = $b->requests), 1, 'it is sent once');
    is(scalar(@posts = $second->requests), 0, 'and to one');
}

finish();
