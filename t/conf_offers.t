#!/usr/bin/perl

# mcp_resource, mcp_prompt and packs with resources and prompts: what is wrong
# with them is refused with its line.
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


# mcp_resource

accepted('mcp_resource on all levels',
    http     => 'mcp_resource a:http { text x; }',
    server   => 'mcp_resource a:server { text x; }',
    location => "mcp; mcp_resource a:b {\n" . <<'EOC' . "}\n",
    name b;
    title "B";
    description "Is b.";
    type text/markdown;
    icon https://example.com/b.png;
    audience user assistant;
    priority 0.125;
    ttl 1m public;
    include %%DIR%%/more.conf;
EOC
    files => { 'more.conf' => "text \"# B\";\n" });
accepted('mcp_resource of a file',
    location => 'mcp; mcp_resource a:b { file more.txt; max 3; }',
    files => { 'more.txt' => "abc" });

sub resource {
    my ($name, $inside, $re, %o) = @_;
    $inside .= ' # HERE' if $inside !~ /HERE/;
    refused("mcp_resource: $name",
            location => "mcp_resource a:b {\n    $inside\n}", $re, %o);
    return;
}

# all that is missing is noticed at the end

sub unfinished {
    my ($name, $head, $re, %o) = @_;
    refused($name, location => "$head\n} # HERE\n", $re, %o);
    return;
}

resource('an unknown directive', 'colour red;',
         qr/unknown directive "colour" in "mcp_resource"/);
resource('two texts', 'text a b;',
         qr/invalid number of arguments in "text" directive/);
resource('a text twice', 'text a; text b;', qr/"text" directive is duplicate/);
resource('an empty text', 'text "";', qr/"text" .* empty or not UTF-8/);
resource('a title that is not UTF-8', "title \"\xff\";",
         qr/"title" .* empty or not UTF-8/);
resource('a block in it', 'text a { } # HERE', qr/unexpected "\{"/);
resource('an icon that is code', 'icon javascript:x;',
         qr/"icon" directive has an invalid URL/);
resource('an audience of nobody', 'audience nobody;', qr/"audience" .*must be/);
resource('an audience twice', 'audience user user;', qr/"audience" .*must be/);
resource("a priority of $_", "priority $_;", qr/"priority" .*must be/)
    for qw(0 2 -1 1.001 x);
resource('a priority twice', 'priority 1; priority 1;', qr/is duplicate/);
resource('a ttl that is none', 'ttl soon;', qr/"ttl" .* invalid time/);
resource('a scope that is none', 'ttl 1m secret;', qr/invalid scope "secret"/);
resource('a size that is none', 'max x;', qr/"max" directive invalid value/);

unfinished('mcp_resource: neither text nor file', 'mcp_resource a:b {',
           qr/needs one of "text", "file" and "pass"/);
unfinished('mcp_resource: both', 'mcp_resource a:b { text x; file y;',
           qr/needs one of "text", "file" and "pass"/);
unfinished('mcp_resource: max of a text', 'mcp_resource a:b { text x; max 1;',
           qr/"max", which goes with "file" only/);
unfinished('mcp_resource: no such file', 'mcp_resource a:b { file none.txt;',
           qr/none\.txt" failed .*No such file/);
unfinished('mcp_resource: a directory', 'mcp_resource a:b { file %%DIR%%;',
           qr/is not a file of at most 1048576 bytes/);
unfinished('mcp_resource: too large', 'mcp_resource a:b { file a.txt; max 2;',
           qr/is not a file of at most 2 bytes/,
           files => { 'a.txt' => 'abc' });
unfinished('mcp_resource: a template', 'mcp_resource "a:{b}" { text x;',
           qr/must be one URI/);
unfinished('mcp_resource: no scheme', 'mcp_resource readme { text x;',
           qr/resource "readme": expected a URI with a scheme/);
unfinished('mcp_resource: a space', 'mcp_resource "a:b c" { text x;',
           qr/resource "a:b c": expected a URI/);
refused('mcp_resource: an empty URI', location =>
        'mcp_resource "" { # HERE', qr/URI that is empty/);
unfinished('mcp_resource: twice',
           "mcp_resource a:b { text x; }\nmcp_resource a:b { text y;",
           qr/resource "a:b": there is one of that URI already/);
refused('mcp_resource: no block', location => 'mcp_resource a:b;',
        qr/"mcp_resource" has no opening "\{"/);


# mcp_prompt

accepted('mcp_prompt on all levels',
    http     => 'mcp_prompt a { description x; message user x; }',
    server   => 'mcp_prompt a { description x; message user x; }',
    location => "mcp; mcp_prompt triage {\n" . <<'EOC' . "}\n",
    title "Triage";
    description "Looks at a ticket.";
    icon https://example.com/b.png;
    arg ticket required "Ticket number" title=Ticket;
    arg lang values=en|de "Language";
    arg more;
    message user "Read {ticket} in {lang}: {{lang}} { } {\"a\": 1}";
    message assistant "Yes.";
    message user file=more.txt;
EOC
    files => { 'more.txt' => "{more}\n" });

sub prompt {
    my ($name, $inside, $re, %o) = @_;
    refused("mcp_prompt: $name", location =>
            "mcp_prompt a {\n    description x;\n    $inside # HERE\n}", $re,
            %o);
    return;
}

prompt('an unknown directive', 'text x;',
       qr/unknown directive "text" in "mcp_prompt"/);
prompt('a message of nobody', 'message nobody x;',
       qr/"message" directive must be of "user" or "assistant"/);
prompt('a message without text', 'message user;', qr/number of arguments/);
prompt('an unknown argument', 'message user "Read {ticket}.";',
       qr/unknown argument "ticket" in a message: declare it/);
refused('mcp_prompt: an argument declared too late', location =>
        "mcp_prompt a {\n description x;\n message user \"{x}\"; # HERE\n arg x;\n}",
        qr/unknown argument "x"/);
prompt('no such file', 'message user file=none.txt;', qr/none\.txt" failed/);
prompt('a file that is not UTF-8', 'message user file=latin.txt;',
       qr/a file that is not UTF-8/, files => { 'latin.txt' => "caf\xe9" });
prompt('a file with an unknown argument', 'message user file=x.txt;',
       qr/unknown argument "who"/, files => { 'x.txt' => "\n\nHi {who}" });
prompt('an argument without a name', 'arg "";', qr/empty or not UTF-8/);
prompt('a name with a space', 'arg "a b";', qr/name that is not of letters/);
prompt('an argument twice', 'arg a; arg a;', qr/name that is there already/);
prompt('two help texts', 'arg a "x" "y";', qr/duplicate parameter "y"/);
prompt("$_ of a prompt", "arg a $_ required;",
       qr/invalid parameter "\Q$_\E" of "arg": .* are strings/)
    for qw(string integer number boolean object min=1 value=a|b);
prompt('required twice', 'arg a required required "x";',
       qr/duplicate parameter/);
prompt('an empty value', "arg a \"values=$_\";", qr/empty value/)
    for '', '|a', 'a||b', 'a|';

unfinished('mcp_prompt: no description', 'mcp_prompt a { message user x;',
           qr/needs a "description"/);
unfinished('mcp_prompt: no message', 'mcp_prompt a { description x;',
           qr/needs a "message"/);
unfinished('mcp_prompt: twice', 'mcp_prompt a { description x; message user x;'
           . " }\nmcp_prompt a { description x; message user x;",
           qr/prompt "a": there is one of that name already/);
refused('mcp_prompt: an empty name', location =>
        'mcp_prompt "" { # HERE', qr/name that is empty/);


# packs

conf_modules(probe_offers());

accepted('a pack of resources and prompts', location => 'mcp; mcp_tools offers;'
         . ' mcp_resource a:b { text x; }');

sub pack_refused {
    my ($name, $macros, $re, $conf) = @_;

    my $t = MCPTest->new(modules => [probe_offers(%$macros)],
                         location => 'mcp; mcp_tools odder offers;'
                                     . ($conf // ''));
    my ($rc, $out) = $t->test_config;

    isnt($rc, 0, "$name: refused");
    like($out, $re, "$name: why");
    unlike($out, qr/signal|Sanitizer|runtime error/, "$name: no crash");
    return;
}

pack_refused('a URI without a scheme', { ODD_URI => 'x' },
             qr/resource "x" of module "odder": expected a URI/);
pack_refused('a bad template', { ODD_URI => 'x:{a*}' },
             qr/resource "x:\{a\*\}" of module "odder": the modifiers/);
pack_refused('an argument that is no variable',
             { ODD_URI => 'x:{a}', ODD_ARG => 'b' },
             qr/"odder": an argument is no variable of the template/);
pack_refused('two of one URI', { ODD_URI => 'probe://text' },
             qr/duplicate resource "probe:\/\/text"/);
pack_refused('two of one template', { ODD_URI => 'outcome:{how}' },
             qr/duplicate resource "outcome:\{how\}"/);
pack_refused('two prompts of one name', { ODD_PROMPT => 'talk' },
             qr/duplicate prompt "talk"/);
pack_refused('one of the pack, one of a directive', {},
             qr/duplicate resource "probe:\/\/text"/,
             'mcp_resource probe://text { text x; }');

finish();
