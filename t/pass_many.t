#!/usr/bin/perl

# Tools of several passes: what is independent runs at once, what depends on
# another waits for it, what fails fails the tool unless it is optional.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

my $b = MCPTest::Backend->start(
    '/_api/user/1' => { wait => 1, body => '{"id":7,"name":"a/b"}' },
    '/_api/user/2' => { status => 404, body => '{"why":"gone"}' },
    '/_api/user/3' => { body => '{"name":"no id"}' },
    '/_api/user/4' => { body => '{"id":"..","name":"x"}' },
    '/_api/user/5' => { body => '{"id":12345678901234567890,"name":"n"}' },
    '/_api/user/6' => { body => '{"id":6,"name":"n"}' },
    '/_api/user/7' => { type => 'text/plain', body => 'text' },
    '/_api/user/8' => { body => '{"id":' },
    '/_api/news' => { wait => 1, body => '["x"]' },
    '/_api/orders/7' => { body => '[{"n":1.50},{"n":2}]' },
    '/_api/orders/6' => { status => 500, body => '{"why":"sad"}' },
    '/_api/orders/12345678901234567890' => { body => '[]' },
    '/_api/image' => { type => 'image/png', body => 'png' },
    '/_api/file' => { type => 'text/plain', body => 'lines' },
    '/_api/post' => { body => '{"ok":true}' },
    '/_api/hang' => { wait => 1, body => '{}' },
    '/_api/fails' => { status => 503, body => '{}' },
    '/_api/n*' => { wait => 1, gate => 'n', body => '1' },
);

my $sixteen = join "\n", map { "pass p$_ GET /_api/n$_;" } 1 .. 16;

my $t = MCPTest->new(
    server => <<'EOC' =~ s/%B/$b->port/er,
location /_api/ {
    internal;
    proxy_pass http://127.0.0.1:%B;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
}
EOC
    location => <<'EOC' . "mcp_tool sixteen { description a; $sixteen }",
mcp;

mcp_tool account {
    description "a user, what is ordered, and what is new";
    arg id integer required;
    pass user GET "/_api/user/{id}";
    pass news GET /_api/news optional;
    pass orders GET "/_api/orders/{user/id}{?user/name}";
    header X-Name "{user/name}";
}
mcp_tool order {
    description "the same without news";
    arg id integer required;
    pass user GET "/_api/user/{id}";
    pass orders GET "/_api/orders/{user/id}";
}
mcp_tool perhaps {
    description "the same with nothing but a user";
    arg id integer required;
    pass user GET "/_api/user/{id}";
    pass orders GET "/_api/orders/{user/id}" optional;
    pass last POST /_api/post optional;
    body '{"orders":{orders},"name":"{user/name}"}';
}
mcp_tool kinds {
    description "all kinds of answers";
    pass image GET /_api/image;
    pass file GET /_api/file;
    pass post POST /_api/post;
    body none;
}
mcp_tool fails {
    description "one hangs, and one fails";
    pass hang GET /_api/hang;
    pass fails GET /_api/fails;
}
EOC
)->start;


# a call on a connection of its own, to be answered later

sub begin {
    my ($tool, $arguments) = @_;

    my $c = $t->connect;

    $c->send($t->request_bytes('tools/call',
             { name => $tool, arguments => $arguments // {} }));
    return $c;
}


sub targets { return join ' ', sort map { $_->target } @_ }


# --- at once, and one after the other

my $c = begin('account', { id => 1 });
my @first = ($b->request, $b->request);

is(targets(@first), '/_api/news /_api/user/1', 'two start at once');
is(scalar(my @none = $b->requests), 0, 'the third one waits');

$b->go('/_api/user/1');

my $orders = $b->request;

is($orders->target, '/_api/orders/7?name=a%2Fb', 'for one of them only')
    or diag($orders->target);
$b->go('/_api/news');

my $r = $c->response;

ok_result($r, 'an object of three answers');
like($r->body, qr/"user":\{"id":7,"name":"a\/b"\}/, 'the first');
like($r->body, qr/"orders":\[\{"n":1.50\},\{"n":2\}\]/, 'the last, exactly');
is_deeply($r->result->{structuredContent}{news}, ['x'], 'and the other');
is(join(' ', sort keys %{ $r->result->{structuredContent} }),
   'news orders user', 'nothing else');


# --- failures

$b->go('/_api/news', 100);

$r = $t->call('account', { id => 2 });
ok_tool_error($r, qr/user.*404.*gone/s, 'the first one fails');
is(scalar(grep { $_->path =~ /orders/ } $b->requests), 0,
   'what depends on it is not sent');

ok_tool_error($t->call('account', { id => 3 }), qr{user/id},
              'what it needs is not there');
ok_tool_error($t->call('order', { id => 4 }), qr{user/id},
              'or no path segment');
is(scalar(grep { $_->path =~ /orders/ } $b->requests), 0, 'nothing is sent');
ok_tool_error($t->call('order', { id => 7 }), qr{user/id}, 'text has no parts');
ok_tool_error($t->call('order', { id => 8 }), qr{JSON}, 'nor what is broken');

$r = $t->call('order', { id => 5 });
ok_result($r, 'a large number');
like($r->body, qr/"user":\{"id":12345678901234567890,/, 'is the same after');
$b->requests;

ok_tool_error($t->call('order', { id => 6 }), qr/orders.*500.*sad/s,
              'the second one fails');
$b->requests;

$r = $t->call('perhaps', { id => 6 });
ok_result($r, 'unless it is optional');
is_deeply($r->result->{structuredContent},
          { user => { id => 6, name => 'n' }, last => { ok => true } },
          'then it is missing')
    or diag($r->body);
like($b->request(qr/post/)->body, qr/\A\{"orders":null,"name":"n"\}\z/,
     'for what depends on it, too');

my $hang = begin('fails');
my $waits = $b->request(qr/hang/);

ok_tool_error($hang->response, qr/fails.*503/s, 'one fails');
ok(defined $b->closed($waits), 'nobody waits for the other');


# --- kinds

$b->requests;
$r = $t->call('kinds');
ok_result($r, 'other kinds of answers');
is_deeply($r->result->{structuredContent}, { file => 'lines',
    image => { mimeType => 'image/png', blob => 'cG5n' },
    post => { ok => true } }, 'are strings, and objects of a type and a blob')
    or diag($r->body);


# --- many

$b->requests;
$c = begin('sixteen');

my @all = map { $b->request } 1 .. 16;

is(scalar(grep { $_ } @all), 16, 'sixteen at once');
$b->go('n', 16);
$r = $c->response;
ok_result($r, 'and their answers');
is(join(',', map { "p$_" } 1 .. 16),
   join(',', $r->text =~ /"(p\d+)":1/g), 'in the order of the tool');


# --- the client leaves

$c = begin('sixteen');
@all = map { $b->request } 1 .. 16;
$c->close;
is(scalar(grep { defined $b->closed($_) } @all), 16,
   'a client that leaves takes all of them along');

finish();
