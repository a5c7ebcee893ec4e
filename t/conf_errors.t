#!/usr/bin/perl

# Mistakes in the configuration: each is refused with its line.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use MCPTest::Tools;

plan(skip_all => 'no module') unless -e MCPTest::module();

conf_modules(probe_tools());


accepted('the least', location => 'mcp;');
accepted('all of it', location => <<'EOC');
mcp;
mcp_server acme 1.0 title=Acme website=https://example.com
           icon=https://example.com/i.png;
mcp_instructions "Be brief.";
mcp_protocols 2026-07-28 2025-11-25 2025-06-18 2025-03-26 2024-11-05;
mcp_allowed_origins none server_names https://a.example *.b.example
                    http://c.example:*;
mcp_tools demo text probe;
mcp_list_ttl 1h public;
mcp_page_size 10;
EOC
accepted('on the level of http', http => <<'EOC');
mcp_server acme 1.0;
mcp_instructions "Be brief.";
mcp_protocols 2026-07-28;
mcp_allowed_origins none;
mcp_tools demo;
mcp_list_ttl 1h;
mcp_page_size 10;
EOC
accepted('without the endpoint', location => 'mcp_tools demo; return 204;');


# mcp

refused('mcp: twice', location => 'mcp;', qr/"mcp" directive is duplicate/);
refused('mcp: with a parameter', location => 'mcp on;', qr/"mcp"/,
        location => '');
refused('mcp: after proxy_pass',
        location => "proxy_pass http://127.0.0.1:1;\nmcp;",
        qr/"mcp" .*conflicts with another content handler/, location => '');

my ($rc, $out) = MCPTest->new(
    location => "mcp;\nproxy_pass http://127.0.0.1:1;")->test_config;
isnt($rc, 0, 'mcp: before proxy_pass: refused');
like($out, qr{"mcp" conflicts with another content handler of location "/mcp"},
     'mcp: before proxy_pass: why');

refused('mcp: in server', server => 'mcp;', qr/"mcp" .*not allowed here/);
refused('mcp: in http', http => 'mcp;', qr/"mcp" .*not allowed here/);


# mcp_server

refused('mcp_server: no version', location => 'mcp_server acme;',
        qr/"mcp_server"/);
refused('mcp_server: nothing', location => 'mcp_server;', qr/"mcp_server"/);
refused('mcp_server: an empty name', location => 'mcp_server "" 1;',
        qr/mcp_server|name/);
refused('mcp_server: an empty version', location => 'mcp_server acme "";',
        qr/mcp_server|version/);
refused('mcp_server: an unknown parameter',
        location => 'mcp_server acme 1 color=red;', qr/color=red/);
refused('mcp_server: twice', location => "mcp_server a 1;\nmcp_server b 2;",
        qr/duplicate/);
refused('mcp_server: a title twice',
        location => 'mcp_server acme 1 title=a title=b;', qr/title/);
refused('mcp_server: a website that is no URL',
        location => 'mcp_server acme 1 website=example;', qr/website=example/);
refused('mcp_server: an icon that is code',
        location => 'mcp_server acme 1 icon=javascript:x;', qr/icon=javascript/);
refused('mcp_server: not UTF-8', location => "mcp_server acme\xff 1;",
        qr/UTF-8/);


# mcp_instructions

refused('mcp_instructions: nothing', location => 'mcp_instructions;',
        qr/"mcp_instructions"/);
refused('mcp_instructions: twice',
        location => "mcp_instructions a;\nmcp_instructions b;",
        qr/duplicate/);
refused('mcp_instructions: no such file',
        location => 'mcp_instructions file=%%DIR%%/none.txt;',
        qr/none\.txt.*No such file/s);
refused('mcp_instructions: a directory',
        location => 'mcp_instructions file=%%DIR%%;', qr/mcp|directory/i);
refused('mcp_instructions: not UTF-8', location => "mcp_instructions \"\xff\";",
        qr/UTF-8/);
refused('mcp_instructions: a file that is not UTF-8',
        location => 'mcp_instructions file=%%DIR%%/latin.txt;', qr/UTF-8/,
        files => { 'latin.txt' => "caf\xe9" });
refused('mcp_instructions: a file without a name',
        location => 'mcp_instructions file=;', qr/mcp_instructions|file/);


# mcp_protocols

refused('mcp_protocols: nothing', location => 'mcp_protocols;',
        qr/"mcp_protocols"/);
refused('mcp_protocols: an unknown revision',
        location => 'mcp_protocols 2025-12-31;', qr/2025-12-31/);
refused('mcp_protocols: a revision twice',
        location => 'mcp_protocols 2026-07-28 2026-07-28;', qr/2026-07-28/);
refused('mcp_protocols: twice',
        location => "mcp_protocols 2026-07-28;\nmcp_protocols 2025-11-25;",
        qr/duplicate/);


# mcp_allowed_origins

refused('mcp_allowed_origins: nothing', location => 'mcp_allowed_origins;',
        qr/"mcp_allowed_origins"/);

for ('https://', '""', 'https://a.example/path', 'https://a.example/',
     'https://a.example:80x', 'https://a.example:0', 'https://a.example:65536',
     'https://*', '"*"', 'https://a.*.example', '*a.example', 'https://a b',
     'https://user@a.example', 'https://a.example?x')
{
    my $text = /\s/ ? "\"$_\"" : $_;

    refused("mcp_allowed_origins: $_", location => "mcp_allowed_origins $text;",
            qr/mcp_allowed_origins|origin/);
}

refused('mcp_allowed_origins: twice',
        location => "mcp_allowed_origins none;\nmcp_allowed_origins none;",
        qr/duplicate/);


# mcp_tools

refused('mcp_tools: nothing', location => 'mcp_tools;', qr/"mcp_tools"/);
refused('mcp_tools: an unknown pack', location => 'mcp_tools demo nope;',
        qr/nope/);
refused('mcp_tools: a pack twice', location => 'mcp_tools demo demo;',
        qr/demo/);


# mcp_list_ttl

for ('', 'soon', '-1', '5x', '1h private public', '1h secret', '5m private x',
     '100y')
{
    refused("mcp_list_ttl: \"$_\"", location => "mcp_list_ttl $_;",
            qr/mcp_list_ttl|time|secret|private/);
}

refused('mcp_list_ttl: twice', location => "mcp_list_ttl 1m;\nmcp_list_ttl 1m;",
        qr/duplicate/);


# mcp_tool_timeout

accepted('mcp_tool_timeout', location => "mcp; mcp_tools demo text;\n"
         . "mcp_tool_timeout 1s;\nmcp_tool_timeout 100ms add echo;\n"
         . 'mcp_tool_timeout 2m digest;');
accepted('mcp_tool_timeout: of a tool that other locations have',
         server => 'mcp_tool_timeout 1s add;',
         location => 'mcp; mcp_tools text;');
accepted('mcp_tool_timeout: no endpoint',
         server => 'location /x { mcp_tool_timeout 1s add; }');
refused("mcp_tool_timeout: \"$_\"", location => "mcp_tool_timeout $_;",
        qr/mcp_tool_timeout/) for '', '0', '0s', '-1', '1y1', 'x';


# mcp_input_timeout

accepted('mcp_input_timeout', server => 'mcp_input_timeout 1m;',
         location => 'mcp; mcp_input_timeout 100ms;');
refused("mcp_input_timeout: \"$_\"", location => "mcp_input_timeout $_;",
        qr/mcp_input_timeout/) for '', '0', '0s', '-1', '1y1', 'x', '1s 2s';
refused('mcp_input_timeout twice', location => "mcp_input_timeout 1s;\n"
        . 'mcp_input_timeout 2s;', qr/"mcp_input_timeout" directive is dup/);
refused('mcp_tool_timeout: twice',
        location => "mcp_tool_timeout 1s;\nmcp_tool_timeout 2s;",
        qr/duplicate/);
refused('mcp_tool_timeout: a tool twice', location => "mcp;\nmcp_tools demo;\n"
        . "mcp_tool_timeout 1s add;\nmcp_tool_timeout 2s echo add;",
        qr/duplicate tool "add"/, location => '');
refused('mcp_tool_timeout: an unknown tool',
        location => "mcp_tools demo;\nmcp_tool_timeout 1s ADD;",
        qr/unknown tool "ADD"/);
refused('mcp_tool_timeout: a tool that is not there',
        location => "mcp_tools demo;\nmcp_tool_timeout 1s digest;",
        qr/unknown tool "digest"/);
refused('mcp_tool_timeout: no tools at all',
        location => 'mcp_tool_timeout 1s add;', qr/unknown tool "add"/);
refused('mcp_tool_timeout: an unknown tool that is inherited',
        server => 'mcp_tool_timeout 1s nope;', qr/unknown tool "nope"/);


# mcp_stream_heartbeat

accepted('mcp_stream_heartbeat', location => 'mcp; mcp_stream_heartbeat 10s;');
accepted('mcp_stream_heartbeat: none',
         location => 'mcp; mcp_stream_heartbeat 0;');
refused("mcp_stream_heartbeat: \"$_\"", location => "mcp_stream_heartbeat $_;",
        qr/mcp_stream_heartbeat|value/) for '', '-1', 'off', '1s 2s';
refused('mcp_stream_heartbeat: twice',
        location => "mcp_stream_heartbeat 1s;\nmcp_stream_heartbeat 2s;",
        qr/duplicate/);


# mcp_thread_pool

accepted('mcp_thread_pool', main => 'thread_pool a threads=1;',
         location => 'mcp; mcp_thread_pool a;');
accepted('mcp_thread_pool: the default one', http => 'mcp_thread_pool default;');
refused('mcp_thread_pool: nothing', location => 'mcp_thread_pool;',
        qr/"mcp_thread_pool"/);
refused('mcp_thread_pool: an empty name', location => 'mcp_thread_pool "";',
        qr/empty name/);
refused('mcp_thread_pool: no such pool', location => 'mcp_thread_pool nope;',
        qr/unknown thread pool "nope"/);
refused('mcp_thread_pool: twice',
        location => "mcp_thread_pool a;\nmcp_thread_pool default;",
        qr/duplicate/, main => 'thread_pool a threads=1;');


# mcp_page_size

refused("mcp_page_size: \"$_\"", location => "mcp_page_size $_;",
        qr/mcp_page_size|number|value/)
    for '', '0', '-1', 'many', '1k', '10 20', '99999999999999999999';
refused('mcp_page_size: twice',
        location => "mcp_page_size 1;\nmcp_page_size 2;", qr/duplicate/);


# x-mcp-header annotations, checked when a pack is switched on

sub tool {
    my ($properties) = @_;
    return "{\"type\":\"object\",\"properties\":{$properties}}";
}


my %annotation = (
    'empty'            => '"a":{"type":"string","x-mcp-header":""}',
    'no string'        => '"a":{"type":"string","x-mcp-header":1}',
    'null'             => '"a":{"type":"string","x-mcp-header":null}',
    'with a space'     => '"a":{"type":"string","x-mcp-header":"A b"}',
    'with a colon'     => '"a":{"type":"string","x-mcp-header":"A:"}',
    'with a line feed' => '"a":{"type":"string","x-mcp-header":"A\\n"}',
    'not ASCII'        => '"a":{"type":"string","x-mcp-header":"\\u00e9"}',
    'of an object'     => '"a":{"type":"object","x-mcp-header":"A"}',
    'of an array'      => '"a":{"type":"array","x-mcp-header":"A"}',
    'of null'          => '"a":{"type":"null","x-mcp-header":"A"}',
    'of no type'       => '"a":{"x-mcp-header":"A"}',
    'used twice'       => '"a":{"type":"string","x-mcp-header":"A"},'
                          . '"b":{"type":"string","x-mcp-header":"a"}',
);

for my $name (sort keys %annotation) {
    refused("x-mcp-header: $name", location => 'mcp_tools odd;', qr/odd/,
            modules => [probe_tools(ODD_INPUT => tool($annotation{$name}))]);
}

accepted('x-mcp-header: fine', location => 'mcp; mcp_tools odd;', modules =>
         [probe_tools(ODD_INPUT => tool(
             '"a":{"type":"string","x-mcp-header":"A-1_~"},'
             . '"b":{"type":"integer","x-mcp-header":"B"},'
             . '"c":{"type":"boolean","x-mcp-header":"C"}'))]);

finish();
