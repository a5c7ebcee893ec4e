#!/usr/bin/perl

# mcp_zone and mcp_state_key: mistakes in the configuration and in key files,
# and which keys are used.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use MCPTest::Tools;

my ($key_a, $key_b) = (join('', map { sprintf '%02x', $_ } 0 .. 31), 'F0' x 32);


# mcp_zone

refused('no zone=', http => 'mcp_zone shared:1m;', qr/expected zone=NAME:SIZE/);
refused('no size', http => 'mcp_zone zone=shared;',
        qr/invalid zone "zone=shared", expected zone=NAME:SIZE/);
refused('no name', http => 'mcp_zone zone=:1m;', qr/expected zone=NAME:SIZE/);
refused('no number', http => 'mcp_zone zone=shared:big;',
        qr/invalid size "big" of zone "shared"/);
refused('an empty size', http => 'mcp_zone zone=shared:;',
        qr/invalid size "" of zone "shared"/);
refused('too small', http => 'mcp_zone zone=shared:255k;',
        qr/zone "shared" is too small, it needs at least 256k/);
refused('two zones', http => "mcp_zone zone=a:1m;\nmcp_zone zone=b:1m;",
        qr/"mcp_zone" directive is duplicate/);
refused('of another module',
        http => "limit_req_zone \$uri zone=a:1m rate=1r/s;\n"
                . 'mcp_zone zone=a:1m;',
        qr/zone "a" is already declared for a different use/);
refused('in a server', server => 'mcp_zone zone=a:1m;', qr/not allowed here/);
accepted('a zone', http => 'mcp_zone zone=shared:256k;');
accepted('without a location', http => 'mcp_zone zone=shared:256k;',
         location => 'return 204;');


# mcp_state_key

sub key_file {
    my ($text) = @_;
    return (files => { 'state.key' => $text });
}

my $use = 'mcp_state_key %%DIR%%/state.key;';


sub bad_file {
    my ($name, $text, $line, $re) = @_;
    return refused($name, http => $use, qr/state\.key", line $line: $re/,
                   key_file($text));
}

bad_file('an empty file', '', 0, qr/no key, .*"openssl rand -hex 32"/);
bad_file('comments only', "# one\n\n# two\n", 3, qr/no key, expected/);
bad_file('too short', "\n$key_a\n" . substr($key_b, 1), 3,
         qr/not a key, expected 64 hexadecimal digits, as "openssl/);
bad_file('base64', 'jA0EAwMCVYgIb6sIk0pgyTsBfGZMXgC0tMfJZ0z4', 1, qr/not a key/);
bad_file('a key twice', "$key_a\n$key_b\n" . uc($key_a), 3, qr/the same key/);
bad_file('17 keys', join("\n", map { sprintf '%064x', $_ } 1 .. 17), 17,
         qr/more than 16 keys, remove/);

refused('no such file', http => $use, qr/open\(\) ".*state\.key" failed/);
refused('a directory', http => 'mcp_state_key %%DIR%%;', qr/is not a file/);
refused('twice', http => "$use\n$use", qr/"mcp_state_key" directive is dupl/,
        key_file($key_a));
refused('in a location', location => $use, qr/not allowed here/,
        key_file($key_a));


# who may read it

sub told {
    my ($mode) = @_;

    my $t = MCPTest->new(http => $use, key_file("$key_a\n"));

    chmod $mode, $t->path('state.key') or die $!;
    return $t->test_config;
}

my ($rc, $out) = told(0600);
is($rc, 0, 'chmod 600');
is($out, '', 'not a word');
($rc, $out) = told(0640);
is($out, '', 'chmod 640: not a word');
($rc, $out) = told(0644);
is($rc, 0, 'chmod 644 is accepted');
like($out, qr/\[warn\].*state\.key" can be read .* by everybody.*"chmod 600"/,
     'with a warning');
unlike($out, qr/\Q$key_a\E/, 'without the key');
($rc, $out) = told(0602);
like($out, qr/\[warn\].*written by everybody/, 'chmod 602 too');


# which is used: of the file, also a new one after a reload; else a random one

SKIP: {
    my $module = probe_zone() or skip('no objects of the module', 1);

    my $t = MCPTest->new(
        bare => 1, modules => [$module], location => 'mcp; mcp_tools zone;',
        server => 'location = /zone { probe_zone; }', workers => 2,
        http => $use, key_file("# new\n$key_b\n$key_a\n"));
    chmod 0600, $t->path('state.key') or die $!;
    $t->start;

    my $signing = sub {
        my $r = $t->exchange($t->http_bytes(uri => '/zone?op=signing'));
        return $r->body =~ s/^\d+ //r;
    };

    is($signing->(), '2 ' . lc $key_b, 'the keys of the file');

    $t->write_file('state.key', "$key_a\n");
    is($signing->(), '2 ' . lc $key_b, 'read when nginx starts');
    ok($t->reload(files => { 'state.key' => "$key_a\n" }), 'reload');
    is($signing->(), "1 $key_a", 'and when it reloads');

    ok($t->reload(files => { 'state.key' => "none\n" },
                  fails => qr/\[emerg\].*state\.key", line 1/), 'a bad file');
    $t->expect(qr/\[emerg\].*state\.key", line 1/);
    is($signing->(), "1 $key_a", 'leaves the old keys');

    ok($t->reload(http => '', files => {}), 'no file');
    my $random = $signing->();
    like($random, qr/^1 [0-9a-f]{64}$/, 'a random key');
    isnt($random, "1 $key_a", 'another one');
    ok($t->reload, 'reload');
    is($signing->(), $random, 'it is kept');
}


finish();
