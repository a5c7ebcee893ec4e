#!/usr/bin/perl

# The harness itself, on an nginx without the module.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Message qw(message);

my $t = MCPTest->new(bare => 1, location => 'return 200 one;',
                     server => 'location = /two { return 200 two; }')->start;

is($t->post('', uri => '/two')->body, 'two', 'a server answers');

my $c = $t->connect;
my $get = $t->http_bytes(headers => [Connection => 'keep-alive']);

$c->send(split //, $get);
is($c->response->body, 'one', 'a request in packets of one byte');

$c->send($get . $get);
is($c->response->body . $c->response->body, 'oneone', 'pipelined requests');

is($t->exchange("GET\r\n\r\n")->status, 400, 'any bytes can be sent');
is($t->exchange($t->http_bytes(method => 'HEAD'), method => 'HEAD')->status,
   200, 'HEAD has no body to wait for');
is($t->curl(uri => '/two')->body, 'two', 'curl');

is(MCPTest::HTTP::chunked('abcde', 2),
   "2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n",
   'chunked encoding');


my ($body, $headers) = message('modern', 'tools/call', { name => 'x' },
    id => raw('9007199254740993'), meta => { clientInfo => undef },
    headers => { 'mcp-name' => ['a', 'b'], 'Mcp-Method' => undef });
my %meta = map { /"io.modelcontextprotocol\/(\w+)"/ } split /,/, $body;

like($body, qr/^\{"id":9007199254740993,"jsonrpc":"2.0","method":"tools.call",/,
     'a raw id');
like($body, qr/clientCapabilities/, 'default members of _meta');
unlike($body, qr/clientInfo/, 'a removed one');
like(join(' ', map { $_ // 'undef' } @$headers), qr/mcp-name a mcp-name b/,
     'a repeated header');
like(join(' ', map { $_ // 'undef' } @$headers), qr/Mcp-Method undef/,
     'a removed one');


my @old = $t->worker_pids;

ok($t->reload(location => 'return 200 three;'), 'reload');
is($t->post('')->body, 'three', 'the new configuration serves');
isnt(join(' ', $t->worker_pids), join(' ', @old), 'in other workers');

ok($t->reload(location => 'nonsense;', fails => qr/unknown directive/),
   'a reload that fails');
is($t->post('')->body, 'three', 'the old configuration serves on');

is(scalar(grep { /unknown directive/ } $t->complaints), 1,
   'the error log is seen to be unclean');
$t->expect(qr/unknown directive "nonsense"/);
is(scalar($t->complaints), 0, 'unless the line is expected');

my ($rc, $out) = $t->test_config;

isnt($rc, 0, 'nginx -t fails');
like($out, qr/directive "nonsense" in .*nginx\.conf:\d+/, 'and says why');


my $crash = MCPTest->new(bare => 1, location => 'return 200;')->start;
my ($worker) = $crash->worker_pids;

kill 'KILL', $worker;
ok($crash->wait_log(qr/exited on signal 9.*start worker process/s),
   'a worker that dies is replaced');
like(($crash->complaints)[0], qr/exited on signal 9/, 'and is seen to be dead');
$crash->expect(qr/exited on signal 9/);


my $odd = MCPTest->new(bare => 1, location => 'return 200;');

$odd->write_file('error.log', "a\n2026/01/01 [alert] b\nc\n");
$odd->write_file('stderr', "x.c:1:2: runtime error: null\n");
$odd->write_file('sanitizer.1', "==1==ERROR: AddressSanitizer: SEGV\n");
is(scalar($odd->complaints), 3, 'alerts and sanitizers are complained of');

finish();
