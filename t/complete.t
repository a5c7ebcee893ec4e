#!/usr/bin/perl

# completion/complete: arguments of prompts, variables of templates.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;

my $t = MCPTest->new(modules  => [probe_offers()],
                     location => 'mcp; mcp_tools offers;')->start;

my $row = { type => 'ref/resource',
            uri => 'probe://{table}/{id}{?fields,as}' };
my $greet = { type => 'ref/prompt', name => 'greet' };
my $r;


sub complete {
    my ($ref, $name, $value, %o) = @_;

    my $era = delete $o{era} || 'rpc';
    my $params = { ref => $ref, argument => { name => $name,
                                              value => $value } };

    $params->{context} = delete $o{context} if exists $o{context};
    return $t->$era('completion/complete', $params, %o);
}


sub values_of { return complete(@_)->result->{completion}{values} }


# values that are known beforehand

$r = complete($row, 'table', '');
ok_result($r, 'completion/complete');
is($r->result->{resultType}, 'complete', 'resultType');
is_deeply($r->result->{completion},
          { values => [qw(orders customers Old-Orders)], total => 3,
            hasMore => false }, 'all values');

for my $version (qw(2024-11-05 2025-03-26 2025-06-18 2025-11-25)) {
    $r = complete($row, 'table', 'C', era => 'legacy', version => $version);
    ok_result($r, "$version: completion/complete");
    is_deeply($r->result, { completion => { values => ['customers'],
                                            total => 1, hasMore => false } },
              "$version: nothing modern");
}

is_deeply(values_of($row, 'table', 'o'), [qw(orders Old-Orders customers)],
          'what begins with the text goes before what has it');
is_deeply(values_of($row, 'table', 'ORDERS'), [qw(orders Old-Orders)],
          'without regard to case');
is_deeply(values_of($row, 'table', 'orders!'), [], 'nothing fits');
is_deeply(values_of($greet, 'language', 'cust'), ['customers'], 'of a prompt');
is_deeply(values_of($greet, 'name', 'a'), [], 'nothing is known');
is_deeply(values_of($row, 'as', 'a'), [], 'of a variable neither');
is_deeply(values_of({ type => 'ref/resource', uri => 'probe://text' }, 'a',
                    'b'), [], 'a resource that is no template');


# by the module

$r = complete($greet, 'count', '1');
ok_result($r, 'by the module');
is(scalar @{ $r->result->{completion}{values} }, 100, 'a hundred values');
is($r->result->{completion}{total}, 1000, 'of a thousand');
is($r->result->{completion}{hasMore}, true, 'hasMore');
is($r->result->{completion}{values}[99], '199:count:', 'in order');

is_deeply(values_of($row, 'id', "\x{e9}\"7",
                    context => { arguments => { table => 'orders' } }),
          [map { "\x{e9}\"7$_:id:orders" } 0 .. 2],
          'what is known of others');
ok_error(complete($row, 'id', 'fail'), 200, -32603, 'that fails');
$t->wait_log(qr/mcp resource "probe:\S+" cannot complete a value/);


# what goes wrong

my %params = (ref => $row, argument => { name => 'table', value => '' });

for (['no ref', ref => undef], ['a ref of no type', ref => {}],
     ['of another type', ref => { type => 'ref/tool', name => 'x' }],
     ['a ref that is a string', ref => 'greet'],
     ['a prompt without a name', ref => { type => 'ref/prompt' }],
     ['a template without a URI', ref => { type => 'ref/resource' }],
     ['an unknown prompt', ref => { type => 'ref/prompt', name => 'x' }],
     ['an unknown template', ref => { type => 'ref/resource',
                                      uri => 'probe://{x}' }],
     ['a URI of a template', ref => { type => 'ref/resource',
                                      uri => 'probe://orders/7' }],
     ['no argument', argument => undef],
     ['an argument without a name', argument => { value => '' }],
     ['without a value', argument => { name => 'table' }],
     ['a value that is no string', argument => { name => 'table',
                                                 value => 1 }],
     ['an unknown argument', argument => { name => 'x', value => '' }],
     ['a context that has no strings', context => { arguments =>
                                                    { id => 1 } }],
     ['arguments that are no object', context => { arguments => [] }])
{
    my ($name, $member, $value) = @$_;

    ok_error($t->rpc('completion/complete', { %params, $member => $value }),
             200, -32602, $name);
    ok_error($t->legacy('completion/complete',
                        { %params, $member => $value }), 200, -32602,
             "legacy: $name");
}

finish();
