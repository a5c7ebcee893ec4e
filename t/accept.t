#!/usr/bin/perl

# Accept and Content-Type: 406 and 415.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(location => 'mcp; mcp_tools demo;')->start;

my $json = 'application/json';


sub header {
    my ($name, $value, %o) = @_;
    return $t->call('add', { a => 1, b => 2 },
                    headers => { $name => $value, %o });
}


sub legacy_header {
    my ($name, $value) = @_;
    return $t->legacy('ping', undef, headers => { $name => $value });
}


# Accept

for (undef, '*/*', $json, 'text/event-stream', "$json, text/event-stream",
     "text/event-stream,$json", 'application/*', 'text/*', 'APPLICATION/JSON',
     "$json;q=0.5", "$json; charset=utf-8", "text/html, $json",
     'text/html, */*;q=0.1', "  $json  ", "\t$json\t", "$json;q=0, */*",
     "text/html,, $json,", "$json;q=1.000", "$json ; q=0.001",
     ['text/html', $json], [$json, 'text/html'],
     join ', ', (map { "text/x-$_" } 1 .. 300), $json)
{
    my $name = ref $_ ? join ' and ', @$_ : $_ // 'none';

    $name = substr($name, 0, 40) . '...' if length $name > 60;
    ok_result(header(Accept => $_), "Accept: $name");
    ok_result(legacy_header(Accept => $_), "Accept: $name, legacy");
}

for ('text/html', 'image/*', 'text/html, text/plain', 'application/jsonx',
     'application/xml', 'xapplication/json', "$json;q=0", '*/*;q=0',
     "$json;q=0.000, text/event-stream;q=0", 'text/event-streams',
     ['text/html', 'text/plain'], 'json', 'application', '/')
{
    my $name = ref $_ ? join ' and ', @$_ : $_;

    ok_error(header(Accept => $_), 406, -32600, "not Accept: $name");
    ok_error(legacy_header(Accept => $_), 406, -32600,
             "not Accept: $name, legacy");
}

is(header(Accept => 'text/event-stream')->header('Content-Type'), $json,
   'the answer is JSON anyway');


# Content-Type

for ($json, 'Application/JSON', "$json;charset=utf-8",
     "$json; charset=UTF-8", "$json ; charset=\"utf-8\"", "\t$json ",
     "$json;", "$json; foo=bar", "$json; foo=\"a\"; charset=utf-8; bar=c")
{
    ok_result(header('Content-Type' => $_), "Content-Type: $_");
    ok_result(legacy_header('Content-Type' => $_),
              "Content-Type: $_, legacy");
}

for (undef, '', 'text/plain', 'text/json', 'application/jsonx',
     'application/json-rpc', 'application/vnd.api+json', 'application',
     'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
     "text/plain; $json", "text/plain;a=$json", 'application /json',
     'application/json text/plain', 'application/json, text/plain',
     map { "$json; $_" } 'charset=utf-7', 'charset=utf-16le', 'Charset="UTF-7"',
     'charset=utf-8; charset=utf-7', 'charset=utf-8x', 'charset', 'charset=',
     'charset = utf-8', "charset*=utf-8''utf-7", 'x="; charset=utf-7')
{
    my $name = $_ // 'none';

    ok_error(header('Content-Type' => $_), 415, -32600,
             "not Content-Type: $name");
    ok_error(legacy_header('Content-Type' => $_), 415, -32600,
             "not Content-Type: $name, legacy");
}

ok_error(header('Content-Encoding' => $_), 415, -32600,
         "Content-Encoding: $_") for qw(gzip br deflate), '';

is(header('Content-Type' => 'text/plain', Origin => 'http://evil.example.com')
     ->status, 403, 'Origin comes first');
is($t->post('{}', method => 'PUT',
            headers => { 'Content-Type' => 'text/plain' })->status, 405,
   'so does the method');

finish();
