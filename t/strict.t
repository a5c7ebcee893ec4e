#!/usr/bin/perl

# Strictness: what a body has to be, however it arrives.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;

my $t = MCPTest->new(
    modules => [probe_tools()],
    servers => <<'EOC',
server {
    listen 127.0.0.1:%%PORT_0%%;

    mcp_tools demo probe;

    location = /mcp {
        mcp;
        client_max_body_size 4m;
        keepalive_requests 100000;
    }

    location = /file {
        mcp;
        client_body_buffer_size 1k;
    }

    location = /onlyfile {
        mcp;
        client_body_in_file_only clean;
    }

    location = /single {
        mcp;
        client_body_buffer_size 1k;
        client_body_in_single_buffer on;
    }
}
EOC
)->start;

my %info = ('io.modelcontextprotocol/protocolVersion' => '2026-07-28',
            'io.modelcontextprotocol/clientCapabilities' => {});
my $meta = encode_json_text(\%info);


# a modern call of "probe_arguments", which returns its arguments

sub body {
    my ($arguments, $id) = @_;

    $id //= 1;
    return qq({"jsonrpc":"2.0","id":$id,"method":"tools/call","params":)
           . qq({"name":"probe_arguments","_meta":$meta,)
           . qq("arguments":$arguments}});
}


sub send_body {
    my ($body, %o) = @_;
    return $t->call('probe_arguments', undef, %o, body => $body);
}


sub send_legacy {
    my ($body, %o) = @_;
    return $t->legacy('', {}, %o, body => $body);
}


sub both {
    my ($body, $status, $code, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok_error(send_body($body), $status, $code, $name);
    ok_error(send_legacy($body), $status, $code, "$name, legacy");
    return;
}


ok_result(send_body(body('{}')), 'the body that the others are made of');


# what RFC 8259 refuses

my @broken = (
    ['nothing', ''],
    ['white space', " \t\r\n"],
    ['a byte order mark', "\xef\xbb\xbf" . body('{}')],
    ['UTF-16', join '', map { "$_\0" } split //, body('{}')],
    ['a second document', body('{}') . body('{}')],
    ['a second document in a line of its own', body('{}') . "\n" . body('{}')],
    ['a brace after the document', body('{}') . '}'],
    ['a NUL after the document', body('{}') . "\0"],
    ['a NUL before the document', "\0" . body('{}')],
    ['half a document', substr body('{}'), 0, 60],
    ['a document without its last byte', substr body('{}'), 0, -1],
    ['text', 'tools/list'],
    ['a form', 'a=b&c=d'],
);

my @values = (
    ['a comma at the end of an object', '{"a":1,}'],
    ['a comma at the end of an array', '{"a":[1,]}'],
    ['two commas', '{"a":[1,,2]}'],
    ['no comma', '{"a":[1 2]}'],
    ['no colon', '{"a" 1}'],
    ['no value', '{"a":}'],
    ['a name that is no string', '{a:1}'],
    ['a name that is a number', '{1:1}'],
    ['the wrong bracket', '{"a":[1}]'],
    ['single quotes', "{'a':1}"],
    ['a comment', '{"a":1/* */}'],
    ['a comment of one line', "{\"a\":1//\n}"],
    ['NaN', '{"a":NaN}'],
    ['Infinity', '{"a":-Infinity}'],
    ['True', '{"a":True}'],
    ['nul', '{"a":nul}'],
    ['nulll', '{"a":nulll}'],
    ['undefined', '{"a":undefined}'],
    ['01', '{"a":01}'],
    ['-01', '{"a":-01}'],
    ['+1', '{"a":+1}'],
    ['.5', '{"a":.5}'],
    ['1.', '{"a":1.}'],
    ['-', '{"a":-}'],
    ['1e', '{"a":1e}'],
    ['1e+', '{"a":1e+}'],
    ['1.e1', '{"a":1.e1}'],
    ['0x10', '{"a":0x10}'],
    ['1_000', '{"a":1_000}'],
    ['a line feed in a string', "{\"a\":\"\n\"}"],
    ['a tab in a string', "{\"a\":\"\t\"}"],
    ['a NUL in a string', "{\"a\":\"\0\"}"],
    ['0x1f in a string', "{\"a\":\"\x1f\"}"],
    ['the escape \\x', '{"a":"\\x41"}'],
    ['the escape \\U', '{"a":"\\U0041"}'],
    ['the escape \\u of three digits', '{"a":"\\u041"}'],
    ['the escape \\u of no digits', '{"a":"\\uzzzz"}'],
    ['the escape \\\'', '{"a":"\\\'"}'],
    ['a string without end', '{"a":"b}'],
    ['a form feed as white space', "{\"a\":\f1}"],
    ['a vertical tab as white space', "{\"a\":\x0b1}"],
    ['a no-break space as white space', "{\"a\":\xc2\xa01}"],
);

my @utf8 = (
    ['a continuation byte', "\x80"],
    ['two of them', "\xbf\xbf"],
    ['a lead byte alone', "\xc3"],
    ['a lead byte and ASCII', "\xc3a"],
    ['three of four bytes', "\xf0\x9f\x98"],
    ['an overlong slash of 2 bytes', "\xc0\xaf"],
    ['an overlong slash of 3 bytes', "\xe0\x80\xaf"],
    ['an overlong slash of 4 bytes', "\xf0\x80\x80\xaf"],
    ['an overlong NUL', "\xc0\x80"],
    ['a surrogate', "\xed\xa0\x80"],
    ['a pair of surrogates', "\xed\xa0\xbd\xed\xb8\x80"],
    ['above U+10FFFF', "\xf4\x90\x80\x80"],
    ['0xf5', "\xf5\x80\x80\x80"],
    ['0xfe', "\xfe"],
    ['0xff', "\xff"],
    ['ISO 8859-1', "caf\xe9"],
);

for (@broken) {
    my ($name, $text) = @$_;

    my $r = send_body($text);
    ok_error($r, 400, -32700, "syntax: $name");
    ok(!exists $r->json->{id}, "syntax: $name: no id") if ref $r->json;
    ok_error(send_legacy($text), 400, -32700, "syntax: $name, legacy");
}

both(body($_->[1]), 400, -32700, "syntax: $_->[0]") for @values;
both(body("{\"a\":\"$_->[1]\"}"), 400, -32700, "UTF-8: $_->[0]") for @utf8;
both(body("{\"$_->[1]\":1}"), 400, -32700, "UTF-8: in a name: $_->[0]")
    for @utf8[0, 5, 9];
ok_error(send_body(body('{}', '"' . $_->[1] . '"')), 400, -32700,
         "UTF-8: in the id: $_->[0]") for @utf8[0, 5, 9];


# what is JSON, but not accepted

my @refused = (
    ['two members of one name', '{"a":1,"a":1}'],
    ['two members of one name, one escaped', '{"a":1,"\\u0061":2}'],
    ['two members of an empty name', '{"":1,"":2}'],
    ['two members of one name, deep inside', '{"a":[{"b":{"c":1,"c":2}}]}'],
    ['two members of one name of many',
     '{' . join(',', (map { "\"k$_\":1" } 1 .. 300), '"k7":2') . '}'],
    ['NUL as an escape', '{"a":"b\\u0000c"}'],
    ['NUL as an escape in a name', '{"a\\u0000":1}'],
    ['a lone high surrogate', '{"a":"\\ud83d"}'],
    ['a lone low surrogate', '{"a":"\\ude00"}'],
    ['surrogates in the wrong order', '{"a":"\\ude00\\ud83d"}'],
    ['two high surrogates', '{"a":"\\ud83d\\ud83d"}'],
    ['a high surrogate and a letter', '{"a":"\\ud83dx"}'],
    ['a high surrogate and another escape', '{"a":"\\ud83d\\n"}'],
    ['a lone surrogate in a name', '{"\\ud83d":1}'],
    ['a number that no double holds', '{"a":1e400}'],
    ['a negative one', '{"a":-1e400}'],
    ['one without an exponent', '{"a":' . '9' x 400 . '}'],
    ['one that only zero is near to', '{"a":1e-400}'],
    ['a number of 5,000 digits', '{"a":0.' . '1' x 5000 . '}'],
);

for (@refused) {
    my ($name, $arguments) = @$_;

    my $r = send_body(body($arguments, '"an id"'));
    ok_error($r, 400, -32600, "refused: $name");
    is($r->id, 'an id', "refused: $name: the id is echoed");
    ok_error(send_legacy(body($arguments)), 400, -32600,
             "refused: $name, legacy");
}

# arguments are the fourth level of containers, counting themselves from three

ok_result(send_body(body('{"a":' . '[' x 61 . ']' x 61 . '}')), 'depth: 64');
both(body('{"a":' . '[' x 62 . ']' x 62 . '}'), 400, -32600, 'depth: 65');
both(body('{"a":' . '{"a":' x 62 . '1' . '}' x 62 . '}'), 400, -32600,
     'depth: of objects');
is(send_body('[' x 100000)->status, 400, 'depth: 100,000 brackets');
is(send_body('{"a":' x 100000)->status, 400, 'depth: 100,000 braces');
is(send_body('[' x 100000 . ']' x 100000)->status, 400,
   'depth: 100,000 brackets that are closed');

my $members = join ',', map { "\"member$_\":$_" } 1 .. 10000;
my $start = Time::HiRes::time();
my $r = send_body(body("{$members}"));

ok_result($r, 'members: 10,000');
is(scalar keys %{ $r->result->{structuredContent} }, 10000,
   'members: all there');
both(body("{$members,\"member5000\":1}"), 400, -32600,
     'members: one of 10,000 twice');
cmp_ok(Time::HiRes::time() - $start, '<', MCPTest::patience(),
       'members: in time');
is(send_body(body('{' . join(',', map { "\"$_\":0" } 1 .. 200000) . '}'))
     ->status, 400, 'members: 200,000 are too many');


# white space, escapes, order: all the same

ok_result(send_body(" \t\r\n" . body(" { \"a\" : [ 1 , 2 ] } ") . "\r\n "),
          'white space everywhere');
ok_result(send_body(qq({"params":{"_meta":$meta,"name":"probe_arguments"},)
                    . '"method":"tools/call","id":1,"jsonrpc":"2.0"}'),
          'members in any order');
ok_result(send_body(body('{}') =~ s/tools/t\\u006fols/r), 'an escaped method');
ok_result(send_body(body('{}') =~ s/tools\//tools\\\//r), 'an escaped slash');
ok_result(send_body(body('{}') =~ s/probe_/\\u0070robe_/r), 'an escaped tool');
ok_result(send_body(body('{}') =~ s/"method"/"\\u006dethod"/r),
          'an escaped member');
ok_result(send_body(body('{}') =~ s/"jsonrpc"/"x":[{}],"jsonrpc"/r),
          'unknown members of the message');

$r = send_body(body('{"a":"\\ud83d\\ude00\\u00e9\\/\\b\\f\\n\\r\\t\\"\\\\"}'));
is($r->result->{structuredContent}{a},
   "\x{1f600}\x{e9}/\x08\x0c\n\r\t\"\\", 'escapes are decoded');
ok_result(send_body(body('{"a":[5e-324,-1.7976931348623157e308]}')),
          'the smallest and the largest double');


# the envelope

for (
    ['no object', '"tools/list"'], ['a number', '1'], ['null', 'null'],
    ['an empty object', '{}'], ['an array', '[' . body('{}') . ']'],
    ['no jsonrpc', '{"id":1,"method":"ping","params":{}}'],
    ['jsonrpc 1.0', '{"jsonrpc":"1.0","id":1,"method":"ping","params":{}}'],
    ['jsonrpc is a number', '{"jsonrpc":2.0,"id":1,"method":"ping"}'],
    ['no method', '{"jsonrpc":"2.0","id":1,"params":{}}'],
    ['the method is a number', '{"jsonrpc":"2.0","id":1,"method":1}'],
    ['the method is null', '{"jsonrpc":"2.0","id":1,"method":null}'],
    ['params are an array',
     '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}'],
    ['params are a string',
     '{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}'],
    ['params are null',
     '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}'],
    ['a method and a result',
     '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}'],
    ['a response without an id', '{"jsonrpc":"2.0","result":{}}'],
) {
    my ($name, $text) = @$_;

    $r = $t->rpc('ping', {}, body => $text);
    ok_error($r, 400, -32600, "envelope: $name");
    is($r->id, $text =~ /^\{.*"id":1/ ? 1 : undef, "envelope: $name: id");
    ok_error(send_legacy($text), 400, -32600, "envelope: $name, legacy")
        if $text =~ /^\{/;
}


# ids

for my $id (qw(0 1 -1 2147483648 9007199254740991 9007199254740993
               -9007199254740993 18446744073709551616), '9' x 200,
            qw("" "a" "0" "null" "\u0041" "\u00e9\/\n\"" "\ud83d\ude00"),
            "\"caf\xc3\xa9 \xf0\x9f\x98\x80\"", '"' . 'x' x 100000 . '"')
{
    my $name = length $id > 40 ? substr($id, 0, 20) . '...' : $id;

    $r = send_body(body('{}', $id));
    ok_result($r, "id: $name");
    ok(index($r->body, "\"id\":$id,") > 0, "id: $name: byte for byte");
    $r = send_legacy('{"jsonrpc":"2.0","method":"nope","id":' . $id . '}');
    ok(index($r->body, "\"id\":$id,") > 0, "id: $name: in an error, legacy");
}

for my $id ('null', 'true', 'false', '1.5', '-0.1', '1e400', '{}', '[]',
            '{"a":1}', '[1]')
{
    $r = send_body(body('{}', $id));
    ok_error($r, 400, -32600, "id: $id is refused");
    ok(!exists $r->json->{id}, "id: $id is not echoed") if ref $r->json;
    ok_error(send_legacy('{"jsonrpc":"2.0","method":"ping","id":' . $id . '}'),
             400, -32600, "id: $id is refused, legacy");
}

for (['twice', '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}'],
     ['twice, one escaped',
      '{"jsonrpc":"2.0","id":1,"\\u0069d":2,"method":"ping"}'],
     ['with a NUL', '{"jsonrpc":"2.0","id":"\\u0000","method":"ping"}'],
     ['with half a character',
      '{"jsonrpc":"2.0","id":"\\ud83d","method":"ping"}'])
{
    $r = $t->rpc('ping', {}, body => $_->[1]);
    ok_error($r, 400, -32600, "id: $_->[0]");
    ok(!exists $r->json->{id}, "id: $_->[0]: is not echoed") if ref $r->json;
}

$r = $t->rpc('nope', {}, id => 'x');
is($r->id, 'x', 'id: in the answer to an unknown method');
$r = $t->rpc('server/discover', {}, id => raw('9007199254740993'),
             meta => undef);
like($r->body, qr/"id":9007199254740993,/, 'id: in the answer to bad _meta');


# however it arrives

my $whole = $t->call('add', { a => 1, b => 2 })->body;
my $request = $t->request_bytes('tools/call',
    { name => 'add', arguments => { a => 1, b => 2 } },
    headers => { Connection => 'keep-alive' });
my $c = $t->connect;
my @different;

for my $at (1 .. length($request) - 1) {
    $c->send(substr($request, 0, $at), substr $request, $at);
    push @different, $at if $c->response->body ne $whole;
}

is("@different", '', 'split at every byte');

$c->send(split //, $request);
is($c->response->body, $whole, 'in packets of one byte');

is($t->call('add', { a => 1, b => 2 }, chunked => $_)->body, $whole,
   "chunks of $_") for 1, 2, 7, 100, 1000;
is($t->call('add', { a => 1, b => 2 }, chunked => 5,
            wire => sub { split //, $_[0] })->body, $whole,
   'chunks of 5 in packets of one byte');

my $text = 'x' x 300000;

for my $uri (qw(/file /onlyfile /single /mcp)) {
    is($t->call('add', { a => 1, b => 2 }, uri => $uri)->body, $whole,
       "$uri: a small body");
    is($t->call('echo', { text => $text }, uri => $uri)->text, $text,
       "$uri: 300,000 bytes");
    is($t->call('echo', { text => $text }, uri => $uri, chunked => 4096)->text,
       $text, "$uri: 300,000 bytes, chunked");
    is($t->call('echo', { text => $text }, uri => $uri,
                wire => sub { unpack '(a1500)*', $_[0] })->text,
       $text, "$uri: 300,000 bytes in packets of 1,500");
    is($t->legacy_call('echo', { text => $text }, uri => $uri)->text, $text,
       "$uri: 300,000 bytes, legacy");
    ok_error($t->call('echo', {}, uri => $uri,
                      body => '[' . '1,' x 100000 . ']'), 400, -32700,
             "$uri: 200,000 bytes that are no JSON");
    ok_error(send_body('', uri => $uri), 400, -32700, "$uri: no bytes");
    ok_error(send_body('', uri => $uri, chunked => 5), 400, -32700,
             "$uri: no bytes, chunked");
}

finish();
