#!/usr/bin/perl

# The pack "text": digest, encode, decode, uuid.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MIME::Base64 qw(encode_base64);

my $t = MCPTest->new(location => 'mcp; mcp_tools text;
                                  client_max_body_size 8m;')->start;
my ($r, %tool);


%tool = map { $_->{name} => $_ } @{ $t->rpc('tools/list')->result->{tools} };

is(join(' ', sort keys %tool),
   'decode digest encode regex_match regex_replace uuid',
   'list: the tools of the pack');

for my $name (sort keys %tool) {
    my $tool = $tool{$name};

    ok(length $tool->{title}, "list: $name has a title");
    ok(length $tool->{description}, "list: $name has a description");
    ok($tool->{annotations}{readOnlyHint}, "list: $name is read-only");
    is(!!$tool->{annotations}{idempotentHint}, $name ne 'uuid',
       "list: $name is idempotent or not");
    is($tool->{inputSchema}{additionalProperties}, 0,
       "list: $name takes no other arguments");
    ok(length $tool->{inputSchema}{properties}{$_}{description},
       "list: $name says what $_ is")
        for sort keys %{ $tool->{inputSchema}{properties} };
    ok_tool_error($t->call($name, { nonsense => 1 }), qr/./,
                  "$name: an unknown argument");
}


# digest: the published values for "abc" and for nothing

my %abc = (
    'sha224' => '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7',
    'sha256' =>
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'sha384' => 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163'
        . '1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    'sha512' =>
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a'
        . '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    'sha512-256' =>
        '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23',
    'sha3-224' => 'e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf',
    'sha3-256' =>
        '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532',
    'sha3-384' => 'ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c25'
        . '96da7cf0e49be4b298d88cea927ac7f539f1edf228376d25',
    'sha3-512' =>
        'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e'
        . '10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0',
    'blake2s256' =>
        '508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982',
    'blake2b512' =>
        'ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1'
        . '7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923',
);

is(join(' ', sort @{ $tool{digest}{inputSchema}{properties}{algorithm}{enum} }),
   join(' ', sort keys %abc), 'digest: each algorithm is tested');

for my $algorithm (sort keys %abc) {
    my $hex = $abc{$algorithm};

    $r = $t->call('digest', { algorithm => $algorithm, data => 'abc' });
    ok_result($r, "digest: $algorithm");
    is($r->result->{structuredContent}{digest}, $hex, "digest: $algorithm, hex");
    is($r->result->{structuredContent}{algorithm}, $algorithm,
       "digest: $algorithm, its name");

    $r = $t->call('digest', { algorithm => $algorithm, data => 'YWJj',
                              input => 'base64', output => 'base64' });
    is($r->result->{structuredContent}{digest},
       encode_base64(pack('H*', $hex), ''), "digest: $algorithm, base64");
}

sub sha256 {
    my ($data, %more) = @_;

    my $r = $t->call('digest', { algorithm => 'sha256', data => $data, %more });
    return $r->result && $r->result->{structuredContent}{digest};
}

is(sha256(''),
   'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
   'digest: of nothing');
is(sha256('616263', input => 'hex'), $abc{sha256}, 'digest: of hex');
is(sha256('a' x 1000000),
   'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
   'digest: of a million letters');
is(sha256('é'), sha256('c3a9', input => 'hex'), 'digest: of UTF-8');
is(sha256('AP8=', input => 'base64'), sha256('00FF', input => 'hex'),
   'digest: of bytes that are not text');

ok_tool_error($t->call('digest', { algorithm => 'md5', data => 'x' }),
              qr{/algorithm}, 'digest: an algorithm it does not have');
ok_tool_error($t->call('digest', { algorithm => 'sha256' }), qr/data/,
              'digest: without data');
ok_tool_error($t->call('digest', { algorithm => 'sha256', data => 'YWJ',
                                   input => 'base64' }),
              qr/"data" is not valid base64/, 'digest: of bad base64');


# encode and decode

sub encode {
    my ($encoding, $data, @more) = @_;
    my $r = $t->call('encode', { encoding => $encoding, data => $data, @more });

    diag($r->body) if $r->result && $r->result->{isError};
    return $r->text;
}

sub decode {
    my ($encoding, $data, @more) = @_;
    return $t->call('decode', { encoding => $encoding, data => $data, @more });
}

for my $case (
    ['base64', '', ''],
    ['base64', 'f', 'Zg=='],
    ['base64', 'fo', 'Zm8='],
    ['base64', 'foo', 'Zm9v'],
    ['base64', 'foob', 'Zm9vYg=='],
    ['base64', 'fooba', 'Zm9vYmE='],
    ['base64', 'foobar', 'Zm9vYmFy'],
    ['base64', '😀', '8J+YgA=='],
    ['base64url', '😀', '8J-YgA'],
    ['base64url', '', ''],
    ['base64url', 'fo', 'Zm8'],
    ['base64url', '???', 'Pz8_'],
    ['hex', '', ''],
    ['hex', 'Aé', '41c3a9'],
    ['percent', '', ''],
    ['percent', 'a b/c?é~-._%+&', 'a%20b%2Fc%3F%C3%A9~-._%25%2B%26'],
) {
    my ($encoding, $text, $encoded) = @$case;

    is(encode($encoding, $text), $encoded, "encode: $encoding '$encoded'");
    $r = decode($encoding, $encoded);
    ok_result($r, "decode: $encoding '$encoded'");
    is($r->text, $text, "decode: $encoding '$encoded', the text");
    is($r->result->{content}[0]{type}, 'text', "decode: '$encoded' is text");
}

is(encode('base64', '00ff10', input => 'hex'), 'AP8Q', 'encode: hex input');
is(encode('hex', 'AP8Q', input => 'base64'), '00ff10', 'encode: base64 input');
is(decode('base64url', 'Zm8=')->text, 'fo', 'decode: padded base64url');
is(decode('hex', 'C3a9')->text, 'é', 'decode: hex in both cases');
is(decode('percent', 'a+%c3%A9/?')->text, 'a+é/?',
   'decode: a plus sign and reserved characters stay');

my $long = 'é' x 500000;

ok(decode('percent', encode('percent', $long))->text eq $long,
   'encode, decode: a million bytes');

for my $case (
    ['base64', 'Zg', 2, qr/multiple of 4.*pad/],
    ['base64', 'Zg=', 2, qr/wrong/],
    ['base64', 'Z', 1, qr/wrong/],
    ['base64', 'Zg===', 2, qr/alphabet/],
    ['base64', 'Zh==', 2, qr/bits/],
    ['base64', 'Zm9=', 3, qr/bits/],
    ['base64', 'Zm 8=', 2, qr/white space/],
    ['base64', "Zm8=\n", 3, qr/alphabet/],
    ['base64', 'Zm=8', 2, qr/alphabet/],
    ['base64', '8J-YgA==', 2, qr/base64url/],
    ['base64', 'Zé==', 1, qr/alphabet/],
    ['base64url', '8J+YgA', 2, qr/base64url/],
    ['base64url', 'Zg=', 2, qr/wrong/],
    ['base64url', 'Zh', 2, qr/bits/],
    ['base64url', 'Z', 1, qr/wrong/],
    ['hex', 'abc', 3, qr/two digits/],
    ['hex', '0x41', 1, qr/hexadecimal/],
    ['hex', '41 42', 2, qr/white space/],
    ['hex', 'é', 0, qr/hexadecimal/],
    ['percent', 'a%', 1, qr/%25/],
    ['percent', 'ab%4', 2, qr/%25/],
    ['percent', '%zz', 0, qr/%25/],
    ['percent', 'a b', 1, qr/%20/],
    ['percent', 'aé', 1, qr/percent-encode/],
    ['percent', 'a"', 1, qr/percent-encode/],
    ['percent', "a\x{7f}", 1, qr/percent-encode/],
) {
    my ($encoding, $data, $offset, $re) = @$case;
    my $name = "decode: $encoding '$data'";

    utf8::encode($name);
    $r = decode($encoding, $data);
    ok_tool_error($r, $re, $name);
    like($r->text, qr/not valid $encoding at character offset $offset:/,
         "$name, where");
}

# what is not text: not UTF-8, or with a NUL

for my $hex (qw(00 6100 ff c0af e08080 eda080 edbfbf f0808080 f4908080
                f8888080 80 c3 e282 f09f98 c328))
{
    my $resource = decode('hex', $hex)->result->{content}[0];

    is($resource->{type}, 'resource', "decode: $hex is a resource");
    is($resource->{resource}{blob}, encode_base64(pack('H*', $hex), ''),
       "decode: $hex, the bytes");
    is($resource->{resource}{mimeType}, 'application/octet-stream',
       "decode: $hex, its type");
    like($resource->{resource}{uri} // '', qr/^[a-z]+:/,
         "decode: $hex has a URI");
    is(decode('hex', $hex, output => 'hex')->text, $hex, "decode: $hex as hex");
}

for my $hex (qw(c280 dfbf e0a080 ed9fbf ee8080 f0908080 f48fbfbf 0a7f)) {
    is(decode('hex', $hex)->result->{content}[0]{type}, 'text',
       "decode: $hex is text");
}

is(decode('base64', 'aGk=', output => 'hex')->text, '6869',
   'decode: text as hex');
ok_tool_error(decode('rot13', 'x'), qr{/encoding}, 'decode: unknown encoding');


# uuid

sub uuids {
    my (%args) = @_;

    my $r = $t->call('uuid', \%args);

    ok_result($r, 'uuid: ' . encode_json_text(\%args));
    return @{ $r->result->{structuredContent}{uuids} };
}

my $hex = qr/[0-9a-f]/;
my @v4 = uuids(count => 100);
my $before = int(time * 1000) - 2000;
my @v7 = uuids(version => 7, count => 100);

is(scalar @v4, 100, 'uuid: 100 of version 4');
is(scalar(grep { /^$hex{8}-$hex{4}-4$hex{3}-[89ab]$hex{3}-$hex{12}\z/ } @v4),
   100, 'uuid: their version and variant');
is(scalar @v7, 100, 'uuid: 100 of version 7');
is(scalar(grep { /^$hex{8}-$hex{4}-7$hex{3}-[89ab]$hex{3}-$hex{12}\z/ } @v7),
   100, 'uuid: their version and variant');

push @v4, uuids(version => 4), uuids();
is(scalar @v4, 102, 'uuid: one by default');

my %seen = map { $_ => 1 } @v4, @v7, uuids(version => 7, count => 100);

is(scalar keys %seen, 302, 'uuid: all different');
is(join(' ', sort @v7), join(' ', @v7), 'uuid: version 7 in ascending order');

my ($high, $low) = map { hex } $v7[0] =~ /^($hex{8})-($hex{4})/;
my $msec = $high * 65536 + $low;

ok($msec > $before && $msec < $before + 60000, 'uuid: the time of version 7');

ok_tool_error($t->call('uuid', { version => 1 }), qr{/version},
              'uuid: another version');
ok_tool_error($t->call('uuid', { count => 101 }), qr{/count}, 'uuid: too many');
ok_tool_error($t->call('uuid', { count => 0 }), qr{/count}, 'uuid: none');
is(scalar uuids(count => raw('2.0')), 2, 'uuid: an integral fraction');

isnt($t->call('digest', { algorithm => 'sha256', data => raw('"\u0000"') })
     ->status, 200, 'a NUL is refused');

finish();
