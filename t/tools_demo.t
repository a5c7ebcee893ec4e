#!/usr/bin/perl

# The pack "demo": add and echo.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;

my $t = MCPTest->new(location => 'mcp; mcp_tools demo;')->start;
my ($r, %tool);


%tool = map { $_->{name} => $_ } @{ $t->rpc('tools/list')->result->{tools} };

is(join(' ', sort keys %tool), 'add echo', 'list: the tools of the pack');

for my $name (sort keys %tool) {
    my $tool = $tool{$name};
    my $hints = $tool->{annotations};

    ok(length $tool->{title}, "list: $name has a title");
    ok(length $tool->{description}, "list: $name has a description");
    ok($hints->{readOnlyHint}, "list: $name is read-only");
    ok($hints->{idempotentHint}, "list: $name is idempotent");
    is($tool->{inputSchema}{additionalProperties}, 0,
       "list: $name takes no other arguments");

    for my $arg (sort keys %{ $tool->{inputSchema}{properties} }) {
        ok(length $tool->{inputSchema}{properties}{$arg}{description},
           "list: $name says what $arg is");
    }
}

is($tool{add}{outputSchema}{properties}{sum}{type}, 'number',
   'list: add says what it returns');
ok(!exists $tool{echo}{outputSchema}, 'list: echo returns text');


# the sum as it is on the wire

sub sum {
    my ($a, $b, $expected, $name) = @_;

    my $r = $t->call('add', { a => raw($a), b => raw($b) });

    ok_result($r, "add: $name");

    my ($sum) = $r->body =~ /"structuredContent":\{"sum":([^}]*)\}/;

    is($sum, $expected, "add: $name, the sum");
    is($r->text, "{\"sum\":$expected}", "add: $name, the text");
}

sum(2, 3, 5, 'integers');
sum(-2, 2, 0, 'a negative one');
sum('1.5', 2, '3.5', 'a fraction');
sum('0.1', '0.2', '0.30000000000000004', 'two fractions');
sum('1e3', '1E-3', '1000.001', 'exponents');
sum('1.0', '2.0', 3, 'integral fractions');
sum('9007199254740991', 1, '9007199254740992', '2^53');
sum('9007199254740992', 1, '9007199254740993', '2^53 + 1');
sum('9007199254740993', '-9007199254740992', 1, 'arguments over 2^53');
sum('-9007199254740992', '-9007199254740992', '-18014398509481984', '-2^54');
sum('999999999999999999', '999999999999999999', '1999999999999999998',
    'integers of 18 digits');
sum('1e300', '1e300', '2e+300', 'large ones');

$r = $t->call('add', { a => raw('1.7e308'), b => raw('1.7e308') });
ok_tool_error($r, qr/range.*smaller/, 'add: an infinite sum');
ok(!exists $r->result->{structuredContent}, 'add: and no result with it');

ok_tool_error($t->call('add', { a => 1 }), qr/\bb\b/, 'add: one argument');
ok_tool_error($t->call('add', { a => 1, b => '2' }), qr{/b}, 'add: a string');
ok_tool_error($t->call('add', { a => 1, b => 2, c => 3 }), qr/\bc\b/,
              'add: an unknown argument');
ok_tool_error($t->call('add'), qr/./, 'add: no arguments');

$r = $t->legacy_call('add', { a => 2, b => 3 });
ok_result($r, 'add: in the legacy era');
is($r->result->{structuredContent}{sum}, 5, 'add: the sum there');


for my $text ('', 'hello', "a\nb\t\"\\\x{1}\x{7f}", 'Grüße, 世界 😀',
              "e\x{301}\x{fffd}\x{10ffff}\x{feff}", '<&>/' x 10000)
{
    my $r = $t->call('echo', { text => $text });
    my $name = substr $text, 0, 8;
    my $content = $r->result->{content};

    utf8::encode($name);
    ok_result($r, "echo: '$name'");
    is($content->[0]{type}, 'text', "echo: '$name' is text");
    ok($content->[0]{text} eq $text, "echo: '$name' comes back");
    is(scalar @$content, 1, "echo: '$name' and nothing else");
}

is($t->call('echo', { text => raw('"\ud83d\ude00\u00e9"') })->text, '😀é',
   'echo: escapes');
isnt($t->call('echo', { text => raw('"a\u0000b"') })->status, 200,
     'echo: a NUL is refused');
ok_tool_error($t->call('echo', {}), qr/text/, 'echo: no text');
ok_tool_error($t->call('echo', { text => 1 }), qr{/text}, 'echo: a number');

finish();
