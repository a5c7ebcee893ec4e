#!/usr/bin/perl

# Modern request headers against the body: every reason for -32020.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MIME::Base64 qw(encode_base64);

use MCPTest::Tools;

my $t = MCPTest->new(
    modules => [probe_tools()],
    location => 'mcp; mcp_tools demo probe;',
)->start;

my $version = 'MCP-Protocol-Version';


# a call of "add" with other headers

sub add {
    my (%headers) = @_;
    return $t->call('add', { a => 1, b => 2 }, headers => \%headers);
}


# a call of "probe_headers" with headers Mcp-Param-*

sub param {
    my ($arguments, %headers) = @_;
    return $t->call('probe_headers', $arguments, headers =>
                    { map { ("Mcp-Param-$_" => $headers{$_}) } keys %headers });
}


sub base64 {
    my ($text) = @_;
    return '=?base64?' . encode_base64($text, '') . '?=';
}


sub mismatch {
    my ($r, $re, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok_error($r, 400, -32020, $name);
    like($r->error->{message} // '', $re, "$name: the header is named")
        if $r->error;
    return;
}


# MCP-Protocol-Version

mismatch(add($version => undef), qr/$version/i, 'version: missing');
mismatch(add($version => ''), qr/$version/i, 'version: empty');
mismatch(add($version => '2025-11-25'), qr/$version/i, 'version: another one');
mismatch(add($version => 'v999'), qr/$version/i, 'version: an unknown one');
mismatch(add($version => '2026-07-28x'), qr/$version/i, 'version: longer');
mismatch(add($version => '2026-07-2'), qr/$version/i, 'version: shorter');
mismatch(add($version => ['2026-07-28', '2026-07-28']), qr/$version/i,
         'version: twice the same');
mismatch(add($version => ['2026-07-28', '2025-06-18']), qr/$version/i,
         'version: twice');
mismatch(add($version => ['2025-06-18', '2026-07-28']), qr/$version/i,
         'version: twice the other way round');
mismatch(add($version => '2026-07-28, 2026-07-28'), qr/$version/i,
         'version: a list');
ok_result(add('mcp-protocol-version' => '2026-07-28'), 'version: lower case');
ok_result(add($version => "\t 2026-07-28 \t"), 'version: spaces and tabs');
ok_error($t->rpc('server/discover', {}, headers => { $version => undef }),
         400, -32020, 'version: missing on server/discover');
ok_error($t->rpc('tools/list', {}, headers => { $version => '2025-03-26' }),
         400, -32020, 'version: another one on tools/list');


# Mcp-Method

mismatch(add('Mcp-Method' => undef), qr/Mcp-Method/, 'method: missing');
mismatch(add('Mcp-Method' => ''), qr/Mcp-Method/, 'method: empty');
mismatch(add('Mcp-Method' => 'tools/list'), qr/Mcp-Method/,
         'method: another one');
mismatch(add('Mcp-Method' => 'TOOLS/CALL'), qr/Mcp-Method/,
         'method: values are case sensitive');
mismatch(add('Mcp-Method' => 'tools/call/'), qr/Mcp-Method/, 'method: longer');
mismatch(add('Mcp-Method' => ['tools/call', 'tools/call']), qr/Mcp-Method/,
         'method: twice the same');
mismatch(add('Mcp-Method' => ['tools/call', 'tools/list']), qr/Mcp-Method/,
         'method: twice');
mismatch(add('Mcp-Method' => undef, 'Mcp_Method' => 'tools/call'),
         qr/Mcp-Method/, 'method: an underscore is not a hyphen');
ok_result(add('MCP-METHOD' => 'tools/call'), 'method: upper case name');
ok_result(add('mcp-method' => 'tools/call'), 'method: lower case name');
ok_result(add('Mcp-Method' => " \t tools/call\t"), 'method: spaces and tabs');
ok_error($t->rpc('no/such', {}, headers => { 'Mcp-Method' => 'tools/list' }),
         400, -32020, 'method: before the method is known to exist');
ok_error($t->rpc('tools/list', {}, headers => { 'Mcp-Method' => undef }),
         400, -32020, 'method: missing on tools/list');
is($t->rpc('notifications/x', {}, id => undef,
           headers => { 'Mcp-Method' => 'notifications/y' })->status,
   400, 'method: another one on a notification');


# Mcp-Name

mismatch(add('Mcp-Name' => undef), qr/Mcp-Name/, 'name: missing');
mismatch(add('Mcp-Name' => ''), qr/Mcp-Name/, 'name: empty');
mismatch(add('Mcp-Name' => 'echo'), qr/Mcp-Name/, 'name: another tool');
mismatch(add('Mcp-Name' => 'Add'), qr/Mcp-Name/,
         'name: values are case sensitive');
mismatch(add('Mcp-Name' => 'ad'), qr/Mcp-Name/, 'name: shorter');
mismatch(add('Mcp-Name' => 'add, add'), qr/Mcp-Name/, 'name: a list');
mismatch(add('Mcp-Name' => ['add', 'add']), qr/Mcp-Name/,
         'name: twice the same');
mismatch(add('Mcp-Name' => ['add', 'echo']), qr/Mcp-Name/, 'name: twice');
mismatch(add('Mcp-Name' => "add\xff"), qr/Mcp-Name/, 'name: not UTF-8');
mismatch(add('Mcp-Name' => 'x' x 6000), qr/Mcp-Name/, 'name: 6,000 bytes');
ok_result(add('Mcp-Name' => '  add  '), 'name: spaces');
ok_result(add('Mcp-Name' => "\tadd\t"), 'name: tabs');
ok_result(add('mcp-NAME' => 'add'), 'name: any case of the name');
ok_result(add('Mcp-Name' => base64('add')), 'name: in base64');
ok_result(add('Mcp-Name' => "\t" . base64('add') . ' '),
          'name: in base64 and spaces');
mismatch(add('Mcp-Name' => base64('echo')), qr/Mcp-Name/,
         'name: another one in base64');
mismatch(add('Mcp-Name' => base64('add ')), qr/Mcp-Name/,
         'name: nothing is trimmed inside of base64');
mismatch(add('Mcp-Name' => '=?base64?YWRk'), qr/Mcp-Name/,
         'name: no suffix, so a literal');
mismatch(add('Mcp-Name' => 'YWRk'), qr/Mcp-Name/,
         'name: no prefix, so a literal');
ok_error($t->rpc('tools/call', { name => 'nope' },
                 headers => { 'Mcp-Name' => 'add' }),
         400, -32020, 'name: before the tool is known to exist');
ok_error($t->rpc('tools/call', { name => "\x{e9}t\x{e9}" },
                 headers => { 'Mcp-Name' => base64("\xc3\xa9t\xc3\xa9") }),
         200, -32602, 'name: of an unknown tool, UTF-8 in base64');


# Mcp-Param-*, the sentinel

my $text = "caf\x{e9} \x{1f600}";
utf8::encode(my $bytes = $text);

ok_result(param({ region => 'Hello' }, Region => base64('Hello')),
          'base64: padded');
ok_result(param({ region => 'Hello!' }, Region => base64('Hello!')),
          'base64: without padding');
ok_result(param({ region => $text }, Region => base64($bytes)),
          'base64: UTF-8');
ok_result(param({ region => " a\t" }, Region => base64(" a\t")),
          'base64: spaces at the ends');
ok_result(param({ region => "a\r\nb" }, Region => base64("a\r\nb")),
          'base64: line breaks');
ok_result(param({ region => '' }, Region => '=?base64??='), 'base64: empty');
ok_result(param({ region => 'x' x 4000 }, Region => base64('x' x 4000)),
          'base64: 4,000 bytes');
ok_result(param({ region => '=?base64?SGVsbG8=' },
                Region => '=?base64?SGVsbG8='), 'base64: no suffix');
ok_result(param({ region => 'SGVsbG8=' }, Region => 'SGVsbG8='),
          'base64: no prefix');
ok_result(param({ region => '=?base64?SGVsbG8=?=' },
                Region => base64('=?base64?SGVsbG8=?=')),
          'base64: a value that looks like it is wrapped again');
mismatch(param({ region => '=?base64?SGVsbG8=?=' },
               Region => '=?base64?SGVsbG8=?='), qr/Mcp-Param-Region/i,
         'base64: and must not be sent as it is');

my %broken = (
    'padding is missing'   => 'SGVsbG8',
    'too much padding'     => 'SGVsbG8==',
    'padding alone'        => '====',
    'padding in between'   => 'SGV=sbG8',
    'a wrong alphabet'     => 'SGVs!!!bG8=',
    'the URL alphabet'     => 'SGVs-G8=',
    'spaces'               => 'SGVs bG8=',
    'bits after the end'   => 'SGVsbG9=',
    'one digit'            => 'S',
    'not UTF-8'            => '/////w==',
);

mismatch(param({ region => 'Hello' }, Region => "=?base64?$broken{$_}?="),
         qr/Mcp-Param-Region/i, "base64: $_") for sort keys %broken;


# Mcp-Param-*, values

ok_result(param({ region => 'us-west1' }, Region => 'us-west1'),
          'param: a string');
ok_result(param({ region => 'us-west1' }, REGION => "\tus-west1  "),
          'param: spaces and the case of the name do not matter');
ok_result(param({ region => '' }, Region => ''), 'param: an empty string');
mismatch(param({ region => 'a' }, Region => 'b'), qr/Mcp-Param-Region/i,
         'param: another string');
mismatch(param({ region => 'a' }, Region => 'A'), qr/Mcp-Param-Region/i,
         'param: values are case sensitive');
mismatch(param({ region => 'a' }), qr/Mcp-Param-Region/i,
         'param: the header is missing');
mismatch(param({ region => '' }), qr/Mcp-Param-Region/i,
         'param: the header is missing and the argument empty');
mismatch(param({}, Region => 'a'), qr/Mcp-Param-Region/i,
         'param: the argument is missing');
mismatch(param(undef, Region => 'a'), qr/Mcp-Param-Region/i,
         'param: all arguments are missing');
mismatch(param({ region => undef }, Region => 'a'), qr/Mcp-Param-Region/i,
         'param: the argument is null');
mismatch(param({ region => undef }, Region => 'null'), qr/Mcp-Param-Region/i,
         'param: "null" is not null');
ok_result(param({}), 'param: neither header nor argument');
mismatch(param({ region => 'a' }, Region => ['a', 'a']), qr/Mcp-Param-Region/i,
         'param: twice the same');
mismatch(param({ region => 'a' }, Region => ['a', 'b']), qr/Mcp-Param-Region/i,
         'param: twice');
ok_result(param({ plain => 'a' }, Plain => 'b'),
          'param: an argument without annotation has no header');
ok_result(param({ region => 'a' }, Region => 'a', Other => 'b'),
          'param: headers of no argument are ignored');
ok_result($t->call('echo', { text => 'a' },
                   headers => { 'Mcp-Param-Region' => 'b' }),
          'param: of another tool are ignored');

for (
    [7, '7', 1], [7, '7.0', 1], [7, '8', 0], [7, '-7', 0],
    [-7, '-7', 1], [0, '-0', 1], [7, ' 7 ', 1], [7, '7x', 0], [7, '', 0],
    [7, '0x7', 0], [7, 'seven', 0], [7, '7,7', 0], [7, base64('7'), 1],
    [raw('100'), '1e2', 1], [raw('1e2'), '100', 1], [raw('100.0'), '100', 1],
    [raw('9007199254740993'), '9007199254740993', 1],
    [raw('9007199254740993'), '9007199254740992', 0],
    [raw('9007199254740992'), '9007199254740993', 0],
    [raw('123456789012345678901234567890'),
     '123456789012345678901234567890', 1],
    [raw('123456789012345678901234567890'),
     '123456789012345678901234567891', 0],
) {
    my ($value, $header, $same) = @$_;
    my $json = encode_json_text($value);
    my $r = param({ count => $value }, Count => $header);

    if ($same) {
        ok_result($r, "integer: $json is \"$header\"");

    } else {
        ok_error($r, 400, -32020, "integer: $json is not \"$header\"");
    }
}

for ([true, 'true', 1], [false, 'false', 1], [true, 'false', 0],
     [true, 'True', 0], [true, '1', 0], [false, '', 0], [false, '0', 0])
{
    my ($value, $header, $same) = @$_;
    my $name = 'boolean: ' . ($value ? 'true' : 'false');
    my $r = param({ flag => $value }, Flag => $header);

    if ($same) {
        ok_result($r, "$name is \"$header\"");

    } else {
        ok_error($r, 400, -32020, "$name is not \"$header\"");
    }
}

ok_result(param({ region => 'a', count => 1, flag => true },
                Region => 'a', Count => '1', Flag => 'true'),
          'several params');
mismatch(param({ region => 'a', count => 1, flag => true },
               Region => 'a', Count => '1', Flag => 'false'),
         qr/Mcp-Param-Flag/i, 'several params, the last one differs');


# what is not for these headers

ok_result($t->legacy_call('add', { a => 1, b => 2 }, headers =>
                          { 'Mcp-Method' => 'tools/list',
                            'Mcp-Name' => 'echo' }),
          'legacy requests have no such headers');

ok_result($t->legacy_call('probe_headers', { region => 'a' }, headers =>
                          { 'Mcp-Param-Region' => 'b' }),
          'nor params');


# arguments that are not what the schema says

for (5, 1.5, true, [], {}, 'x' x 5000) {
    my $r = param({ region => $_ }, Region => '5');
    cmp_ok($r->status // 500, '<', 500, 'region: ' . (ref || "a scalar"));
    $r = param({ count => $_ }, Count => '5');
    cmp_ok($r->status // 500, '<', 500, 'count: ' . (ref || "a scalar"));
}

is($t->rpc('tools/call', { name => $_ }, headers => { 'Mcp-Name' => '5' })
     ->status, 400, 'a name that is no string: ' . encode_json_text($_))
    for 5, true, [], {}, undef;

my $r = add('Mcp-Name' => 'echo');
is($r->id, 1, 'the id is echoed');

finish();
